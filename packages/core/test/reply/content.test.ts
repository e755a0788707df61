import { describe, expect, test } from '@jest/globals'
import { selfServe2026 } from '../../src/policy/platform.js'
import { contentFaults, fit, priceOfReply, ReplyContentError, variantOf } from '../../src/reply/content.js'
import { weightedLength } from '../../src/reply/weighted-length.js'

const kinds = (text: string, allow = {}) => contentFaults(text, allow).map(({ kind }) => kind)

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
    const { message, code } = new ReplyContentError(faults)
    expect(code).toBe('REPLY_CONTENT')
    expect(message.split('\n')).toEqual([
      'The reply cannot be posted:',
      '- It has U+0000 at 28, which X does not accept. Remove it.',
      '- It has the mention "@ada" at 0. X addresses the author by itself: leave out the sign, or allow mentions.',
      '- It has the hashtag "#dog" at 5. Leave out the sign, or allow hashtags.',
      '- It has the cashtag "$TSLA" at 10. Leave out the sign, or allow hashtags.',
      '- It has the link "example.com" at 16. X charges far more for a post with a URL: reword it, or allow links.',
    ])
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
  ])('keeps its words: %j', (text, expected) => {
    expect(fit(text)).toBe(expected)
  })

  test('is cut at the end of a word, with a sign that something is missing', () => {
    const cut = fit('The quick brown fox, '.repeat(20))
    expect(cut).toMatch(/ (?:The|quick|brown|fox)…$/)
    expect(weightedLength(cut)).toBeGreaterThan(270)
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
  })

  test('is without a grapheme that no reply has room for', () => {
    expect(fit(`Dog z${'\u0301'.repeat(10_000)}`)).toBe('Dog…')
  })

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
  })

  test.each([-1, 0.5, Number.NaN])('has no variant %d', (number) => {
    expect(() => variantOf('Dog', number, NOW)).toThrow(RangeError)
  })
})
