import { createRequire } from 'node:module'
import { describe, expect, jest, test } from '@jest/globals'
import type { Label } from '../../src/domain/label.js'
import { composeReply } from '../../src/reply/compose.js'
import type { ReplyRules } from '../../src/reply/rules.js'
import { animalRules, checkRules, RulesError } from '../../src/reply/rules.js'

const { parseTweet } = createRequire(import.meta.url)('twitter-text') as {
  parseTweet(text: string): { weightedLength: number; valid: boolean }
}

const alice = { id: '1', username: 'alice' }
const dog = label('Dog', 'Animal', 'Mammal')
const grass = label('Grass', 'Plant')
const car = label('Car', 'Vehicle')

/** Another bot: it looks for plants, in two languages. */
const plantRules: ReplyRules = {
  matches: ['Plant', 'Flower', 'Tree'],
  maxLabels: 3,
  minConfidence: 70,
  mentionAuthor: false,
  language: 'en',
  texts: {
    en: {
      match: ['Nice plants, {author}: {labels}.', 'Lovely, {author}! I see {labels}.'],
      other: ['No plants here, {author}.'],
      nothing: ['Too dark for me, {author}.'],
      noPhoto: ['Show me your plants, {author}.'],
      someone: 'gardener',
    },
    'pt-BR': {
      match: ['Que lindo, {author}: {labels}.'],
      other: ['Sem plantas aqui, {author}: {labels}.'],
      nothing: ['Escuro demais, {author}.'],
      noPhoto: ['Mostre suas plantas, {author}.'],
      someone: 'jardineiro',
    },
    ja: {
      match: ['{author}さん、写真に{labels}が見えます。'],
      other: ['{author}さん、植物は見えません。'],
      nothing: ['{author}さん、何も見えません。'],
      noPhoto: ['{author}さん、写真を見せてください。'],
      someone: '皆',
    },
  },
}

describe('the four kinds of reply', () => {
  test('a photo of an animal is answered with its labels', () => {
    expect(composeReply(animalRules, alice, [[dog, grass]])).toEqual({
      kind: 'match',
      text: 'Hi alice. On your image, I can recognize: Dog, Grass.',
      labels: ['Dog', 'Grass'],
    })
  })

  test('a photo of something else is said to be not an animal, with its labels', () => {
    expect(composeReply(animalRules, alice, [[car, grass]])).toEqual({
      kind: 'other',
      text: 'Hi alice. I think that this is not an animal. I can recognize: Car, Grass.',
      labels: ['Car', 'Grass'],
    })
  })

  test('a photo without a label is not said to show anything', () => {
    expect(composeReply(animalRules, alice, [[]])).toEqual({
      kind: 'nothing',
      text: 'Hi alice. I could not recognize anything on your image.',
      labels: [],
    })
  })

  test('a tweet without a photo is asked for one', () => {
    expect(composeReply(animalRules, alice, [])).toEqual({
      kind: 'no-photo',
      text: 'Hi alice. You need to upload an image, so that I can look for an animal on it.',
      labels: [],
    })
  })
})

describe('what counts', () => {
  test.each(['Animal', 'Mammal', 'Bird', 'Fish', 'Reptile', 'Amphibian', 'BIRD', 'fish', ' Bird '])(
    'a label matches by its own name, whatever the case: %s',
    (name) => {
      expect(composeReply(animalRules, alice, [[label(name)]]).kind).toBe('match')
    },
  )

  test('a label matches by any of its parents', () => {
    expect(composeReply(animalRules, alice, [[label('Dragonfly', 'Insect', 'animal')]]).kind).toBe('match')
  })

  test('a name that only contains one that counts does not match', () => {
    expect(composeReply(animalRules, alice, [[label('Fishing Rod'), label('Animal Print')]]).kind).toBe('other')
  })

  test('of several photos only those that match are told, where one does', () => {
    expect(composeReply(animalRules, alice, [[car], [dog, grass], [label('Cat', 'Animal')]]).labels).toEqual([
      'Dog',
      'Cat',
      'Grass',
    ])
  })

  test('labels of several photos take turns, each once, in the order of the photos', () => {
    const photos = [[label('Car'), label('Wheel'), label('Road')], [label('car'), label('Tree')], [label('House')]]
    expect(composeReply(animalRules, alice, photos).labels).toEqual(['Car', 'House', 'Wheel', 'Tree', 'Road'])
  })

  test('a text that shows no labels returns none', () => {
    expect(composeReply(plantRules, alice, [[car]])).toEqual({
      kind: 'other',
      text: 'No plants here, alice.',
      labels: [],
    })
  })
})

