import { describe, expect, test } from '@jest/globals'
import { selfServe2026 } from '../../src/policy/platform.js'
import { contentFaults, fit, priceOfReply, ReplyContentError, variantOf } from '../../src/reply/content.js'
import { weightedLength } from '../../src/reply/weighted-length.js'

const kinds = (text: string, allow = {}) => contentFaults(text, allow).map(({ kind }) => kind)
const places = (text: string, allow = {}) =>
  contentFaults(text, allow).map(({ kind, start, end }) => [kind, start, end])
const messages = (text: string) => contentFaults(text).map(({ message }) => message)

/** One grapheme with this weight and length: of light characters, or of heavy ones. */
const light = (length: number) => `x${'\u0301'.repeat(length - 1)}`
const heavy = (weight: number) => `犬${'\u302a'.repeat(weight / 2 - 1)}`

describe('a text has a fault', () => {
  test.each([
    ['a mention', 'Hi @ada', 'mention'],
    ['a mention with a wide sign', 'Hi ＠ada', 'mention'],
    ['a mention of a list', 'see @ada/dogs', 'mention'],
    ['a mention behind RT', 'RT@ada', 'mention'],
    ['a hashtag', 'a #dog', 'hashtag'],
    ['a hashtag with a wide sign', 'eine ＃Überraschung', 'hashtag'],
    ['a hashtag that begins with a digit', '#1dog', 'hashtag'],
    ['a cashtag', 'buy $TSLA', 'cashtag'],
    ['a cashtag in brackets', '($BRK.A)', 'cashtag'],
    ['a link', 'see https://example.com/a?b=c', 'link'],
    ['a host name', 'see example.com', 'link'],
    ['a host name in another script', 'на http://пример.рф', 'link'],
    ['a protocol before a host that X may not know', 'see http://localhost:3000', 'link'],
    ['half an emoji', 'dog \ud83d', 'character'],
    ['a byte order mark', '\ufeffdog', 'character'],
    ['a NUL', 'dog\0', 'character'],
    ['no words', ' \n ', 'empty'],
    ['nothing visible', '\u200b\u2066\u3164', 'empty'],
    ['281 letters', 'a'.repeat(281), 'too-long'],
    ['141 wide letters', '犬'.repeat(141), 'too-long'],
  ])('for %s', (_, text, kind) => {
    expect(kinds(text)).toEqual([kind])
  })

  test.each([
    'You rolled 6.',
    'Write to me@example.com',
    'It costs $5, or A$AP.',
    'We are #1! C# too, and #️⃣',
    '@ # $ &#39;',
    'e.g. Node.js 3.14... and so on',
    'Bird & <plant> "100%"\n日本語 🐕‍🦺 a+b=c; é ü',
    '🏴󠁧󠁢󠁥󠁮󠁧󠁿 \u2067שלום\u2069',
    'a'.repeat(280),
    '👨‍👩‍👧‍👦'.repeat(140),
  ])('not for %j', (text) => {
    expect(contentFaults(text)).toEqual([])
    expect(fit(text)).toBe(text)
  })

  test('that says where it is and what to do, each by itself', () => {
    const faults = contentFaults('@ada #dog $TSLA example.com \0')
    expect(faults.map(({ kind, start, end }) => [kind, start, end])).toEqual([
      ['character', 28, 29],
      ['mention', 0, 4],
      ['hashtag', 5, 9],
      ['cashtag', 10, 15],
      ['link', 16, 27],
    ])
    const { message, code, name } = new ReplyContentError(faults)
    expect([name, code]).toEqual(['ReplyContentError', 'REPLY_CONTENT'])
    expect(message.split('\n')).toEqual([
      'The reply cannot be posted:',
      '- It has U+0000 at 28, which X does not accept. Remove it.',
      '- It has the mention "@ada" at 0. X addresses the author by itself: leave out the sign, use fit(text), or define the bot with `allow: { mentions: true }`.',
      '- It has the hashtag "#dog" at 5. Leave out the sign, use fit(text), or define the bot with `allow: { hashtags: true }`.',
      '- It has the cashtag "$TSLA" at 10. Leave out the sign, use fit(text), or define the bot with `allow: { hashtags: true }`.',
      '- It has the link "example.com" at 16. X charges far more for a post with a URL: reword it, use fit(text), or define the bot with `allow: { links: true }`.',
    ])
  })

  test.each([
    ['a cashtag with one letter behind its dot', '$BRK.A', [['cashtag', 0, 6]]],
    ['a cashtag with two letters behind its dot', '$BRK.AB', [['cashtag', 0, 7]]],
    ['a cashtag before a dot and three letters', '$BRK.ABC', [['cashtag', 0, 4]]],
    ['a link to a host that X does not know', 'see http://localhost:3000 now', [['link', 4, 25]]],
    ['characters in a row that X does not accept', 'dog \ud83d\0!', [['character', 4, 6]]],
    [
      'each of two links, but not the hash in the second',
      'a.co b.co/#cat',
      [
        ['link', 0, 4],
        ['link', 5, 14],
      ],
    ],
    [
      'a link with a hash, and a mention behind it',
      'example.com/#cat @ada',
      [
        ['link', 0, 16],
        ['mention', 17, 21],
      ],
    ],
    [
      'a link and the mention that touches it',
      'example.com/＠ada',
      [
        ['link', 0, 12],
        ['mention', 12, 16],
      ],
    ],
  ])('from where it starts to where it ends: %s', (_, text, expected) => {
    expect(places(text)).toEqual(expected)
  })

  test('that says what is missing, or the number of a character', () => {
    expect(messages(' ')).toEqual(['It has no visible text. Add some.'])
    expect(messages('dog \ud83d\0')).toEqual(['It has U+D83D at 4, which X does not accept. Remove it.'])
  })

  test('that quotes at most 40 characters', () => {
    const link = `https://example.com/${'a'.repeat(20)}`
    expect(messages(link)[0]).toContain(`the link "${link}" at`)
    expect(messages(`${link}b`)[0]).toContain(`the link "${link}…" at`)
  })

  test('only in the first 2,100 units, where it is too long', () => {
    const mention = ' @ada'
    expect(kinds('a'.repeat(2095) + mention)).toEqual(['too-long', 'mention'])
    expect(kinds('a'.repeat(2100) + mention)).toEqual(['too-long'])
    expect(kinds(`${'a'.repeat(2097)} @🐕`)).toEqual(['too-long'])
  })

  test('with weight and limit where it is too long', () => {
    expect(contentFaults('犬'.repeat(150))[0]?.message).toContain('weighted length is 300, but X accepts at most 280')
  })

  test('unless it is of a kind that is allowed', () => {
    const text = '@ada #dog $TSLA example.com/#cat'
    expect(kinds(text, { links: true })).toEqual(['mention', 'hashtag', 'cashtag'])
    expect(kinds(text, { mentions: true })).toEqual(['hashtag', 'cashtag', 'link'])
    expect(kinds(text, { hashtags: true })).toEqual(['mention', 'link'])
    expect(kinds(text, { links: true, mentions: true, hashtags: true })).toEqual([])
  })

  test('behind a link that X does not see, links being allowed', () => {
    expect(kinds('http://foo,@bob', { links: true })).toEqual(['mention'])
  })

  test('in the form that was given, though its composed form has none', () => {
    expect('\u212a@bob'.normalize('NFC')).toBe('K@bob')
    expect(kinds('\u212a@bob')).toEqual(['mention'])
    expect(kinds('$\u212a')).toEqual(['cashtag'])
    expect(kinds('1.2.com\u212a')).toEqual(['link'])
    expect(fit('1.2.com\u212a')).toBe('1.2.comK')
  })
})

