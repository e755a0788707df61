import { createRequire } from 'node:module'
import { isDeepStrictEqual } from 'node:util'
import { runs } from '@hexbird/testkit/runs'
import { describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { findUrls, normalized, weightedLength } from '../../src/reply/weighted-length.js'
import { asciiEndings, otherEndings } from '../../src/reply/weighted-length-tables.js'
import { textArbitrary } from '../../src/testing/index.js'

const { parseTweet, extractUrlsWithIndices } = createRequire(import.meta.url)('twitter-text') as {
  readonly parseTweet: (text: string) => { readonly weightedLength: number }
  readonly extractUrlsWithIndices: (
    text: string,
  ) => readonly { readonly url: string; readonly indices: readonly number[] }[]
}

/** Asked once for each text: it takes far longer than what is tested, and mutants are all tried with the same texts. */
function once<Said extends object | number>(ask: (text: string) => Said): (text: string) => Said {
  const known = new Map<string, Said>()
  return (text) => {
    const said = known.get(text) ?? ask(text)
    known.set(text, said)
    return said
  }
}

const lengthByTwitterText = once((text) => parseTweet(text).weightedLength)

/** X counts as much of the text as the URL is long, which is less than its indices say where it leaves out a label. */
const urlsByTwitterText = once((text) =>
  extractUrlsWithIndices(text.normalize('NFC')).map(({ url, indices: [start = 0] }) => ({
    start,
    end: start + url.length,
  })),
)

function expectSameAsTwitterText(text: string): void {
  expect({ text, length: weightedLength(text), urls: findUrls(text) }).toEqual({
    text,
    length: lengthByTwitterText(text),
    urls: urlsByTwitterText(text),
  })
}

/** As `expectSameAsTwitterText`, for very many texts. */
function isSameAsByTwitterText(text: string): boolean {
  return (
    weightedLength(text) === lengthByTwitterText(text) && isDeepStrictEqual(findUrls(text), urlsByTwitterText(text))
  )
}

describe('weighted length', () => {
  test.each([
    ['nothing', '', 0],
    ['280 ASCII characters', 'a'.repeat(280), 280],
    ['140 ideographs', '犬'.repeat(140), 280],
    ['kana and Hangul', 'いぬ개', 6],
    ['Cyrillic, Greek and accents, which are light', 'Пёс σκύλος café', 15],
    ['curly quotes and dashes, which are light', '“a” – ‘b’ ′', 11],
    ['an ellipsis, which is heavy', '…', 2],
    ['a letter and its accent, composed by NFC', 'cafe\u0301', 4],
    ['kana and its sound mark, composed by NFC', 'か\u3099', 2],
    ['Hangul jamo, composed by NFC', '\u1112\u1161\u11ab', 2],
    ['an emoji', '🐶', 2],
    ['a family joined to one emoji', '👨‍👩‍👧‍👦', 2],
    ['a skin tone', '👍🏽', 2],
    ['a skin tone and a profession', '👩🏽‍🚀', 2],
    ['a flag', '🇩🇪', 2],
    ['a flag of a region', '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}', 2],
    ['two regional indicators that are no flag', '🇩🇩', 4],
    ['a keycap', '1️⃣', 2],
    ['a copyright sign as an emoji', '©️', 2],
    ['a copyright sign as text', '©', 1],
    ['a heart with its variation selector', '❤️', 2],
    ['a family that no font of X joins', '👨‍🐶', 5],
    ['an emoji between words', 'a dog 🐶!', 9],
    ['a high surrogate alone', '\ud83d', 2],
    ['a low surrogate alone', '\udc36', 2],
    ['surrogates in the wrong order', 'a\udc36\ud83db', 6],
  ])('counts %s', (_, text, length) => {
    expect(weightedLength(text)).toBe(length)
    expectSameAsTwitterText(text)
  })

  test.each([
    ['shorter than 23', 'http://a.co', 23],
    ['longer than 23', `https://example.com/${'x'.repeat(200)}?q=1`, 23],
    ['without a protocol', 'see example.com now', 31],
    ['in capitals', 'HTTPS://EXAMPLE.COM/A', 23],
    ['with an ending in punycode', 'example.xn--p1ai', 23],
    ['with a host that is not ASCII', 'http://пример.рф', 23],
    ['with a port, parentheses and a query', 'http://a.com:80/b_(c)/d?e=f', 23],
    ['before the punctuation of a sentence', '(see a.com/b.)', 30],
    ['between ideographs', '犬a.com猫', 27],
    ['of t.co, which ends after its slug', 'https://t.co/abc/def', 27],
    ['of t.co that ends like a sentence', 'A dog that swims in the sea: https://t.co/abcdefghij.', 53],
    ['of t.co with the longest slug', `https://t.co/${'a'.repeat(40)}`, 23],
    ['of another host that ends like t.co', 'https://at.co/abc/def', 23],
    ['of another host that begins like t.co', 'https://t.co.jp/abc/def', 23],
    ['with the longest label', `http://${'a'.repeat(63)}.com`, 23],
    ['twice', 'a.com b.com', 47],
  ])('counts a URL %s as 23', (_, text, length) => {
    expect(weightedLength(text)).toBe(length)
    expectSameAsTwitterText(text)
  })

  test.each([
    ['the end of a sentence', 'A dog. A cat.'],
    ['a number', '3.5 dogs'],
    ['an abbreviation', 'e.g. dogs'],
    ['an address for mail', 'ada@example.com'],
    ['an ending that nobody has', 'photo.jpeg and a.b.c'],
    ['a host name that is not ASCII and has no protocol', 'пример.рф'],
    ['a host name behind a hyphen', '-example.com'],
    ['a label of more than 63 characters', `http://${'a'.repeat(64)}.com`],
    ['a URL of more than 4,096 characters', `http://a.com/${'a'.repeat(4096)}`],
    ['a slug of t.co of more than 40 characters', `https://t.co/${'a'.repeat(41)}`],
    ['a punycode host that is not ASCII', 'http://xn--é犬.com犬.рф'],
    ['an ending that only begins like punycode', 'a.xn123 and a.xn-12'],
  ])('sees no URL in %s', (_, text) => {
    expect(findUrls(text)).toEqual([])
    expectSameAsTwitterText(text)
  })

  test('counts only the ASCII part of a host name without a protocol', () => {
    expect(findUrls('犬.example.com/猫 b.com')).toEqual([
      { start: 2, end: 14 },
      { start: 16, end: 21 },
    ])
    expectSameAsTwitterText('犬.example.com/猫 b.com')
  })

  test('counts less of a URL than it spans where X leaves a label of its host name out', () => {
    expectSameAsTwitterText('a.com.한국/p')
    expectSameAsTwitterText('a.com.👨‍👩‍👧.한국/p')
  })

  test('counts the rest of an emoji sequence that begins inside a URL as characters', () => {
    expect(weightedLength('http://a.com/1️⃣')).toBe(27)
    expectSameAsTwitterText('http://a.com/1️⃣')
  })

  test('counts an earlier twin of a host name in its place, as X does', () => {
    expect(findUrls('a.com1犬a.com')).toEqual([{ start: 0, end: 5 }])
    expectSameAsTwitterText('a.com1犬a.com')
  })

  test('takes no protocol for one that is part of the URL before', () => {
    expect(findUrls('a.com/.http://❤b.com')).toEqual([
      { start: 0, end: 14 },
      { start: 15, end: 20 },
    ])
    expectSameAsTwitterText('a.com/.http://❤b.com')
  })

  test('looks for no URL in a host name that X consumes without counting it', () => {
    expect(findUrls('a.com犬_b.com/犬c.com')).toEqual([
      { start: 0, end: 5 },
      { start: 14, end: 19 },
    ])
    expectSameAsTwitterText('a.com犬_b.com/犬c.com')
  })

  test('gives the places of URLs in the NFC form', () => {
    expect(findUrls('cafe\u0301 a.com')).toEqual([{ start: 5, end: 10 }])
  })

  test('sees no URL behind a label so long that twitter-text throws', () => {
    const text = `${'a'.repeat(3000)}\u{10ffff}.com`
    expect(() => parseTweet(text)).toThrow('Overflow')
    // After a throw twitter-text begins its next search in the middle; one search to the end sets it right.
    parseTweet('.')

    expect(findUrls(text)).toEqual([])
    expect(weightedLength(text)).toBe(3006)
  })
})

describe('weighted length against twitter-text', () => {
  test('agrees about the code units of every kind, alone and at every place of a URL', () => {
    const differing: string[] = []
    for (const [first, last] of unitsOfEveryKind) {
      for (let code = first; code <= last; code += 1) {
        const unit = String.fromCharCode(code)
        const text = `${unit} ${unit}a.com b${unit}.com a${unit}b.com a.com${unit}/x${unit} http://a.com/(${unit})?${unit}x${unit}`
        if (weightedLength(text) !== lengthByTwitterText(text)) differing.push(text)
      }
    }
    expect(differing).toEqual([])
  })

  test.each([
    ['parentheses in a path', 'http://a.com/', ['(', ')', 'a', '.'], 5],
    ['parentheses in parentheses', 'http://a.com/(', ['(', ')', 'a', '犬'], 5],
    ['what follows a host name', 'a.com', [':', '8', '/', '?', 'a', '!'], 4],
    ['what follows a host name and its protocol', 'http://a.com', [':', '8', '/', '?', 'a', '!'], 4],
    ['what follows t.co', 'http://t.co', ['/', 'a', '-', '?', '.'], 4],
    ['hosts', '', ['a', '_', '-', '.', '.com', ' '], 4],
    ['hosts behind a protocol', 'http://', ['a', '_', '-', '.', '.com'], 5],
    ['hosts of several scripts', '', ['a', '犬', 'é', '.com', '.한국', '/'], 4],
    ['hosts of several scripts behind a protocol', 'http://', ['a', '犬', 'é', '.com', '.한국', '/'], 4],
    ['punycode', 'http://', ['xn--', 'x', 'é', '犬', '.com', '.'], 4],
    ['endings in punycode', 'a.', ['xn', '--', 'a', 'é', '.com', '@'], 4],
    ['a query behind another script', 'http://a.한국', ['?', '!', 'a', '/', '犬'], 4],
    ['what stands before a URL', '', ['a.com', 'http://', 'https://a.com', ' ', '@', '犬', '-', '/'], 3],
    ['what joins to an emoji', '', ['👨', '\u200d', '🏽', '\ufe0f', '1', '\u20e3', '🇩'], 4],
    ['emoji around a URL', '', ['👨‍👩‍👧', '1️⃣', 'a.com', 'a.com/', ' '], 4],
  ])('agrees about every short row of what makes a difference to %s', (_, before, parts, most) => {
    expect(rowsOf(parts, most).filter((row) => !isSameAsByTwitterText(before + row))).toEqual([])
  })

  test('agrees about every URL ending, in both cases, and followed by more', () => {
    const endings = [...asciiEndings.split(' '), ...otherEndings.split(' ')]
    const forms = endings.flatMap((ending) => [ending, ending.toUpperCase(), `${ending}x`, `${ending}犬`, `${ending}.`])
    const texts = forms.flatMap((form) => [` a.${form}`, `http://犬.${form}`])
    expect(texts.filter((text) => weightedLength(text) !== lengthByTwitterText(text))).toEqual([])
  })

  test('agrees about the length of labels in punycode', () => {
    for (const part of ['é', '犬', '犬猫鳥', '𐐀', '\ud800', 'é1', '犬。', '\u0001', '\u0080', 'a']) {
      for (let count = 1; count < 70; count += 1) expectSameAsTwitterText(`http://${part.repeat(count)}.com/a`)
    }
  })

  test.each([
    [63, 1, 'ī킀Ĕ뢨へ뙷Ħшōи셖븅びげìŹゕそдų꼆'],
    [64, 0, 'ùвwоŞfぎŀぷĀſけよべwぇŐлýくろĿâだбkx'],
    [64, 0, `words뉴${'럡'.repeat(47)}`],
  ])(
    'agrees about a label of several scripts with %i characters in punycode, of which 63 may be',
    (_, count, label) => {
      expect(findUrls(`http://${label}.com`)).toHaveLength(count)
      expectSameAsTwitterText(`http://${label}.com`)
    },
  )

  test('agrees about which labels of mixed scripts are too long in punycode', () => {
    const letter = fc.oneof(
      fc.integer({ min: 0x61, max: 0x7a }),
      fc.integer({ min: 0xe0, max: 0x17f }),
      fc.integer({ min: 0x4e00, max: 0x9fff }),
      fc.integer({ min: 0x1f300, max: 0x1f5ff }),
    )
    const label = fc.array(letter, { minLength: 12, maxLength: 50 }).map((codes) => String.fromCodePoint(...codes))
    fc.assert(
      fc.property(label, (text) => expectSameAsTwitterText(`http://${text}.com/a`)),
      { numRuns: runs(1000) },
    )
  })

  test('agrees about the longest URLs', () => {
    for (const prefix of ['', ' ', 'http://', 'https://']) {
      for (let count = 4070; count < 4100; count += 1) expectSameAsTwitterText(`${prefix}a.com/${'x'.repeat(count)}`)
    }
  })

  test('agrees about any text', () => {
    fc.assert(fc.property(textArbitrary({ maxLength: 60 }), expectSameAsTwitterText), { numRuns: runs() })
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), expectSameAsTwitterText), { numRuns: runs() })
  })

  test('agrees about any text made of what URLs, emoji and sentences are made of', () => {
    fc.assert(fc.property(textOfFragments, expectSameAsTwitterText), { numRuns: runs(2000) })
  })
})

