import { createRequire } from 'node:module'
import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Label } from '../../src/domain/label.js'
import type { TweetAuthor } from '../../src/domain/tweet.js'
import type { ComposedReply } from '../../src/reply/compose.js'
import { composeReply } from '../../src/reply/compose.js'
import type { ReplyRules } from '../../src/reply/rules.js'
import { animalRules, checkRules, RulesError } from '../../src/reply/rules.js'
import { labelText } from '../../src/reply/safe-text.js'
import { textArbitrary } from '../../src/testing/index.js'

/** X's own library says what a mention, a hashtag, a cashtag and a URL are, and what a text weighs. */
const { extractEntitiesWithIndices, parseTweet } = createRequire(import.meta.url)('twitter-text') as {
  extractEntitiesWithIndices(text: string): { screenName?: string; listSlug?: string }[]
  parseTweet(text: string): { weightedLength: number; valid: boolean }
}

const fragments = [
  ...[
    '@',
    '＠',
    '﹫',
    '#',
    '＃',
    '﹟',
    '$',
    '＄',
    '﹩',
    '.',
    '。',
    '．',
    '｡',
    '﹒',
    '․',
    '…',
    '/',
    ':',
    '://',
    '_',
    '-',
  ],
  ...[
    'alice',
    'dog',
    'TSLA',
    'com',
    'co',
    'рф',
    '日本',
    'भारत',
    'www',
    'https',
    't',
    'xn--',
    'example',
    'a',
    '1',
    'RT',
  ],
  ...['example.com', 'https://t.co/abc', '@alice/list', '#dog', '$TSLA', 'a@b.io', 'http://日本.jp/犬', 'é', 'e\u0301'],
  ...[' ', '\n', '\r\n', '\t', '\0', '\u0085', '\u2028', '\u00a0', '\u3000', ',', ', ', '(2)', ' (2)', '!', '&', "'"],
  ...['\u200b', '\u200c', '\u200d', '\u200e', '\u200f', '\u202a', '\u202e', '\u2066', '\u2069', '\ufeff', '\u00ad'],
  ...['\u0301', '\u20e3', '\ufe0f', '\ufe0e', '\u093f', '\u0e33', '\u0d4e', '\u094d', '\u3164', '\u{e0041}', '\u0600'],
  ...[
    '\ud83d',
    '\udc36',
    '\ud800',
    '\ufffe',
    '\uffff',
    '\u{1fffe}',
    '🐕',
    '👩',
    '👩‍🌾',
    '👨‍👩‍👧‍👦',
    '🏽',
    '🇩',
    '🇪',
    '🏳️‍🌈',
    '❤️',
    '#️⃣',
  ],
  ...['ⓐ', 'ⓒⓞⓜ', 'ﬁ', '⒈', '㏂', '℀', '‥', '︒', '™', '㊋', '／', 'Ａ', 'ﷺ'],
  ...['ᄀ', 'ᅡ', 'ᆨ', '각', 'क्', 'ष', 'שלום', 'عربي', '{author}', '{labels}', '{', '}', '$&', "$'", '$1', '\\'],
]
const fragment = fc.constantFrom(...fragments)
const name = fc.oneof(
  { weight: 6, arbitrary: fc.array(fragment, { maxLength: 10 }).map((parts) => parts.join('')) },
  { weight: 2, arbitrary: fc.constantFrom('Dog', 'Cat', 'Golden Retriever', 'St. Bernard', 'T-Shirt', '犬') },
  { weight: 1, arbitrary: textArbitrary({ maxLength: 30 }) },
  { weight: 1, arbitrary: fc.tuple(fragment, fragment, fc.nat(400)).map(([a, b, times]) => (a + b).repeat(times)) },
)
const label: fc.Arbitrary<Label> = fc.record({
  name,
  confidence: fc.constant(99),
  parents: fc.array(fc.oneof(fc.constantFrom('Animal', 'Plant', 'Vehicle'), name), { maxLength: 2 }),
})
const photos = fc.array(fc.oneof({ weight: 9, arbitrary: fc.array(label, { maxLength: 12 }) }, fc.constant(null)), {
  maxLength: 4,
})
const author: fc.Arbitrary<TweetAuthor> = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_]{1,15}$/).map((username) => ({ id: '1', username })),
  name.map((username) => ({ id: '1', username })),
  fc.constant({ id: '1' }),
)
const variant = fc.oneof(fc.nat(12), fc.maxSafeNat())