describe('the name', () => {
  test('is plain by default, and a mention where the rules ask for it', () => {
    expect(composeReply(animalRules, alice, []).text).toMatch(/^Hi alice\. /)
    expect(composeReply({ ...animalRules, mentionAuthor: true }, alice, []).text).toMatch(/^Hi @alice\. /)
  })

  test('may stand more than once', () => {
    const en = { ...plantRules.texts.en, noPhoto: ['{author}, {author}!'] } as ReplyRules['texts'][string]
    expect(composeReply({ ...plantRules, texts: { en } }, alice, []).text).toBe('alice, alice!')
  })

  test.each([undefined, '', 'a name', 'a.com', 'sixteen_letters_', '@bob', 'bob\n', 'Zoë', '{labels}'])(
    'is left out where X could not have given it: %j',
    (username) => {
      const author = { id: '1', ...(username !== undefined && { username }) }
      expect(composeReply({ ...animalRules, mentionAuthor: true }, author, []).text).toMatch(/^Hi there\. /)
    },
  )
})

describe('the language', () => {
  const text = (lang?: string) => composeReply(plantRules, alice, [[grass]], lang === undefined ? {} : { lang }).text

  test('is the exact one where there are texts for it, whatever the case', () => {
    expect(text('pt-BR')).toBe('Que lindo, alice: Grass.')
    expect(text('pt-br')).toBe('Que lindo, alice: Grass.')
  })

  test('is else the primary one', () => {
    expect(text('ja-JP')).toBe('aliceさん、写真にGrassが見えます。')
  })

  test.each([undefined, '', 'und', 'pt', 'constructor', '__proto__'])('is else the one of the rules: %j', (lang) => {
    expect(text(lang)).toBe('Nice plants, alice: Grass.')
  })
})

describe('the variants', () => {
  test('of each kind are at least four by default, then come round again with a counter', () => {
    for (const photos of [[[dog]], [[car]], [[]], []]) {
      const texts = Array.from(
        { length: 12 },
        (_, variant) => composeReply(animalRules, alice, photos, { variant }).text,
      )
      expect(new Set(texts).size).toBe(12)
      expect(texts.slice(4, 8)).toEqual(texts.slice(0, 4).map((text) => `${text} (2)`))
      expect(texts.slice(8)).toEqual(texts.slice(0, 4).map((text) => `${text} (3)`))
    }
  })

  test.each([-1, 0.5, Number.NaN, 2 ** 53])('are counted with whole numbers from 0: not %s', (variant) => {
    expect(() => composeReply(animalRules, alice, [], { variant })).toThrow(
      new RangeError('`variant` must be an integer from 0.'),
    )
  })

  test('of rules that nobody checked are refused where there are none', () => {
    expect(() => composeReply({ ...animalRules, language: 'de' }, alice, [])).toThrow(
      new RulesError(['language: has no texts. Check the rules with checkRules.']),
    )
    const en = { ...plantRules.texts.en, noPhoto: [] } as unknown as ReplyRules['texts'][string]
    expect(() => composeReply({ ...plantRules, texts: { en } }, alice, [])).toThrow(
      new RulesError(['texts: a kind has no variant. Check the rules with checkRules.']),
    )
  })
})