describe('hostile texts', () => {
  const size = 60_000
  const repeat = (part: string, before = '', after = '') => before + part.repeat(size / part.length) + after

  test.each([
    ['dots', repeat('.'), size],
    ['labels without an ending', repeat('a.'), size],
    ['labels of ideographs', repeat('犬.'), 90_000],
    ['labels that are endings', repeat('com.'), size],
    ['endings that no host name can have before them', repeat('.com_'), size],
    ['one long label of ideographs', repeat('犬', '', '.com'), 120_004],
    ['labels that end in a hyphen', repeat('a-.com'), size],
    ['opening parentheses', repeat('(a', 'http://a.com/'), 60_023],
    ['queries without an end', repeat('!', 'http://a.com/?'), 60_024],
    ['protocols', repeat('http://'), 59_997],
    ['high surrogates', repeat('\ud83d'), 120_000],
    ['emoji that never end', repeat('👨\u200d'), 60_000],
    ['combining marks in the wrong order', repeat('\u0301\u0323', 'a'), 60_001],
  ])('of %s are measured without ever looking back far', (_, text, length) => {
    expect(weightedLength(text)).toBe(length)
  })

  test('of combining marks are normalised as they would be without a short cut', () => {
    const marks = [
      '\u0301',
      '\u0308',
      '\u0323',
      '\u0334',
      '\u0345',
      '\u0344',
      '\u093e',
      '\u05b0',
      '\u3099',
      '\u{1d165}',
    ]
    const run = fc
      .subarray(marks, { minLength: 1 })
      .chain((some) => fc.array(fc.constantFrom(...some), { minLength: 200, maxLength: 400 }))
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(run, (text) => {
        const twice = `n${text}n\u0308${text}`
        expect(normalized(twice)).toBe(twice.normalize('NFC'))
        expect(weightedLength(twice)).toBe(lengthByTwitterText(twice))
      }),
      { numRuns: runs() },
    )
  })

  test.each([
    ['after a letter', 'a', '\u0301\u0323'],
    ['at the start', '', '\u0301\u0323'],
    ['with marks of the lowest class', 'a', '\u0301\u0334'],
    ['with marks of the highest class', 'a', '\u0345\u0301'],
    ['with marks made of two', 'a', '\u0344\u0323'],
  ])(
    'of combining marks %s get in order before the engine, which is slow at that, normalises them',
    (_, before, two) => {
      const text = `${before}${two.repeat(200)}a`
      const normalize = jest.spyOn(String.prototype, 'normalize')
      const nfc = normalized(text)
      const long = normalize.mock.contexts.map(String).filter((each) => each.length >= 400)
      normalize.mockRestore()

      expect(long.filter((each) => each.normalize('NFD') !== each)).toEqual([])
      expect(long).toHaveLength(1)
      expect(nfc).toBe(text.normalize('NFC'))
    },
  )
})