test('a reply with a link has the price of one', () => {
  const { reply, replyWithLink } = selfServe2026.prices
  expect(priceOfReply('A dog.', selfServe2026)).toBe(reply)
  expect(priceOfReply('A dog: example.com', selfServe2026)).toBe(replyWithLink)
  expect(replyWithLink).toBeGreaterThan(reply)
  expect(priceOfReply('Hi @ada, a #dog and $TSLA.', selfServe2026)).toBe(reply)
})

describe('a text that is made to fit', () => {
  test.each([
    ['Hi @ada, a #dog and $TSLA!', 'Hi ada, a dog and TSLA!'],
    ['see https://www.example.com/a.b?c=d.', 'see www .example .com/a.b?c=d.'],
    ['on example.co.uk', 'on example .co .uk'],
    ['see.@com', 'see. com'],
    ['🐕#dog RT@ada (#cat)', '🐕 dog RT ada (cat)'],
    ['http://localhost:3000', 'localhost:3000'],
    ['https://https://example.com', 'example .com'],
    ['t.co/#foo', 't .co/ foo'],
    ['\ud83d Dog\0s \ufeff', 'Dogs'],
    ['#\u0301dog', 'dog'],
    ['\0', ''],
    ['犬#dog', '犬 dog'],
    ['example.com/http://example.org', 'example .com/example .org'],
  ])('keeps its words: %j', (text, expected) => {
    expect(fit(text)).toBe(expected)
  })

  test('is cut at the end of a word, with a sign that something is missing', () => {
    const cut = fit('The quick brown fox, '.repeat(20))
    expect(cut).toMatch(/ (?:The|quick|brown|fox)…$/)
    expect(weightedLength(cut)).toBeGreaterThan(270)
  })

  test('is cut at the end of a word unless that is more than 40 units back', () => {
    const long = (word: number) => `${'a'.repeat(278 - word)} ${'b'.repeat(word)}${'👨‍👩‍👧‍👦'.repeat(9)}`
    expect(fit(long(40))).toBe(`${'a'.repeat(238)}…`)
    expect(fit(long(41))).toBe(`${'a'.repeat(237)} ${'b'.repeat(40)}…`)
    expect(fit(`Dog ${'a'.repeat(300)}`)).toBe(`Dog ${'a'.repeat(274)}…`)
  })

  test('ends in no space, comma or colon before the sign that something is missing', () => {
    expect(fit(`${'a'.repeat(270)}; : ${'b'.repeat(20)}`)).toBe(`${'a'.repeat(270)}…`)
  })

  test('is cut only if it is too long without its signs', () => {
    expect(fit(`@${'a'.repeat(280)}`)).toBe('a'.repeat(280))
    expect(fit(`@${'a'.repeat(281)}`)).toBe(`${'a'.repeat(278)}…`)
  })

  test('is read up to its first 2,100 units, and says so', () => {
    const start = 'https://'.repeat(261)
    expect(fit(`${start}Dog and cat.`)).toBe('Dog and cat.')
    expect(fit(`${start}Dog and cats.`)).toBe('Dog and cat…')
    expect(fit(`Dog ${light(3000)} Cat`)).toBe('Dog…')
  })

  test('fills a reply in a script without spaces', () => {
    expect(fit('犬'.repeat(500))).toBe(`${'犬'.repeat(139)}…`)
  })

  test('is never cut within an emoji or between letter and mark', () => {
    expect(fit('👨‍👩‍👧‍👦'.repeat(300))).toBe(`${'👨‍👩‍👧‍👦'.repeat(139)}…`)
    expect(fit('क्षि'.repeat(300))).toMatch(/^(?:क्षि)+…$/)
  })

  test('does not become a link by being cut', () => {
    const text = `${'a'.repeat(270)} x.communication x`
    expect(contentFaults(text).map(({ kind }) => kind)).toEqual(['too-long'])
    expect(contentFaults(fit(text))).toEqual([])
    // As a URL, the start up to ".com" would be light enough.
    expect(fit(`${'a'.repeat(250)},${'b'.repeat(23)}.communication`)).toBe(`${'a'.repeat(250)},${'b'.repeat(23)}.c…`)
    expect(fit(`${'a'.repeat(250)},${'b'.repeat(63)}.communication${'n'.repeat(308)}`)).toBe(
      `${'a'.repeat(250)},${'b'.repeat(27)}…`,
    )
  })

  test('is not cut behind what would join the sign that something is missing', () => {
    expect(fit(`${'a'.repeat(276)}\u0600, and more`)).toBe(`${'a'.repeat(276)}…`)
  })

  test('is without a grapheme that no reply has room for', () => {
    expect(fit(`Dog ${light(10_000)}`)).toBe('Dog…')
    expect(fit(`Dog and cat${light(279)}`)).toBe('Dog and cat…')
    expect(fit(`${light(279)}Dog`)).toBe('Dog…')
    expect(fit(`${heavy(280)}Dog`)).toBe('Dog…')
  })

  test('keeps a grapheme for which a reply has room, or all before it', () => {
    expect(fit(`${light(278)}Dog`)).toBe(`${light(278)}…`)
    expect(fit(`${heavy(278)}Dog`)).toBe(`${heavy(278)}…`)
    expect(fit(`Dog${light(278)}Cat`)).toBe('Dog…')
  })

  test.each([2079, 2080, 2081, 2082, 2083, 2084, 2085, 2086])(
    'has no part of an emoji from behind %d units that are left out',
    (length) => {
      expect(fit(`Dog ${light(length)}👨‍👩‍👧‍👦👨‍👩‍👧‍👦`)).toMatch(/^Dog(?: 👨‍👩‍👧‍👦)?…$/)
    },
  )

  test.each(['@', '@a ', '#', 'RT@', 'a.co ', 'http://', '\u0301\u0316', '👩‍👩', '$A ', '.@a', 'a.co/#'])(
    'may be as long as it likes: %j',
    (part) => {
      expect(contentFaults(fit(part.repeat(300_000 / part.length)))).toEqual([])
    },
  )
})