describe('the length', () => {
  test('drops whole labels from the end', () => {
    const labels = Array.from({ length: 30 }, (_, index) => label(`Recognisable Thing ${index}`))
    const { text, labels: shown } = composeReply(animalRules, alice, [labels])
    expect(shown).toEqual(labels.slice(0, shown.length).map(({ name }) => name))
    expect(shown.length).toBeGreaterThan(5)
    expect(text.endsWith(`, ${shown.at(-1)}.`)).toBe(true)
    expect(parseTweet(text).weightedLength).toBeLessThanOrEqual(280)
    const next = `${text.slice(0, -1)}, Recognisable Thing ${shown.length}.`
    expect(parseTweet(next).weightedLength).toBeGreaterThan(280)
  })

  test('cuts a label that alone is too long, between graphemes, as late as possible', () => {
    const { text, labels } = composeReply(animalRules, alice, [[label('👩‍🌾'.repeat(200)), dog]])
    expect(labels).toHaveLength(1)
    expect(labels[0]).toMatch(/^(?:👩‍🌾)+…$/u)
    expect(parseTweet(text).weightedLength).toBeGreaterThan(278)
    expect(parseTweet(text).weightedLength).toBeLessThanOrEqual(280)
  })

  test('leaves room for the counter', () => {
    const many = Array.from({ length: 60 }, (_, index) => label(`L${index}`))
    const { text, labels } = composeReply(animalRules, alice, [many], { variant: 4 * 999 })
    expect(labels.length).toBeGreaterThan(40)
    expect(text).toMatch(/ \(1000\)$/)
    expect(parseTweet(text).weightedLength).toBeLessThanOrEqual(280)
  })

  test('is used to the last character', () => {
    const room = 280 - weightAroundLabels
    const most = 'x'.repeat(room)
    expect(textOf(most)).toMatchObject({ labels: [most] })
    expect(textOf('Dog', 'x'.repeat(room - 5))).toMatchObject({ labels: ['Dog', 'x'.repeat(room - 5)] })
    expect(textOf('Dog', 'x'.repeat(room - 4))).toMatchObject({ labels: ['Dog'] })
    expect(textOf(`${most}x`)).toMatchObject({ labels: [`${'x'.repeat(room - 2)}…`] })
    expect(composeReply(rulesFor('noPhoto', 'w'.repeat(280)), alice, []).text).toHaveLength(280)
  })

  test('is not used for a space before the sign of a cut', () => {
    const room = 280 - weightAroundLabels
    expect(textOf(`${'x'.repeat(room - 3)} ${'y'.repeat(9)}`).labels).toEqual([`${'x'.repeat(room - 3)}…`])
  })

  test.each([
    ['without labels', 'noPhoto', 'w'.repeat(281), []],
    ['with labels', 'match', `${'word '.repeat(60)}{labels}`, [[grass]]],
    ['that leave room for no label', 'match', `${'w'.repeat(278)}{labels}`, [[grass]]],
  ] as const)('is never exceeded by rules that nobody checked, %s', (_, kind, template, photos) => {
    expect(() => composeReply(rulesFor(kind, template), alice, photos)).toThrow(
      new RulesError(['texts: a text leaves no room for its labels. Check the rules with checkRules.']),
    )
  })

  const textOf = (...names: string[]) => composeReply(animalRules, alice, [names.map((name) => label(name, 'Animal'))])

  const weightAroundLabels = 'Hi alice. On your image, I can recognize: .'.length

  function rulesFor(kind: 'match' | 'noPhoto', template: string): ReplyRules {
    const en = { ...plantRules.texts.en, [kind]: [template] } as ReplyRules['texts'][string]
    return { ...plantRules, texts: { en } }
  }
})

describe('a label', () => {
  test.each([
    'Golden Retriever',
    'St. Bernard',
    'T-Shirt',
    'Café',
    '犬',
    'ゴールデン・レトリバー',
    'गोल्डन रिट्रीवर',
    'कुत्ता',
    'سگ',
    '개',
    '👩‍🌾',
    '🏳️‍🌈',
    '❤️',
    '1️⃣',
    '🇩🇪',
    "Sheep's Wool",
    'Black & White',
    'Arts/Crafts',
    'Web 2.0',
    'Mark (2)',
  ])('that is ordinary is shown as it is: %s', (name) => {
    expect(shown(name)).toEqual([name])
  })

  test.each([
    ['@alice', 'alice'],
    ['＠alice', 'alice'],
    ['#dog', 'dog'],
    ['＃dog', 'dog'],
    ['$DOG', 'DOG'],
    ['dog.com', 'dog com'],
    ['dog。com', 'dog com'],
    ['dog.c\u200dom', 'dog com'],
    ['https://t.co/abc', 'https t co/abc'],
    ['Dog\nCat', 'Dog Cat'],
    ['Dog\u2028\u0085\tCat', 'Dog Cat'],
    ['\u202egoD', 'goD'],
    ['D\u200bo\u00adg\ufeff', 'Dog'],
    ['Dog\ud83d', 'Dog'],
    ['Cafe\u0301', 'Café'],
    ['\u0301Dog', 'Dog'],
    ['Dog @\u0301 Cat', 'Dog Cat'],
    ['Dog...', 'Dog'],
    ['  Dog   and  Cat ', 'Dog and Cat'],
  ])('that is harmful is made harmless: %j', (name, expected) => {
    expect(shown(name)).toEqual([expected])
  })

  test.each(['', ' ', '@', '...', '\u200b', '\ud83d', '🏽', '\u3164', '$&', `e${'\u0301'.repeat(300)}`])(
    'of which nothing is left is dropped: %j',
    (name) => {
      expect(composeReply(animalRules, alice, [[label(name, 'Animal')]]).kind).toBe('nothing')
      expect(shown(name, 'Dog')).toEqual(['Dog'])
    },
  )

  test.each(['{author}', '{labels}', "$& $1 $' x"])('is never taken for a placeholder or a pattern: %s', (name) => {
    const { text, labels } = composeReply(animalRules, alice, [[label(name)]])
    expect(text).toBe(`Hi alice. I think that this is not an animal. I can recognize: ${labels[0]}.`)
  })

  test('is told once, also where only its harmful part made it another', () => {
    expect(shown('Dog', '@dog', 'DOG ', 'Cat')).toEqual(['Dog', 'Cat'])
  })

  test('is another where more than the case differs', () => {
    expect(shown('Maß', 'Mass', 'MASS')).toEqual(['Maß', 'Mass'])
  })
})

