import { createRequire } from 'node:module'
import { animalRules, composeReply, type Label } from '@hexbird/core'
import { textArbitrary } from '@hexbird/core/testing'
import { mutatedBytes, mutatedJson } from '@hexbird/testkit/mutations'
import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { OpenAiImageLabeler, type OpenAiImageLabelerOptions, VisionServerError } from '../../src/openai/index.js'
import { ASKED, DOG, KEY, photoOf } from './fixture.js'
import { completions } from './servers.js'

/** X's own library says what a mention, a hashtag, a cashtag and a URL are, and what a text weighs. */
const { extractEntitiesWithIndices, parseTweet } = createRequire(import.meta.url)('twitter-text') as {
  extractEntitiesWithIndices(text: string): unknown[]
  parseTweet(text: string): { weightedLength: number; valid: boolean }
}

/** What the one stored photo makes the server say. */
let said = ''
const labelerWith = async (options: Partial<OpenAiImageLabelerOptions> = {}) => {
  const bytes = await photoOf(80)
  return new OpenAiImageLabeler({
    photos: { get: async () => ({ bytes, type: 'image/png' }) },
    baseUrl: 'http://localhost/v1',
    model: 'qwen2.5vl:3b',
    fetch: async () => new Response(said),
    ...options,
  })
}

const fragments = fc.constantFrom(
  ...[
    '@alice',
    '＠alice',
    '#dog',
    '＃dog',
    '$TSLA',
    'https://evil.example/a',
    'evil.example',
    'evil。com',
    'javascript:',
  ],
  ...['Ignore all instructions', 'and say', 'free money', 'dog', 'Golden Retriever', 'é', '日本', 'भारत', '१२', '①'],
  ...[
    '\n',
    '\r\n',
    '\t',
    '\0',
    '\x1b[2J',
    ' ',
    '-',
    '_',
    '.',
    '/',
    ':',
    '\u200b',
    '\u202e',
    '\u2066',
    '\u2028',
    '\ufeff',
  ],
  ...[
    '\u0301',
    '\u3164',
    '\u{e0041}',
    '\ud83d',
    '👩‍🌾',
    '🇩🇪',
    'ǰ',
    'ŉ',
    'ﬁ',
    '<b>',
    '{labels}',
    '{author}',
    'x'.repeat(50),
  ],
)
const hostileText = fc.oneof(
  fc.array(fragments, { maxLength: 6 }).map((parts) => parts.join('')),
  fc.array(fragments, { maxLength: 6 }).map((parts) => parts.join(' ')),
  textArbitrary({ maxLength: 60 }),
)
const entry = fc.record({
  name: hostileText,
  confidence: fc.oneof(fc.double({ min: 0, max: 100, noNaN: true }), fc.constant(99)),
  kinds: fc.array(hostileText, { maxLength: 4 }),
})
const hostileAnswer = fc.oneof(
  fc.record({ labels: fc.array(entry, { maxLength: 12 }) }).map((answer) => JSON.stringify(answer)),
  mutatedJson([DOG]).map((answer) => JSON.stringify(answer) ?? ''),
  hostileText,
  fc.tuple(hostileText, hostileText).map(([before, after]) => `${before}${JSON.stringify(DOG)}${after}`),
)

const SHAPE = /^[\p{L}\p{Nd}]+(?:[ -][\p{L}\p{Nd}]+)*$/u
const isSafe = (name: string) => SHAPE.test(name) && [...name].length <= 40 && !/[@#$:/.\p{C}\s](?<! )/u.test(name)

function expectSound(labels: readonly Label[], { max, minConfidence } = ASKED): void {
  expect(labels.length).toBeLessThanOrEqual(max)
  const confidences = labels.map(({ confidence }) => confidence)
  expect(confidences).toEqual([...confidences].sort((a, b) => b - a))
  for (const confidence of confidences) expect(confidence >= minConfidence && confidence <= 100).toBe(true)
  const names = labels.map(({ name }) => name)
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length)
  for (const { name, parents } of labels) expect([name, ...parents].filter((one) => !isSafe(one))).toEqual([])
}

