import { describe, expect, jest, test } from '@jest/globals'
import { findLink, findSign, graphemes, LABEL_ROOM, labelText, MAX_WEIGHT } from '../../src/reply/safe-text.js'
import { weightedLength } from '../../src/reply/weighted-length.js'

describe('the text of a label', () => {
  test.each([
    ['several marks that what they stood on left behind', 'Dog @\u0301\u0302\u0303 Cat', 'Dog Cat'],
    ['a skin tone that nothing holds', 'Dog 🏽 Cat', 'Dog Cat'],
    ['dots and spaces before it', ' . . Dog', 'Dog'],
    ['dots and spaces behind it', 'Dog . . ', 'Dog'],
    ['marks before it', '\u0301\u0302 Dog', 'Dog'],
    ['several signs in a row', '@#$dog', 'dog'],
    ['the sign of a cut', 'Dog… Cat…', 'Dog Cat'],
    ['a protocol', 'http://dog', 'http dog'],
    ['dots before letters, digits and marks', 'a.b.1c.\u0301d', 'a b 1c d'],
    ['what is no character', 'D\uffffo\u{1fffe}g', 'Dog'],
    ['half an emoji', '\ud83dDog\udc36', 'Dog'],
    ['a joiner that joins no emoji', 'D\u200dog 🐕\u200d', 'Dog 🐕'],
    ['a selector that selects no emoji', 'D\ufe0fog', 'Dog'],
  ])('is without %s', (_, name, expected) => {
    expect(labelText(name)).toBe(expected)
  })

  test.each([
    ['a dot before a space', 'St. Bernard'],
    ['the dot of a number', 'Web 2.0'],
    ['a joined emoji with a skin tone', '👩🏽‍🚀'],
    ['a joined emoji with a selector', '🏳️‍🌈'],
    ['a keycap', '1️⃣'],
    ['emoji alone', '🐕'],
    ['a flag alone', '🇩🇪'],
    ['digits alone', '٣'],
    ['marks on letters', 'कुत्ता'],
  ])('keeps %s', (_, name) => {
    expect(labelText(name)).toBe(name)
  })

  test.each([
    ['signs', '&&'],
    ['what joins a letter before it', '\u0e33า'],
    ['what joins a letter behind it', 'Dog\u0d4e'],
    ['a first grapheme for which no reply has room', `x${'\u0301'.repeat(15)}`],
  ])('is empty for %s', (_, name) => {
    expect(labelText(name)).toBe('')
  })

  test('may begin with the longest grapheme for which a reply has room', () => {
    const longest = `犬${'\u302a'.repeat(14)}`
    expect(labelText(longest)).toBe(longest)
    expect(weightedLength(`${longest}…`)).toBe(LABEL_ROOM)
  })

  test.each(['a', '犬', 'a b', '👩‍🌾'])('is never much longer than a reply: %s', (part) => {
    const text = labelText(part.repeat(10_000))
    expect(text.length).toBeLessThanOrEqual(15 * 140)
    expect(weightedLength(text)).toBeGreaterThanOrEqual(MAX_WEIGHT)
  })
})

describe('a label that is much longer than a reply', () => {
  const LONGEST = 15 * 140
  const endless = (part: string) => part.repeat(131_072 / part.length)

  test.each([
    ['marks out of order', `a${endless('\u0301\u0316')}`],
    ['marks behind a space', `Dog ${endless('\u0301\u0316')}`],
    ['letters that decompose', endless('\ufb2c')],
    ['dots that could be of host names', endless('．ﬁ')],
  ])('is cut before anything is done to each of its characters: %s', (_, name) => {
    const longest = longestNormalized(() => labelText(name))
    // Compatibility forms are up to 18 times as long.
    expect(longest).toBeLessThanOrEqual(18 * LONGEST)
  })

  test('reads like its beginning', () => {
    for (const part of ['a\u0316\u0301', 'Dog ', '👩‍🌾', 'a.b', '．ⓐ', '@', '\u200b']) {
      const beginning = part.repeat(LONGEST).slice(0, LONGEST)
      expect(labelText(beginning + endless('\u0316\u0301'))).toBe(labelText(beginning))
      expect(labelText(`${beginning}Dog`)).toBe(labelText(beginning))
    }
  })

  test('is cut between characters', () => {
    for (const lead of ['', 'a', 'ab']) {
      expect(labelText(`${lead}${'🐕'.repeat(10_000)}`)).not.toMatch(/\p{Cs}/u)
    }
  })
})

