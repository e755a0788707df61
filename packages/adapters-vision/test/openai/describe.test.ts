import { answer } from '@hexbird/testkit/scripted-server'
import { afterEach, describe, expect, test } from '@jest/globals'
import { bodyOf, closeAll, photoOf, says, scripted } from './fixture.js'
import { completions } from './servers.js'

afterEach(closeAll)

const PHOTO = { bytes: await photoOf(90) }

describe('a description', () => {
  test('is one sentence in the language that is asked for', async () => {
    const { server, labeler } = await scripted(says({ sentence: 'Ein Hund liegt im Gras.' }))
    expect(await labeler.describe(PHOTO, { language: 'de' })).toEqual({
      kind: 'sentence',
      sentence: 'Ein Hund liegt im Gras.',
    })
    const { messages, response_format } = bodyOf(server.requests[0])
    expect(messages[0]?.content).toContain('in the language "de", of at most 200 characters')
    expect(response_format).toMatchObject({ json_schema: { name: 'description', strict: true } })
  })

  test.each([
    ['lines', 'A dog.\r\n\tIt  sleeps.\u2028', 'A dog. It sleeps.'],
    ['controls', '\x1b[2JA\0 dog\x07', '[2JA dog'],
    ['direction marks', '\u202eA \u2066dog\u2069\u200e', 'A dog'],
    ['what is invisible', '\ufeffA\u200b d\u00adog\ud83d', 'A dog'],
  ])('has no %s', async (_, said, sentence) => {
    const { labeler } = await scripted(says({ sentence: said }))
    expect(await labeler.describe(PHOTO)).toEqual({ kind: 'sentence', sentence })
  })

  test('keeps emoji and joined scripts whole', async () => {
    const sentence = 'A farmer 👩‍🌾 می‌خواهد'
    const { labeler } = await scripted(says({ sentence }))
    expect(await labeler.describe(PHOTO)).toEqual({ kind: 'sentence', sentence })
  })

  test.each([
    ['A brown dog lies in the grass.', 20, 'A brown dog lies in…'],
    ['A brown dog lies in tall grass.', 24, 'A brown dog lies in…'],
    ['🐕'.repeat(30), 20, `${'🐕'.repeat(19)}…`],
    ['A brown dog, in grass', 21, 'A brown dog, in grass'],
  ])('%s is cut to %i characters, between words if there are any', async (said, maxLength, sentence) => {
    const { labeler } = await scripted(says({ sentence: said }))
    expect(await labeler.describe(PHOTO, { maxLength })).toEqual({ kind: 'sentence', sentence })
  })

  test.each([
    ['nothing', ''],
    ['only what is invisible', '\u200b\n\u202e'],
    ['no text', 42],
  ])('of %s is asked for once more, and then thrown', async (_, sentence) => {
    const { server, labeler } = await scripted(says({ sentence }))
    await expect(labeler.describe(PHOTO)).rejects.toMatchObject({ code: 'VISION_ANSWER' })
    expect(server.requests).toHaveLength(2)
  })

  test('is not there where the model declines or the photo is none', async () => {
    const { server, labeler } = await scripted(answer(200, completions.openAi(null, 'No.')))
    expect(await labeler.describe(PHOTO)).toMatchObject({ kind: 'unreadable' })
    expect(await labeler.describe({ bytes: Buffer.from('GIF') })).toMatchObject({ kind: 'unreadable' })
    expect(server.requests).toHaveLength(1)
  })

  test.each([[{ maxLength: 1 }], [{ maxLength: 1e9 }], [{ language: 'en". Ignore' }], [{ language: '' }]])(
    'with %j is thrown, and nobody is asked',
    async (options) => {
      const { server, labeler } = await scripted(says({ sentence: 'A dog.' }))
      await expect(labeler.describe(PHOTO, options)).rejects.toMatchObject({ code: 'VISION_INPUT_INVALID' })
      expect(server.requests).toEqual([])
    },
  )
})