/** Texts that leave as little room as `checkRules` lets them, and texts that stand close to what they are filled with. */
const tightRules = rulesOf(`Hi {author}${' word'.repeat(41)}: {labels}`, 'Well {author}')
const closeRules = rulesOf('{author}さん、写真に「{labels}」{author}!', '{author}さん、写真を!')
const gluedRules = rulesOf('{author}さん、写真に{labels}が見えます', '{author}!')
const rules = fc
  .tuple(fc.constantFrom(animalRules, tightRules, closeRules, gluedRules), fc.boolean())
  .map(([chosen, mentionAuthor]): ReplyRules => ({ ...chosen, mentionAuthor }))
const reply = fc.record({ rules, author, photos, variant })

describe('for any labels, names and variants', () => {
  test('a reply is one that X takes: it weighs at most 280', () => {
    always(reply, ({ rules, author, photos, variant }) => {
      expectTakenByX(composeReply(rules, author, photos, { variant }))
    })
  })

  test('a reply holds no mention, hashtag, cashtag or URL but the mention of its author, where that is wanted', () => {
    always(reply, ({ rules, author, photos, variant }) => {
      expectNoEntities(composeReply(rules, author, photos, { variant }), rules, author)
    })
  })

  test('a reply holds no entity either for those who read its compatibility form', () => {
    always(reply, ({ rules, author, photos, variant }) => {
      const { text } = composeReply(rules, author, photos, { variant })
      expectNoEntities({ text: text.normalize('NFKC') }, rules, author)
    })
  })

  test('a reply is one line without invisible characters, but for those that hold an emoji together', () => {
    always(reply, ({ rules, author, photos, variant }) => {
      const { text } = composeReply(rules, author, photos, { variant })
      const bare = text
        .replace(/(?<=\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]?)\u200d(?=\p{Extended_Pictographic})/gu, '')
        .replace(/(?<=\p{Extended_Pictographic})\ufe0f|\ufe0f(?=\u20e3)/gu, '')
      expect(bare).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u)
    })
  })

  test('the labels returned are the ones shown, each once, the last of them cut at most', () => {
    always(reply, ({ rules, author, photos, variant }) => {
      const { kind, text, labels } = composeReply(rules, author, photos, { variant })
      expect(text).toContain(labels.join(', '))
      expect(new Set(labels.map((shown) => shown.toLowerCase())).size).toBe(labels.length)
      if (kind === 'match') expect(labels.length).toBeGreaterThan(0)
      if (labels.length > 1) expect(labels.some((shown) => shown.includes('…'))).toBe(false)
    })
  })

  test('graphemes stay whole: each of a reply is one of its template, of a label as it is read, or the sign of a cut', () => {
    always(reply, ({ rules, author, photos, variant }) => {
      const { text, labels } = composeReply(rules, author, photos, { variant })
      if (labels.length > 0) {
        const parts = labels.flatMap((shown, index) => [...(index > 0 ? [',', ' '] : []), ...graphemes(shown)])
        expect(placesOf(parts.join(''), text).map(([before, after]) => [...before, ...parts, ...after])).toContainEqual(
          graphemes(text),
        )
      }
      const read = photos.flatMap((photo) => photo ?? []).map(({ name }) => labelText(name))
      for (const shown of labels) expect(read.some((whole) => isShownFor(shown, whole))).toBe(true)
    })
  })

  test('two variants never give one text', () => {
    always(fc.record({ rules, author, photos, one: variant, two: variant }), ({ rules, author, photos, one, two }) => {
      fc.pre(one !== two)
      const text = (variant: number) => composeReply(rules, author, photos, { variant }).text
      expect(text(one)).not.toBe(text(two))
    })
  })

  test('the same input gives the same reply, and is left as it was', () => {
    always(reply, ({ rules, author, photos, variant }) => {
      const first = composeReply(deepFreeze(rules), deepFreeze(author), deepFreeze(photos), { variant })
      expect(composeReply(rules, author, photos, { variant })).toEqual(first)
    })
  })
})