describe('compatibility forms, which software may read letters, dots and slashes from', () => {
  test.each([
    ['a circled letter and a ligature', 'dog．ⓐﬁ', 'dog afi'],
    ['a number that brings its dot', 'dog ⒈com', 'dog 1 com'],
    ['an abbreviation that brings its dots', 'dog ㏂com', 'dog a m com'],
    ['two dots in one', 'dog‥com', 'dog. com'],
    ['a dot of a vertical line', 'dog︒com', 'dog com'],
    ['a number that ends in a dot', 'dog ⒈', 'dog 1'],
    ['nothing but such characters', 'ⓐ．ⓒⓞ', 'a co'],
  ])('hide no entity in a label: %s', (_, name, expected) => {
    expect(labelText(name)).toBe(expected)
  })

  test.each(['™ Dog', '½ ℃', 'Ⓜ️', 'Web ２', 'ﬁsh', 'Dog´s'])('are kept where they hide none: %s', (name) => {
    expect(labelText(name)).toBe(name)
  })

  test.each([
    ['example．ⓒⓞⓜ', 'example.co'],
    ['dog ⒈com', '1.co'],
    ['ⓐ．ⓒⓞⓜ', 'a.co'],
  ])('are read by those who look for links: %s', (text, found) => {
    expect(findLink(text)).toBe(found)
  })
})

/** The most that one call of `normalize` was given, in UTF-16 units. */
function longestNormalized(work: () => void): number {
  let longest = 0
  const normalize = String.prototype.normalize
  const spy = jest.spyOn(String.prototype, 'normalize').mockImplementation(function (this: string, form) {
    longest = Math.max(longest, this.length)
    return this.length > 50_000 ? `${this}` : normalize.call(this, form)
  })
  try {
    work()
  } finally {
    spy.mockRestore()
  }
  return longest
}

describe('the first sign in a text', () => {
  test.each(['@', '＠', '﹫', '#', '＃', '﹟', '$', '＄', '﹩'])('is found: %s', (sign) => {
    expect(findSign(`Dog ${sign}cat @`)).toBe(sign)
  })

  test('is undefined where there is none', () => {
    expect(findSign('Dog & cat, 50%!')).toBeUndefined()
  })
})

describe('the first link in a text', () => {
  test.each([
    ['a URL', 'a dog on https://example.com/a b.com', 'https://'],
    ['a host name', 'a dog on www.example.com and b.com', 'www.ex'],
    ['a host name in another script', 'на пример.рф', 'пример.рф'],
    ['a host name with an ideographic dot', 'on example。com', 'example。co'],
    ['a host name with a one-dot leader', 'on example\u2024com', 'example\u2024co'],
    ['a host name at the start', 'example.com', 'example.co'],
    ['a letter and a mark behind the dot', '犬.क\u093f', '犬.क\u093f'],
    ['a host name on the next line', 'a dog\nb.com', 'b.co'],
  ])('is told up to where it shows: %s', (_, text, found) => {
    expect(findLink(text)).toBe(found)
  })

  test.each([
    'A dog. A cat.',
    'A dog.A cat',
    'e.g. a dog',
    '3.50 dogs',
    'A dog... and a cat',
    '犬です。猫です。',
    'Dog: //cat',
    '.com',
  ])('is undefined where there is none: %s', (text) => {
    expect(findLink(text)).toBeUndefined()
  })
})

test('graphemes are what a reader takes for characters', () => {
  expect(graphemes('e\u0301👩‍🌾🇩🇪\r\nक्षि1️⃣')).toEqual(['e\u0301', '👩‍🌾', '🇩🇪', '\r\n', 'क्षि', '1️⃣'])
})