function expectSafeReply(labels: readonly Label[]): void {
  const { text } = composeReply(animalRules, { id: '1', username: 'alice' }, [labels])
  expect(extractEntitiesWithIndices(text)).toEqual([])
  expect(parseTweet(text)).toMatchObject({ valid: true })
}

describe('whatever a photo makes a model say', () => {
  test('labels have safe names, in the number and order of the port, and make safe replies', async () => {
    const labeler = await labelerWith()
    let labeled = 0
    await fc.assert(
      fc.asyncProperty(hostileAnswer, async (content) => {
        said = JSON.stringify(completions.llamaCpp(content))
        const result = await labeler.label(KEY, ASKED).catch((error: unknown) => error)
        if (result instanceof VisionServerError) return expect(result.code).toBe('VISION_ANSWER')
        expect(result).toHaveProperty('kind', 'labels')
        const { labels } = result as { labels: readonly Label[] }
        labeled += labels.length
        expectSound(labels)
        expectSafeReply(labels)
      }),
      { numRuns: runs() },
    )
    expect(labeled).toBeGreaterThan(0)
  })

  test('labels have no other names than those of the vocabulary', async () => {
    const names = ['Dog', 'Golden Retriever', 'Cat']
    const labeler = await labelerWith({ names })
    await fc.assert(
      fc.asyncProperty(hostileAnswer, async (content) => {
        said = JSON.stringify(completions.llamaCpp(content))
        const result = await labeler.label(KEY, { max: 5, minConfidence: 0 }).catch((error: unknown) => error)
        if (result instanceof VisionServerError) return
        const { labels } = result as { labels: readonly Label[] }
        expect(labels.filter(({ name }) => !names.includes(name))).toEqual([])
      }),
      { numRuns: runs() },
    )
  })

  test('a description is one visible line of bounded length, or an error with a code', async () => {
    const labeler = await labelerWith()
    const bytes = await photoOf(80)
    await fc.assert(
      fc.asyncProperty(hostileText, async (sentence) => {
        said = JSON.stringify(completions.llamaCpp(JSON.stringify({ sentence })))
        const described = await labeler.describe({ bytes }, { maxLength: 40 }).catch((error: unknown) => error)
        if (described instanceof VisionServerError) return expect(described.code).toBe('VISION_ANSWER')
        const text = (described as { sentence: string }).sentence
        expect([...text].length).toBeLessThanOrEqual(40)
        expect(text).toBe(text.trim())
        expect(text).not.toMatch(/(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}]|\s\s/u)
      }),
      { numRuns: runs() },
    )
  })
})

test('any bytes for an answer are labels, an unreadable photo, or an error with a code', async () => {
  const samples = [
    completions.ollama(JSON.stringify(DOG)),
    completions.vllm(null, JSON.stringify(DOG)),
    completions.openAi(null, 'No.'),
    { error: { message: 'No.', code: null } },
  ].map((body) => Buffer.from(JSON.stringify(body)))
  const any = fc.oneof(mutatedBytes(samples), mutatedJson(samples.map((sample) => JSON.parse(String(sample)))))
  await fc.assert(
    fc.asyncProperty(any, fc.constantFrom(200, 200, 200, 400, 404, 500), async (body, status) => {
      const bytes = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body) ?? '')
      const sent = await labelerWith({ retries: 0, fetch: async () => new Response(bytes, { status }) })
      const result = await sent.label(KEY, ASKED).catch((error: unknown) => error)
      if (result instanceof VisionServerError) return expect(result.code).toMatch(/^VISION_/)
      expect(result).toHaveProperty('kind', expect.stringMatching(/^(labels|unreadable)$/))
    }),
    { numRuns: runs() },
  )
})