describe('a text that X calls a duplicate', () => {
  const NOW = Date.UTC(2026, 10, 29, 14, 3, 27)

  test('is varied in words that say when', () => {
    expect([0, 1, 2, 3].map((number) => variantOf('You rolled 6.', number, NOW))).toEqual([
      'You rolled 6.',
      'You rolled 6. (at 14:03 UTC)',
      'You rolled 6. (at 14:03:27 UTC)',
      'You rolled 6. (at 14:03:27 UTC, 3)',
    ])
  })

  test('is shortened where that has no room', () => {
    const varied = variantOf('犬'.repeat(140), 1, NOW)
    expect(varied).toBe(`${'犬'.repeat(131)}… (at 14:03 UTC)`)
    expect(weightedLength(varied)).toBeLessThanOrEqual(280)
  })

  test('keeps an allowed link whole, or leaves it out', () => {
    const text = `${'word '.repeat(50)}example.com/a/long/path`
    expect(variantOf(text, 1, NOW)).toMatch(/ word… \(at 14:03 UTC\)$/)
    const short = 'See example.com/a/long/path'
    expect(variantOf(short, 1, NOW)).toBe(`${short} (at 14:03 UTC)`)
    expect(variantOf(`${short} ${'word '.repeat(49)}`, 1, NOW)).toBe(`${short}${' word'.repeat(47)}… (at 14:03 UTC)`)
  })

  test('keeps an allowed link of thousands of characters', () => {
    const link = `https://example.com/${'a'.repeat(4000)}`
    const text = `${link}${' word'.repeat(51)}`
    expect(contentFaults(text, { links: true })).toEqual([])
    expect(variantOf(text, 1, NOW)).toBe(`${link}${' word'.repeat(48)}… (at 14:03 UTC)`)
  })

  test('is left whole where the addition just has room, but for spaces at its end', () => {
    expect(variantOf('a'.repeat(265), 1, NOW)).toBe(`${'a'.repeat(265)} (at 14:03 UTC)`)
    expect(variantOf('a'.repeat(266), 1, NOW)).toBe(`${'a'.repeat(263)}… (at 14:03 UTC)`)
    expect(variantOf('Dog \n', 1, NOW)).toBe('Dog (at 14:03 UTC)')
  })

  test.each([-1, 0.5, Number.NaN])('has no variant %d', (number) => {
    expect(() => variantOf('Dog', number, NOW)).toThrow(new RangeError('`number` must be an integer from 0.'))
  })
})
