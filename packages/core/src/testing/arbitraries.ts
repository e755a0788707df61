import { type Arbitrary, array, bigInt, constantFrom, double, integer, nat, oneof, record, string } from 'fast-check'
import type { Label } from '../domain/label.js'

/** The earliest and the latest time of something, epoch milliseconds. */
export interface TimeConstraints {
  readonly from?: number
  readonly to?: number
}

/** 2010-11-04T01:42:54.657Z: the earliest time that an id can contain. */
const SNOWFLAKE_EPOCH = 1_288_834_974_657
const YEAR_2020 = 1_577_836_800_000
const YEAR_2030 = 1_893_456_000_000

/**
 * Generates ids of tweets, which are snowflakes: decimal strings of up to 19 digits, too long for a JavaScript number,
 * whose upper bits are a time between `from` and `to` (default: 2020 to 2030).
 */
export function idArbitrary({ from = YEAR_2020, to = YEAR_2030 }: TimeConstraints = {}): Arbitrary<string> {
  const first = BigInt(from - SNOWFLAKE_EPOCH) << 22n
  const last = (BigInt(to - SNOWFLAKE_EPOCH + 1) << 22n) - 1n
  return bigInt({ min: first, max: last }).map(String)
}

/** Generates ids of accounts: snowflakes, and the small numbers that older accounts have. */
export function userIdArbitrary(): Arbitrary<string> {
  return oneof(idArbitrary(), integer({ min: 1, max: 4_000_000_000 }).map(String))
}

/** Generates handles without the `@`: 1 to 15 letters, digits and underscores. */
export function usernameArbitrary(): Arbitrary<string> {
  const character = constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_')
  return string({ unit: character, minLength: 1, maxLength: 15 })
}

/** The least and the most characters of a text. */
export interface TextConstraints {
  readonly minLength?: number
  readonly maxLength?: number
}

/**
 * Generates any text of whole characters. Use it instead of `string({ unit: 'binary' })`, which takes two seconds to
 * set up in each test file.
 */
export function textArbitrary(constraints: TextConstraints = {}): Arbitrary<string> {
  return string({ ...constraints, unit: anyCharacter })
}

const SURROGATES = { first: 0xd800, count: 0x800 }

const characterAt = (index: number) => String.fromCodePoint(index < SURROGATES.first ? index : index + SURROGATES.count)

const anyCharacter = nat({ max: 0x10ffff - SURROGATES.count }).map(characterAt, (character) => {
  // With this inverse function, fast-check also generates dangerous strings, such as `__proto__`, and can shrink them.
  const code = String(character).codePointAt(0) ?? 0
  const index = code < SURROGATES.first ? code : code - SURROGATES.count
  if (characterAt(index) !== character) throw new Error(`Not a character: ${character}`)
  return index
})

const PLAIN = [
  'Dog',
  'Golden Retriever',
  'Bird',
  'Animal',
  'Mammal',
  'Potted Plant',
  'Person',
  'Motorcycle Racing',
] as const

/** Names that are harmful in a tweet unless they are made safe. */
const HOSTILE = [
  '@everyone',
  'Dog @someone',
  '＠fullwidth',
  'https://evil.example/path?a=b',
  'evil.com',
  '#hashtag',
  '$CASH',
  '🐕‍🦺👩🏽‍🚀🇳🇴',
  'e\u0301'.repeat(40),
  '\u202edog\u202c',
  '\u200b\u2060\ufeff',
  'half a \ud83d pair',
  '\udc36',
  'two\nlines\r\nor\u2028more',
  '\0',
  '',
  '   ',
  '{labels}',
  '$& $1 $`',
  '&lt;b&gt;',
  '<script>alert(1)</script>',
  '犬'.repeat(200),
  'x'.repeat(1000),
  '__proto__',
  'constructor',
] as const

const labelName = (): Arbitrary<string> =>
  oneof(
    { weight: 4, arbitrary: constantFrom(...PLAIN) },
    { weight: 3, arbitrary: constantFrom(...HOSTILE) },
    { weight: 2, arbitrary: string({ unit: 'grapheme', maxLength: 40 }) },
    { weight: 1, arbitrary: anyString() },
  )

/** Generates strings of any UTF-16 units, including lone surrogates. */
const anyString = (): Arbitrary<string> =>
  array(integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units))

/**
 * Generates labels with any confidence. Some names are ordinary and some are hostile: mentions, links, hashtags, emoji,
 * direction overrides, lone surrogates, white space, empty names, and names that are far too long.
 */
export function labelArbitrary(): Arbitrary<Label> {
  return record({
    name: labelName(),
    confidence: double({ min: 0, max: 100, noNaN: true }),
    parents: array(labelName(), { maxLength: 4 }),
  })
}

/** Generates the labels of a tweet's one to four photos: a list for each photo, by descending confidence. */
export function labelsPerPhotoArbitrary(): Arbitrary<readonly (readonly Label[])[]> {
  const labels = array(labelArbitrary(), { maxLength: 10 }).map((all) =>
    all.sort((a, b) => b.confidence - a.confidence),
  )
  return array(labels, { minLength: 1, maxLength: 4 })
}