describe('names that were read before', () => {
  test('mean nothing to an object, whatever they are', () => {
    for (const name of ['constructor', 'toString', '7', '007']) expect(shown(name, name, 'Dog')).toEqual([name, 'Dog'])
    expect(shown('__proto__', 'Dog', '__proto__')).toEqual(['__proto__', 'Dog'])
  })

  test('are one label still when there were too many to keep, or long ones, and within one reply', () => {
    const many = Array.from({ length: 6_000 }, (_, index) => label(`Kind ${index} of ${'very '.repeat(50)}long`))
    composeReply(animalRules, alice, [many])
    composeReply(animalRules, alice, [many.slice(0, 10)])
    expect(shown('Dog', 'dog', ' Dog')).toEqual(['Dog'])
    const photos = [[dog], [label('Dog'), ...many], [label('DOG', 'Animal')]]
    expect(composeReply(animalRules, alice, photos).labels).toEqual(['Dog'])
  })

  test('are known to the rules that read them alone', () => {
    const ours = { ...animalRules, matches: ['Car'] }
    expect(composeReply(animalRules, alice, [[car]]).kind).toBe('other')
    expect(composeReply(ours, alice, [[car]]).kind).toBe('match')
    expect(composeReply(animalRules, alice, [[car]]).kind).toBe('other')
  })
})

describe('known faults of the originals', () => {
  test('a reply of 280 characters that weighs more (CJK, emoji count two) is posted and rejected', () => {
    for (const name of ['ゴールデンレトリバー', '🐕🐕🐕🐕🐕', 'Ünïcödé Ñame']) {
      const labels = Array.from({ length: 40 }, (_, index) => label(`${name}${index}`, 'Animal'))
      const { text } = composeReply(animalRules, alice, [labels])
      expect(parseTweet(text)).toMatchObject({ valid: true })
    }
  })

  test('a photo without a list of labels, or with an empty one, crashes', () => {
    for (const photos of [[null], [undefined], [[]], [null, []]]) {
      expect(composeReply(animalRules, alice, photos).kind).toBe('nothing')
    }
    expect(composeReply(animalRules, alice, [null, [dog]]).labels).toEqual(['Dog'])
  })

  test('only the first photo is looked at', () => {
    expect(composeReply(animalRules, alice, [[car], [dog]])).toMatchObject({ kind: 'match', labels: ['Dog'] })
  })

  test('an animal whose five labels omit "Animal" is said to be none', () => {
    const labels = ['Dog', 'Puppy', 'Hound', 'Golden Retriever', 'Pet'].map((name) => label(name, 'Animal'))
    expect(composeReply(animalRules, alice, [labels]).kind).toBe('match')
  })
})

test('the default rules and another bot are accepted as they are, also through JSON', () => {
  for (const rules of [animalRules, plantRules]) {
    expect(checkRules(rules)).toEqual(rules)
    expect(checkRules(JSON.parse(JSON.stringify(rules)))).toEqual(rules)
  }
})

function label(name: string, ...parents: string[]): Label {
  return { name, confidence: 99, parents }
}

function shown(...names: string[]): readonly string[] {
  return composeReply(animalRules, alice, [names.map((name) => label(name))]).labels
}

test('a label or a parent of any length costs no more than one that fills a reply', () => {
  const endless = `a${'\u0301\u0316'.repeat(65_536)}`
  const normalize = jest.spyOn(String.prototype, 'normalize').mockImplementation(function (this: string) {
    return `${this}`
  })
  try {
    composeReply(animalRules, alice, [[label(endless), label('Dog', endless)]])
    composeReply({ ...animalRules, matches: [endless] }, alice, [[label('Dog')]])
    const longest = Math.max(...normalize.mock.contexts.map((text) => String(text).length))
    expect(longest).toBeLessThanOrEqual(15 * 140)
  } finally {
    normalize.mockRestore()
  }
})