describe('for any texts that checkRules accepts', () => {
  const templateFragments = [
    ...[
      '{labels}',
      '{author}',
      '{labels}',
      '{author}',
      ' ',
      ' ',
      ' ',
      '.',
      '。',
      '．',
      ',',
      '!',
      '(',
      ')',
      ':',
      '/',
      '-',
      '"',
    ],
    ...[
      'com',
      'www',
      'example',
      'x',
      'e',
      'é',
      'рф',
      '日本',
      'で',
      '@',
      '#',
      '$',
      '://',
      '_',
      'https',
      'Hi',
      '🐕',
      '…',
      '\n',
      'ⓒⓞⓜ',
      'ⓧ',
      '⒈',
      '／',
      '‥',
    ],
  ]
  const template = fc
    .array(fc.constantFrom(...templateFragments), { minLength: 1, maxLength: 9 })
    .map((parts) => parts.join('').trim())
  const someone = fc.constantFrom('there', 'com', '皆', 'x', '🐕', 'dear friend')
  const candidate = fc.record({ one: template, two: template, someone, mentionAuthor: fc.boolean() })

  test('a reply holds no entity, weighs at most 280, and differs from variant to variant', () => {
    const rules = candidate.map(acceptedRules).filter((accepted) => accepted !== undefined)
    const input = fc.record({ rules, author, photos, one: fc.nat(5), two: fc.nat(5) })
    always(
      input,
      ({ rules, author, photos, one, two }) => {
        const first = composeReply(rules, author, photos, { variant: one })
        expectTakenByX(first)
        expectNoEntities(first, rules, author)
        expectNoEntities({ text: first.text.normalize('NFKC') }, rules, author)
        if (one !== two) expect(first.text).not.toBe(composeReply(rules, author, photos, { variant: two }).text)
      },
      800,
    )
  })

  function acceptedRules({
    one,
    two,
    someone,
    mentionAuthor,
  }: {
    one: string
    two: string
    someone: string
    mentionAuthor: boolean
  }) {
    // Each candidate is tried where it may stand: with labels as an answer, without as a request for a photo.
    const isMatch = (text: string) => text.includes('{labels}')
    if (isMatch(one) !== isMatch(two)) return undefined
    const texts = { match: ['See: {labels}'], other: ['No'], nothing: ['None'], noPhoto: ['Photo, please'], someone }
    const chosen = isMatch(one)
      ? { match: [one, two], other: [one, two] }
      : { other: [one, two], nothing: [one, two], noPhoto: [one, two] }
    try {
      return checkRules({ ...animalRules, mentionAuthor, texts: { en: { ...texts, ...chosen } } })
    } catch (error) {
      if (error instanceof RulesError) return undefined
      throw error
    }
  }
})

function always<T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => void, fallback = 400): void {
  fc.assert(fc.property(arbitrary, check), { numRuns: runs(fallback) })
}

function expectTakenByX({ text }: ComposedReply): void {
  expect(parseTweet(text)).toMatchObject({ valid: true })
  expect(parseTweet(text).weightedLength).toBeLessThanOrEqual(280)
}

function expectNoEntities(
  { text }: Pick<ComposedReply, 'text'>,
  { mentionAuthor }: ReplyRules,
  { username }: TweetAuthor,
): void {
  for (const entity of extractEntitiesWithIndices(text)) {
    expect(entity).toMatchObject({ screenName: mentionAuthor ? username : undefined, listSlug: '' })
  }
}

function rulesOf(withLabels: string, without: string): ReplyRules {
  const texts = { match: [withLabels], other: [withLabels], nothing: [without], noPhoto: [without], someone: 'there' }
  return checkRules({ ...animalRules, texts: { en: texts } })
}

/** What stands before and after a part of a text, for each place where the part is. */
function placesOf(part: string, text: string): (readonly [readonly string[], readonly string[]])[] {
  const starts = Array.from({ length: text.length }, (_, index) => index).filter((index) =>
    text.startsWith(part, index),
  )
  return starts.map((start) => [graphemes(text.slice(0, start)), graphemes(text.slice(start + part.length))])
}

function isShownFor(shown: string, whole: string): boolean {
  if (!shown.endsWith('…')) return shown === whole
  const kept = graphemes(shown).slice(0, -1)
  const next = graphemes(whole).slice(0, kept.length)
  return kept.length > 0 && kept.join('') === next.join('')
}

function graphemes(text: string): readonly string[] {
  return Array.from(new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text), ({ segment }) => segment)
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null)
    for (const part of Object.values(Object.freeze(value))) deepFreeze(part)
  return value
}
