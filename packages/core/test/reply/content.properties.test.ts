import { createRequire } from 'node:module'
import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type AllowedContent, contentFaults, fit, variantOf } from '../../src/reply/content.js'
import { weightedLength } from '../../src/reply/weighted-length.js'
import { asciiEndings, otherEndings } from '../../src/reply/weighted-length-tables.js'
import { textArbitrary } from '../../src/testing/index.js'

type XEntity = { screenName?: string; hashtag?: string; cashtag?: string; url?: string; indices: [number, number] }

/** X's own library says what a mention, a hashtag, a cashtag and a URL are, and what a text weighs. */
const { extractEntitiesWithIndices, parseTweet } = createRequire(import.meta.url)('twitter-text') as {
  extractEntitiesWithIndices(text: string): XEntity[]
  parseTweet(text: string): { weightedLength: number; valid: boolean }
}

const SIGNS = ['@', '＠', '﹫', '#', '＃', '﹟', '$', '＄', '﹩', '&', '_', '-', '!', 'RT', 'rt:', '/', ':', '://', '…']
const DOTS = ['.', '。', '．', '｡', '﹒', '․', '..', '.@', '.#']
const WORDS = [
  'alice',
  'dog',
  'TSLA',
  'BRK.A',
  'www',
  'https',
  'http://',
  'HTTPS://',
  'xn--',
  'a',
  '1',
  'K',
  '\u212a',
  '犬',
]
const WHOLE = [
  ...[
    'https://t.co/abc',
    '@alice/list',
    '#dog',
    '$TSLA',
    'a@b.io',
    'http://日本.jp/犬',
    'x.com/#a/@b?c=d.co',
    'http://localhost',
  ],
  ...['пример.рф', 'a.b.co.uk', '(example.com)', '#1️⃣', '#1dog', '#\u200cdog', '#\ufe0f\u20e3', '1.2.com', 'user@x.com'],
]
const SPACES = [
  ' ',
  '\n',
  '\r\n',
  '\t',
  '\v',
  '\u0085',
  '\u2028',
  '\u00a0',
  '\u3000',
  '\u2001',
  ', ',
  '(',
  ')',
  '"',
  '“',
  "'",
]
const HIDDEN = [
  ...[
    '\0',
    '\x7f',
    '\u200b',
    '\u200c',
    '\u200d',
    '\u200e',
    '\u200f',
    '\u202e',
    '\u2066',
    '\u2069',
    '\ufeff',
    '\u00ad',
    '\u3164',
  ],
  ...['\ud83d', '\udc36', '\ud800', '\ufffe', '\uffff', '\u{1fffe}', '\u{e0041}', '\u061c', '\u180e'],
]
const MARKS = [
  '\u0301',
  '\u0316',
  '\u20e3',
  '\ufe0f',
  '\ufe0e',
  '\u093f',
  '\u0e33',
  '\u0d4e',
  '\u0600',
  '🏽',
  'ᄀ',
  'ᅡ',
  'ᆨ',
  'é',
  'ê',
]
const EMOJI = ['🐕', '👩', '👩‍🌾', '👨‍👩‍👧‍👦', '🇩', '🇪', '🇩🇪', '🏳️‍🌈', '❤️', '#️⃣', '1️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '👩🏽‍🚀']
const SCRIPTS = [
  'שלום',
  'عربي',
  'हिन्दी',
  'ไทย',
  '한국어',
  'ქართული',
  'አማርኛ',
  'Ελληνικά',
  'русский',
  '日本語',
  'ﷺ',
  '𝒟ℴℊ',
  '𐐷',
]
const fragment = fc.constantFrom(
  ...[...SIGNS, ...DOTS, ...WORDS, ...WHOLE, ...SPACES, ...HIDDEN, ...MARKS, ...EMOJI, ...SCRIPTS],
)
const ending = fc.constantFrom(...asciiEndings.split('|'), ...otherEndings.split('|'))
const domain = fc
  .tuple(
    fc.constantFrom('', '@', 'https://', '.', '/', '$', 'a.'),
    fc.constantFrom('example', 'xn--a', '犬', 'a-b'),
    ending,
  )
  .map(([before, host, end]) => `${before}${host}.${end}`)
const piece = fc.oneof({ weight: 8, arbitrary: fragment }, domain, textArbitrary({ maxLength: 5 }))

/** Texts of people and of models that mean ill, as long as a reply and much longer. */
const hostile = fc.oneof(
  { weight: 8, arbitrary: fc.array(piece, { maxLength: 15 }).map((parts) => parts.join('')) },
  { weight: 3, arbitrary: fc.array(piece, { minLength: 40, maxLength: 120 }).map((parts) => parts.join('')) },
  {
    weight: 1,
    arbitrary: fc.tuple(piece, piece, fc.nat(400)).map(([one, other, times]) => (one + other).repeat(times)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.integer({ min: 250, max: 290 }), fc.array(piece, { maxLength: 6 }))
      .map(([length, parts]) => 'a'.repeat(length) + parts.join('')),
  },
)
/** Nothing is wrong with them but their length, as a rule. */
const long = fc
  .array(fc.constantFrom(...SCRIPTS, ...EMOJI, ...MARKS, ...SPACES, 'word', ' '), { minLength: 80, maxLength: 200 })
  .map((parts) => parts.join(''))
const anyTime = fc.integer({ min: 1_600_000_000_000, max: 2_000_000_000_000 })

const entitiesOf = (text: string) => [text, text.normalize('NFC')].flatMap((form) => extractEntitiesWithIndices(form))

function expectTaken(text: string): void {
  expect(parseTweet(text)).toMatchObject({ valid: true })
  expect(parseTweet(text).weightedLength).toBeLessThanOrEqual(280)
  expect(text).not.toMatch(/\p{Cs}/u)
}

/** `HEXBIRD_FUZZ_RUNS=100000` tries as many as the promise was proven with. */
const MANY = 1000

describe('for any text', () => {
  test('what is made to fit is taken by X whole, and holds nothing that X turns into an entity', () => {
    always(hostile, (text) => {
      const fitting = fit(text)
      expect(contentFaults(fitting).filter(({ kind }) => kind !== 'empty')).toEqual([])
      expect(entitiesOf(fitting)).toEqual([])
      if (fitting !== '') expectTaken(fitting)
    })
  })

  test('what fits is left as it is, so to make it fit twice changes nothing more', () => {
    always(hostile, (text) => {
      const fitting = fit(text)
      expect(fit(fitting)).toBe(fitting)
      if (contentFaults(text).length === 0) expect(fitting).toBe(text)
    })
  })

  test('a text that is too long alone is cut between graphemes, and says so', () => {
    always(long, (text) => {
      const faults = contentFaults(text)
      fc.pre(faults.length > 0 && faults.every(({ kind }) => kind === 'too-long'))
      fc.pre(weightedLength(text.trim()) > 280 && text.length <= 2100)
      const cut = graphemes(fit(text))
      expect(cut.at(-1)).toBe('…')
      const kept = cut.slice(0, -1)
      const whole = graphemes(text.normalize('NFC').trim()).filter((grapheme) => weightedLength(grapheme) <= 278)
      expect(kept).toEqual(whole.slice(0, kept.length))
    })
  })

  test('a text without fault is one that X takes, without an entity but the allowed ones', () => {
    const allow: fc.Arbitrary<AllowedContent> = fc.record({
      links: fc.boolean(),
      mentions: fc.boolean(),
      hashtags: fc.boolean(),
    })
    always(fc.tuple(hostile, allow), ([text, allowed]) => {
      fc.pre(contentFaults(text, allowed).length === 0)
      expectTaken(text)
      for (const { screenName, hashtag, cashtag, url } of entitiesOf(text)) {
        if (screenName !== undefined) expect(allowed.mentions).toBe(true)
        if (hashtag !== undefined || cashtag !== undefined) expect(allowed.hashtags).toBe(true)
        if (url !== undefined) expect(allowed.links).toBe(true)
      }
    })
  })

  test('a variant is taken by X, holds no entity, and is like no other', () => {
    const input = fc.record({ text: hostile, one: fc.nat(9), two: fc.nat(9), now: anyTime })
    always(input, ({ text, one, two, now }) => {
      const fitting = fit(text)
      fc.pre(fitting !== '')
      const varied = variantOf(fitting, one, now)
      expect(contentFaults(varied)).toEqual([])
      expect(entitiesOf(varied)).toEqual([])
      expectTaken(varied)
      if (one !== two) expect(varied).not.toBe(variantOf(fitting, two, now))
    })
  })
})

function always<T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => void): void {
  fc.assert(fc.property(arbitrary, check), { numRuns: runs(MANY) })
}

function graphemes(text: string): readonly string[] {
  return Array.from(new Intl.Segmenter('en').segment(text), ({ segment }) => segment)
}