/** Every row of at most so many of the parts. */
function rowsOf(parts: readonly string[], most: number): readonly string[] {
  return most === 0 ? [''] : ['', ...rowsOf(parts, most - 1).flatMap((row) => parts.map((part) => part + row))]
}

/** ASCII, accents, Greek, Cyrillic; spaces, marks and symbols; surrogates; full width and what is no character. */
const unitsOfEveryKind: readonly (readonly [first: number, last: number])[] = [
  [0x0000, 0x061f],
  [0x10f8, 0x1108],
  [0x1680, 0x1680],
  [0x180e, 0x180e],
  [0x1c80, 0x1c90],
  [0x1df8, 0x2150],
  [0x2ffe, 0x3042],
  [0xd7fe, 0xd802],
  [0xd83a, 0xd840],
  [0xdbfe, 0xdc02],
  [0xdffe, 0xe002],
  [0xfe00, 0xff22],
  [0xff60, 0xff62],
  [0xffe0, 0xffff],
]

const fragments = [
  ...[
    '.',
    '.',
    '.',
    '.',
    '.',
    'com',
    'com',
    'co',
    'COM',
    'a',
    'b',
    '1',
    '-',
    '_',
    '/',
    '/',
    ':',
    ':80',
    '?',
    '?q=1',
    '&',
  ],
  ...[
    'http://',
    'https://',
    'HTTP://',
    '//',
    '@',
    '#',
    '$',
    '＠',
    '＃',
    '(',
    ')',
    '(x)',
    '((y))',
    '()',
    ' ',
    '\n',
    '!',
  ],
  ...[
    "'",
    '"',
    '`',
    '|',
    '~',
    '+',
    '%20',
    '*',
    '[',
    ']',
    '\\',
    '^',
    ',',
    '=',
    'a.com',
    'b.co.jp',
    't.co/',
    'http://t.co/abc',
  ],
  ...[
    'xn--',
    'xn--a',
    'XN--b',
    '한',
    '한국',
    '香港',
    '嘉里',
    '嘉里大酒店',
    'भारत',
    'é',
    'ö',
    'ι',
    'ſ',
    '\u212a',
    'я',
    'ᲀ',
    'рф',
    'САЙТ',
  ],
  ...[
    'vermögensberater',
    '–',
    '。',
    '．',
    'a'.repeat(61),
    `t.co/${'a'.repeat(38)}`,
    'e\u0301',
    '\u0301',
    '\u1112\u1161',
  ],
  ...[
    '🐶',
    '👨‍👩‍👧',
    '👍🏽',
    '🏽',
    '🇩🇪',
    '🇩',
    '1️⃣',
    '#️⃣',
    '\u20e3',
    '\ufe0f',
    '\ufe0e',
    '\u200d',
    '©',
    '❤',
    '☺︎',
    '\ud83d',
    '\udc36',
  ],
  ...[
    '\u200b',
    '\u200e',
    '\u202e',
    '\u061c',
    '\ufeff',
    '\uffff',
    '\0',
    '\u007f',
    '\u0085',
    '\u00a0',
    '\u3000',
    '\u180e',
    '\u0345',
  ],
]

const textOfFragments = fc.array(fc.constantFrom(...fragments), { maxLength: 14 }).map((parts) => parts.join(''))
