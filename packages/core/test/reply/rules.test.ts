import { createRequire } from 'node:module'
import { runs } from '@hexbird/testkit/runs'
import { describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { animalRules, checkRules, RulesError } from '../../src/reply/rules.js'
import { textArbitrary } from '../../src/testing/index.js'

const { extractEntitiesWithIndices } = createRequire(import.meta.url)('twitter-text') as {
  extractEntitiesWithIndices(text: string): unknown[]
}

const en = {
  match: ['Found, {author}: {labels}.'],
  other: ['Something else, {author}.'],
  nothing: ['Nothing, {author}.'],
  noPhoto: ['A photo, please.'],
  someone: 'there',
}

describe('rules that are right', () => {
  test('come back as they are, without what is not theirs to keep', () => {
    expect(checkRules(rulesWith({}))).toEqual(rulesWith({}))
  })

  test('may leave out mentionAuthor, which is then false', () => {
    const { mentionAuthor, ...rules } = rulesWith({})
    expect(mentionAuthor).toBe(true)
    expect(checkRules(rules).mentionAuthor).toBe(false)
  })

  test.each([
    'Hi {author}: {labels}',
    '{labels}',
    '{labels}…',
    '({labels})',
    'I see {labels}. Nice, e.g. at 3.30 p.m.',
    'A line,\nanother: {labels}',
    'عزیز {author}، می\u200cبینم: {labels}',
    '{author}さん。写真に{labels}が見えます。どうも。',
    'ในภาพคือ{labels}',
    '👩‍🌾 {labels} 🐕',
    '50% & more: {labels}; wow!',
    `${'w'.repeat(228)} {labels}`,
  ])('may word an answer like this: %s', (template) => {
    expect(checkRules(rulesWith({ match: [template] })).texts.en?.match).toEqual([template])
  })

  test('may have variants that differ before the labels', () => {
    const match = [
      'Hi {author}, a {labels}',
      'Hi {author}, the {labels}',
      'Hi {author}! {labels}',
      'So, {author}: {labels}',
      '{author}, see {labels}',
      '{author}: see {labels}',
    ]
    expect(checkRules(rulesWith({ match })).texts.en?.match).toEqual(match)
  })

  test('may have variants without labels of which one begins like another', () => {
    const other = ['No animal', 'No animal, {author}', 'No animal, {author}, sorry']
    expect(checkRules(rulesWith({ other })).texts.en?.other).toEqual(other)
  })
})

describe('a fault is told with its place and what to do', () => {
  test.each<[string, unknown, string]>([
    ['no rules', undefined, 'rules: is missing. It must be an object.'],
    ['rules that are a text', 'animals', 'rules: must be an object, but is of type string.'],
    ['rules that are a list', [], 'rules: must be an object, but is a list.'],
    [
      'an unknown name',
      { ...rulesWith({}), mentionsAuthor: true },
      'mentionsAuthor: is not known. Correct its name or remove it.',
    ],
    ['no matches', { ...rulesWith({}), matches: [] }, 'matches: is empty. Add at least one.'],
    [
      'a match that is no text',
      { ...rulesWith({}), matches: ['Cat', 7] },
      'matches[1]: must be a string, but is of type number.',
    ],
    [
      'too many labels',
      { ...rulesWith({}), maxLabels: 101 },
      'maxLabels: must be a whole number from 1 to 100, but is 101.',
    ],
    [
      'half a label',
      { ...rulesWith({}), maxLabels: 1.5 },
      'maxLabels: must be a whole number from 1 to 100, but is 1.5.',
    ],
    [
      'a share as confidence',
      { ...rulesWith({}), minConfidence: '85' },
      'minConfidence: must be a number from 0 to 100, but is of type string.',
    ],
    [
      'no number as confidence',
      { ...rulesWith({}), minConfidence: Number.NaN },
      'minConfidence: must be a number from 0 to 100, but is NaN.',
    ],
    [
      'a word as flag',
      { ...rulesWith({}), mentionAuthor: 'yes' },
      'mentionAuthor: must be true or false, but is of type string.',
    ],
    [
      'a language without texts',
      { ...rulesWith({}), language: 'de' },
      'language: "de" has no texts. Add them, or name one that has.',
    ],
    [
      'a language that every object has',
      { ...rulesWith({}), language: 'toString' },
      'language: "toString" has no texts. Add them, or name one that has.',
    ],
    [
      'no texts',
      { ...rulesWith({}), texts: null },
      'texts: must be an object with texts for each language, but is null.',
    ],
    [
      'a tag that is none',
      { ...rulesWith({}), texts: { en, english: en } },
      'texts.english: is not a language. Use a tag such as "en" or "pt-BR".',
    ],
    [
      'a language twice',
      { ...rulesWith({}), texts: { en, EN: en } },
      'texts.EN: appears twice, in different case. Keep one.',
    ],
    [
      'a language without words',
      { ...rulesWith({}), texts: { en, de: 'Hallo' } },
      'texts.de: must be an object with match, other, nothing, noPhoto and someone, but is of type string.',
    ],
    ['an unknown kind', rulesWith({ video: [] }), 'texts.en.video: is not known. Correct its name or remove it.'],
    ['a kind without variants', rulesWith({ other: [] }), 'texts.en.other: is empty. Add at least one.'],
    [
      'one text for a list',
      rulesWith({ other: 'No' }),
      'texts.en.other: must be a list of strings, but is of type string.',
    ],
    ['a blank variant', rulesWith({ other: ['No', ' \n'] }), 'texts.en.other[1]: is empty. Add a text.'],
    ['no name for somebody', rulesWith({ someone: undefined }), 'texts.en.someone: is missing. It must be a string.'],
    ['a mention for somebody', rulesWith({ someone: '@all' }), 'texts.en.someone: must be plain words'],
    ['a link for somebody', rulesWith({ someone: 'x.com' }), 'texts.en.someone: must be plain words'],
    ['a placeholder for somebody', rulesWith({ someone: '{author}' }), 'texts.en.someone: must be plain words'],
    [
      'a speech for somebody',
      rulesWith({ someone: 'dear '.repeat(7).trim() }),
      'texts.en.someone: weighs 34. Use at most 30.',
    ],
  ])('%s', (_, rules, fault) => {
    expect(faultsOf(rules)).toEqual([expect.stringContaining(fault)])
  })

  test.each<[string, string, string]>([
    ['without labels', 'Found it, {author}.', 'must say what was recognized. Add {labels}.'],
    ['labels twice', '{labels} and {labels}', 'has {labels} more than once. Keep one.'],
    [
      'an unknown placeholder',
      '{name}: {labels}',
      '"{name}" is not a placeholder. Use {author} or {labels}, and no other braces.',
    ],
    ['a placeholder in another case', '{Labels} {labels}', '"{Labels}" is not a placeholder.'],
    ['a brace', '{labels} }', '"}" is not a placeholder.'],
    ['a mention', 'With @bob: {labels}', 'has a "@".'],
    ['a mention sign before the name', 'Hi @{author}: {labels}', 'has a "@".'],
    ['a full-width mention', 'With ＠bob: {labels}', 'has a "＠".'],
    ['a hashtag', '{labels} #dogs', 'has a "#".'],
    ['a hash sign before the labels', 'See #{labels}', 'has a "#".'],
    ['a cashtag', '$TSLA {labels}', 'has a "$".'],
    ['a URL', 'https://example.com/a {labels}', 'looks like a link at "https://'],
    ['a URL without protocol', '{labels} at example.com', 'looks like a link at "example.co".'],
    ['a URL that X does not know yet', '{labels} at example.newtld', 'looks like a link'],
    ['a URL in another script', '{labels} at пример.рф', 'looks like a link'],
    ['a domain behind the labels', '{labels}.com', 'looks like a link'],
    ['a domain behind the name', '{author}.io {labels}', 'looks like a link'],
    ['a domain that the labels complete', 'example.{labels}', 'looks like a link'],
    ['a domain with an ideographic dot', '{author}。{labels}', 'looks like a link'],
    ['a sentence glued to the next', 'Hi.Here: {labels}', 'looks like a link'],
    ['letters behind the labels', 'Many {labels}s', '"{labels}s" would change a name or a label. Put a space between.'],
    ['letters before the labels', 'www{labels}', '"w{labels}" would change'],
    ['a name run into a label', '{author}{labels}', '"{author}{" would change'],
    ['a list of the author', '{author}/dogs {labels}', '"{author}/" would change'],
    ['a bell', 'Ding\u0007 {labels}', 'has the invisible or broken character U+0007. Remove it.'],
    ['a direction override', '\u202eHi {labels}', 'has the invisible or broken character U+202E. Remove it.'],
    ['half an emoji', 'Hi \ud83d {labels}', 'has the invisible or broken character U+D83D. Remove it.'],
    ['space at the end', 'Hi {labels} ', 'has white space around it, which X removes. Remove it.'],
    [
      'one word too many',
      `${'w'.repeat(229)} {labels}`,
      'is too long by 1 for a reply with a long name and a label. Use fewer words.',
    ],
    ['heavy characters', `${'犬'.repeat(115)} {labels}`, 'is too long by 2'],
    ['a long name', `{author} ${'w'.repeat(212)} {labels}`, 'is too long by 1'],
  ])('an answer with %s', (_, template, fault) => {
    expect(faultsOf(rulesWith({ match: [template] }))).toEqual([expect.stringContaining(`texts.en.match[0]: ${fault}`)])
  })

  test.each(['nothing', 'noPhoto'])('labels where there are none: %s', (kind) => {
    expect(faultsOf(rulesWith({ [kind]: ['See {labels}'] }))).toEqual([
      `texts.en.${kind}[0]: has no labels to show. Remove {labels}.`,
    ])
  })

  test('a text without labels may be longer, but not too long', () => {
    expect(() => checkRules(rulesWith({ nothing: ['w'.repeat(261)] }))).not.toThrow()
    expect(faultsOf(rulesWith({ nothing: ['w'.repeat(262)] }))).toEqual([expect.stringContaining('is too long by 1')])
  })

  test.each([
    ['Hi {author}.', 'Hi {author}.'],
    ['Hi {author}.', 'Hi there.'],
    ['Hi', 'Hi (2)'],
    ['Hi', 'Hi'],
    ['Caf\u00e9', 'Cafe\u0301'],
    ['See {labels}', 'See {labels}!'],
    ['See {labels}', 'See a {labels}'],
    ['See a {labels}', 'See {labels}'],
    ['{author}: see', '{labels}: see'],
    ['{author} is here', 'Somebody is here'],
    ['{author} and Cat', 'Cat and {author}'],
  ])('two variants that may read the same are refused: %s | %s', (one, two) => {
    expect(faultsOf(rulesWith({ other: [one, two] }))).toEqual([
      expect.stringMatching(/^texts\.en\.other\[1\]: may read the same as other\[0\], and X refuses duplicates\./),
    ])
  })

  test('a variant that reads like another for somebody without a name is refused', () => {
    expect(faultsOf(rulesWith({ other: ['No, {author}.', 'No, dear friend.'], someone: 'dear friend' }))).toHaveLength(
      1,
    )
    expect(() => checkRules(rulesWith({ other: ['No, {author}.', 'No, dear friend.'] }))).not.toThrow()
  })

  test('a variant that reads like another once a name and what stands beside it are composed is refused', () => {
    // Two jamo, of which NFC makes one syllable.
    expect(faultsOf(rulesWith({ other: ['\u1100{author}.', '가.'], someone: '\u1161' }))).toHaveLength(1)
  })

  test('more variants than anybody reads are refused', () => {
    const other = Array.from({ length: 101 }, (_, index) => `${index}: no`)
    expect(faultsOf(rulesWith({ other }))).toEqual(['texts.en.other: has 101 variants. Keep at most 100.'])
  })

  test('every fault is told at once, each on its line', () => {
    const texts = { en: { ...en, match: ['#{labels}', '{animal}'], someone: 3 }, de: 0 }
    const error = errorOf({ ...rulesWith({}), language: 'fr', maxLabels: 0, texts })
    expect(error.faults.map((fault) => fault.split(':')[0])).toEqual([
      'maxLabels',
      'texts.en.someone',
      'texts.en.match[0]',
      'texts.en.match[1]',
      'texts.en.match[1]',
      'texts.de',
      'language',
    ])
    expect(error.name).toBe('RulesError')
    expect(error.code).toBe('RULES_INVALID')
    expect(error.message.split('\n')).toEqual([
      'The reply rules cannot be used:',
      ...error.faults.map((fault) => `- ${fault}`),
    ])
  })

  test('a name of up to 40 characters is told whole', () => {
    const name = `${'a'.repeat(38)}()`
    expect(faultsOf({ ...rulesWith({}), [name]: 1 })).toEqual([expect.stringContaining(`["${name}"]: `)])
  })

  test('a name that breaks lines or goes on for ever does not get into the message as it is', () => {
    const [fault] = faultsOf({ ...rulesWith({}), [`a\nb\ud83d${'c'.repeat(1000)}`]: 1 })
    expect(fault).toMatch(/^\["a\\nb\\ud83dc{10,40}…"\]: is not known\./)
  })
})

describe('whatever is given', () => {
  const part = fc.constantFrom(
    '{labels}',
    '{author}',
    'x',
    ' ',
    '.',
    'com',
    '@',
    '#',
    '$',
    '://',
    'https',
    'www',
    '/',
    'bob',
    '，',
    '。',
  )
  const template = fc.oneof(
    fc.array(part, { maxLength: 6 }).map((parts) => parts.join('')),
    textArbitrary(),
  )
  const value = fc.oneof(
    fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true, withSparseArray: true }),
    template,
  )
  const like = (shape: Readonly<Record<string, fc.Arbitrary<unknown>>>) => fc.record(shape, { requiredKeys: [] })
  const variants = fc.oneof(fc.array(template, { maxLength: 4 }), value)
  const texts = like({
    match: variants,
    other: variants,
    nothing: variants,
    noPhoto: variants,
    someone: value,
    extra: value,
  })
  const rules = like({
    matches: fc.oneof(fc.array(value, { maxLength: 3 }), value),
    maxLabels: value,
    minConfidence: value,
    mentionAuthor: value,
    language: fc.oneof(fc.constant('en'), value),
    texts: fc.oneof(
      fc.dictionary(
        fc.oneof(fc.constantFrom('en', 'de', '__proto__', 'constructor'), fc.string()),
        fc.oneof(texts, value),
      ),
      value,
    ),
    extra: value,
  })

  test('checkRules returns rules or throws a RulesError that names a fault', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          rules,
          value,
          fc.json().map((json) => JSON.parse(json) as unknown),
        ),
        (given) => {
          const outcome = outcomeOf(given)
          if (outcome instanceof RulesError) {
            expect(outcome.faults.length).toBeGreaterThan(0)
            for (const fault of outcome.faults) expect(fault).toMatch(/^[^\n\p{Cs}]+: .+\.$/u)
          } else expect(outcome).toEqual(given)
        },
      ),
      { numRuns: runs(1000) },
    )
  })

  test('no template that X would make an entity of is accepted', () => {
    const entity = fc.constantFrom(
      '@bob',
      '＠bob',
      '#dog',
      '＃犬',
      '$TSLA',
      'example.com',
      'http://a.co/b',
      'пример.com',
      'a.b.io',
    )
    const laden = fc
      .tuple(template, entity, template)
      .map((parts) => parts.join(''))
      .filter((given) => extractEntitiesWithIndices(given).length > 0)
    fc.assert(
      fc.property(laden, (given) => {
        expect(outcomeOf(rulesWith({ other: [given] }))).toBeInstanceOf(RulesError)
      }),
      { numRuns: runs() },
    )
  })
})

function rulesWith(texts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...animalRules, mentionAuthor: true, language: 'en', texts: { en: { ...en, ...texts } } }
}

function outcomeOf(rules: unknown): unknown {
  try {
    return checkRules(rules)
  } catch (error) {
    if (error instanceof RulesError) return error
    throw error
  }
}

function errorOf(rules: unknown): RulesError {
  const outcome = outcomeOf(rules)
  if (outcome instanceof RulesError) return outcome
  throw new Error('The rules were accepted.')
}

function faultsOf(rules: unknown): readonly string[] {
  return errorOf(rules).faults
}

test('rules with endless texts are refused without comparing each word with each text', () => {
  const words = (sign: string) => `{author} ${Array.from({ length: 20_000 }, (_, n) => `w${n}`).join(' ')}${sign}`
  const normalize = jest.spyOn(String.prototype, 'normalize')
  try {
    const rules = rulesWith({ noPhoto: [words('.'), words('!')] })
    expect(() => checkRules(rules)).toThrow(/is too long by/)
    expect(normalize.mock.calls.length).toBeLessThan(100)
  } finally {
    normalize.mockRestore()
  }
})
