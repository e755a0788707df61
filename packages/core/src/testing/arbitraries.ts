import { type Arbitrary, array, bigInt, constantFrom, double, integer, nat, oneof, record, string } from 'fast-check'
import type { Label } from '../domain/label.js'

/** When something happened, at the earliest and at the latest, epoch milliseconds. */
export interface TimeConstraints {
  readonly from?: number
  readonly to?: number
}

/** 2010-11-04T01:42:54.657Z: the first moment that an id can tell. */
const SNOWFLAKE_EPOCH = 1_288_834_974_657
const YEAR_2020 = 1_577_836_800_000
const YEAR_2030 = 1_893_456_000_000

/**
 * The id of a tweet, a snowflake: a decimal string of up to 19 digits, more than a JavaScript number holds, whose
 * upper bits are a time between `from` and `to` (2020 to 2030 where they are left out).
 */
export function idArbitrary({ from = YEAR_2020, to = YEAR_2030 }: TimeConstraints = {}): Arbitrary<string> {
  const first = BigInt(from - SNOWFLAKE_EPOCH) << 22n
  const last = (BigInt(to - SNOWFLAKE_EPOCH + 1) << 22n) - 1n
  return bigInt({ min: first, max: last }).map(String)
}

/** The id of an account: a snowflake, or one of the small numbers that accounts had before. */
export function userIdArbitrary(): Arbitrary<string> {
  return oneof(idArbitrary(), integer({ min: 1, max: 4_000_000_000 }).map(String))
}

/** A handle without its `@`: 1 to 15 letters, digits and underscores. */
export function usernameArbitrary(): Arbitrary<string> {
  const character = constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_')
  return string({ unit: character, minLength: 1, maxLength: 15 })
}

/** How many characters a text has. */
export interface TextConstraints {
  readonly minLength?: number
  readonly maxLength?: number
}

/** Any text of whole characters. Use it for `string({ unit: 'binary' })`, which takes two seconds to set up in each test file. */
export function textArbitrary(constraints: TextConstraints = {}): Arbitrary<string> {
  return string({ ...constraints, unit: anyCharacter })
}

const SURROGATES = { first: 0xd800, count: 0x800 }

const characterAt = (index: number) => String.fromCodePoint(index < SURROGATES.first ? index : index + SURROGATES.count)

const anyCharacter = nat({ max: 0x10ffff - SURROGATES.count }).map(characterAt, (character) => {
  // Told where a character is, fast-check also makes names that do harm, such as `__proto__`, and shrinks them.
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

/** Names that do harm in a tweet that is put together without care. */
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

/** Of any UTF-16 units, halves of pairs among them. */
const anyString = (): Arbitrary<string> =>
  array(integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units))

/**
 * A label with any confidence. Some names are ordinary and some are hostile: mentions, links, hashtags, emoji, letters
 * that turn the direction of text, halves of pairs, blanks, nothing, far more than fits.
 */
export function labelArbitrary(): Arbitrary<Label> {
  return record({
    name: labelName(),
    confidence: double({ min: 0, max: 100, noNaN: true }),
    parents: array(labelName(), { maxLength: 4 }),
  })
}

/** What was recognised on the one to four photos of a tweet: for each photo its labels, the surest first. */
export function labelsPerPhotoArbitrary(): Arbitrary<readonly (readonly Label[])[]> {
  const labels = array(labelArbitrary(), { maxLength: 10 }).map((all) =>
    all.sort((a, b) => b.confidence - a.confidence),
  )
  return array(labels, { minLength: 1, maxLength: 4 })
}
