import { answer } from '@hexbird/testkit/scripted-server'
import { afterEach, describe, expect, test } from '@jest/globals'
import { API_KEY, ASKED, bodyOf, closeAll, DOG, DOG_LABELS, KEY, photoOf, says, scripted, sizeIn } from './fixture.js'
import { completions, llamaCppError, lmStudioError, ollamaError, openAiError, vllmError } from './servers.js'

afterEach(closeAll)

const JSON_DOG = JSON.stringify(DOG)

describe('a request', () => {
  test('has the photo, the instructions and a strict schema, and asks for no creativity', async () => {
    const { server, labels } = await scripted(says(DOG))
    expect(await labels()).toEqual(DOG_LABELS)
    const [request] = server.requests
    expect([request?.method, request?.url, request?.headers.authorization]).toEqual([
      'POST',
      '/v1/chat/completions',
      `Bearer ${API_KEY}`,
    ])
    expect(bodyOf(request)).toMatchObject({
      model: 'qwen2.5vl:3b',
      temperature: 0,
      max_tokens: 1024,
      stream: false,
      messages: [
        { role: 'system', content: expect.stringContaining('at most 5 things') },
        {
          role: 'user',
          content: [
            { type: 'text' },
            { type: 'image_url', image_url: { url: expect.stringMatching(/^data:image\/jpeg;base64,/) } },
          ],
        },
      ],
      response_format: { type: 'json_schema', json_schema: { name: 'labels', strict: true } },
    })
  })

  test('without a key has no authorization', async () => {
    const { server, labeler } = await scripted(says(DOG), { apiKey: undefined } as object)
    await labeler.label(KEY, ASKED)
    expect(server.requests[0]?.headers.authorization).toBeUndefined()
  })

  test.each([
    [2000, 1000, { width: 1024, height: 512 }],
    [300, 200, { width: 300, height: 200 }],
  ])('has a photo of %i × %i pixels scaled down, never up', async (width, height, size) => {
    const bytes = await photoOf(width, height)
    const { server, labels } = await scripted(says(DOG), {
      photos: { get: async () => ({ bytes, type: 'image/png' }) },
    })
    await labels()
    expect(sizeIn(server.requests[0])).toEqual(size)
  })

  test('names the vocabulary, which the answer cannot leave', async () => {
    const answered = ['dog', 'Wolf', 'e-mail'].map((name) => ({ name, confidence: 90, kinds: ['Animal'] }))
    const { server, labels } = await scripted(says({ labels: answered }), { names: ['Dog', 'Cat', 'E-mail'] })
    expect(await labels()).toEqual([
      { name: 'Dog', confidence: 90, parents: ['Animal'] },
      { name: 'E-mail', confidence: 90, parents: ['Animal'] },
    ])
    expect(server.requests[0]?.body).toContain('Dog, Cat, E-mail')
    expect(JSON.stringify(bodyOf(server.requests[0]).response_format)).toContain('"enum":["Dog","Cat","E-mail"]')
  })
})

describe('an answer is read', () => {
  test.each<[string, unknown]>([
    ['of Ollama', completions.ollama(JSON_DOG)],
    ['of Ollama, with thoughts', completions.ollama(JSON_DOG, 'Maybe {"labels":[]}.')],
    ['of llama.cpp', completions.llamaCpp(JSON_DOG)],
    ['of llama.cpp, with thoughts of their own', completions.llamaCpp(JSON_DOG, 'A {dog}.')],
    ['of vLLM', completions.vllm(JSON_DOG)],
    ['of vLLM, which took it for thoughts', completions.vllm(null, JSON_DOG)],
    ['of OpenAI', completions.openAi(JSON_DOG)],
    ['of LM Studio', completions.lmStudio(JSON_DOG)],
    ['of LM Studio, which took it for thoughts', completions.lmStudio('', JSON_DOG)],
    ['behind thoughts', completions.ollama(`<think>Is it {"labels":[]}? No.</think>\n${JSON_DOG}`)],
    ['behind thoughts that began in the template', completions.llamaCpp(`It is a dog.</think>${JSON_DOG}`)],
    ['in a fence', completions.ollama(`\`\`\`json\n${JSON_DOG}\n\`\`\``)],
    ['among words', completions.ollama(`Sure! Here you are: ${JSON_DOG} Anything else?`)],
    ['as a bare list', completions.ollama(`Labels:\n${JSON.stringify(DOG.labels)}`)],
    ['in parts', { choices: [{ message: { content: [{ type: 'text', text: JSON_DOG }] } }] }],
  ])('%s', async (_, body) => {
    const { server, labels } = await scripted(answer(200, body))
    expect(await labels()).toEqual(DOG_LABELS)
    expect(server.requests).toHaveLength(1)
  })

  test('whatever type it says it has', async () => {
    const { labels } = await scripted(answer(200, completions.ollama(JSON_DOG), { 'content-type': 'text/plain' }))
    expect(await labels()).toEqual(DOG_LABELS)
  })

  test('with fractions for percentages', async () => {
    const fractions = [
      { name: 'ball', confidence: 0.57 },
      { name: 'dog', confidence: 0.95, kinds: null },
    ]
    const { labels } = await scripted(says({ labels: fractions }))
    expect(await labels({ max: 5, minConfidence: 57 })).toEqual([
      { name: 'Dog', confidence: 95, parents: [] },
      { name: 'Ball', confidence: 57, parents: [] },
    ])
  })

  test('with names in title case, each once and none its own parent', async () => {
    const said = [
      { name: 'golden_retriever', confidence: 99, kinds: ['golden retriever', 'dog', 'Dog', 'MAMMAL'] },
      { name: ' Golden  Retriever ', confidence: 98, kinds: [] },
      { name: 't-shirt', confidence: 97, kinds: ['Clothing (top)'] },
    ]
    const { labels } = await scripted(says({ labels: said }))
    expect(await labels()).toEqual([
      { name: 'Golden Retriever', confidence: 99, parents: ['Dog', 'MAMMAL'] },
      { name: 'T-Shirt', confidence: 97, parents: [] },
    ])
  })
})

describe('a server that knows less', () => {
  const formats = (requests: readonly Parameters<typeof bodyOf>[0][]) =>
    requests.map((request) => bodyOf(request).response_format?.type ?? 'none')

  test.each([
    ['llama.cpp', llamaCppError(400, 'response_format type must be one of "text" or "json_object"')],
    ['vLLM', vllmError(400, 'response_format: unexpected value')],
    ['one that says nothing', ''],
  ])('%s is asked for JSON without a schema, and from then on at once', async (_, refusal) => {
    const { server, labels } = await scripted([answer(400, refusal), says(DOG)])
    expect(await labels()).toEqual(DOG_LABELS)
    await labels()
    expect(formats(server.requests)).toEqual(['json_schema', 'json_object', 'json_object'])
  })

  test('than JSON is asked in words', async () => {
    const refusal = answer(400, lmStudioError("'response_format.type' must be 'json_schema'"))
    const { server, labels } = await scripted([refusal, refusal, says(DOG)])
    expect(await labels()).toEqual(DOG_LABELS)
    expect(formats(server.requests)).toEqual(['json_schema', 'json_object', 'none'])
    expect(server.requests[2]?.body).toContain('{\\"labels\\":[')
  })

  test('keeps the schema as long as no other way has worked', async () => {
    const { server, labeler } = await scripted(answer(400, ollamaError('something else')))
    const failed = () => expect(labeler.label(KEY, ASKED)).rejects.toMatchObject({ code: 'VISION_REQUEST_REFUSED' })
    await failed()
    await failed()
    const once = ['json_schema', 'json_object', 'none']
    expect(formats(server.requests)).toEqual([...once, ...once])
  })

  test('like the reasoning models of OpenAI gets its limit by another name, and no temperature', async () => {
    const { server, labels } = await scripted([
      answer(
        400,
        openAiError(
          "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
          'unsupported_parameter',
          'max_tokens',
        ),
      ),
      answer(
        400,
        openAiError(
          "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
          'unsupported_value',
          'temperature',
        ),
      ),
      says(DOG),
    ])
    expect(await labels()).toEqual(DOG_LABELS)
    const body = bodyOf(server.requests[2])
    expect(body).toMatchObject({ max_completion_tokens: 1024, response_format: { type: 'json_schema' } })
    expect(body).not.toHaveProperty('max_tokens')
    expect(body).not.toHaveProperty('temperature')
  })

  test('than system messages gets the instructions with the photo', async () => {
    const { server, labels } = await scripted([answer(500, llamaCppError(500, 'System role not supported')), says(DOG)])
    expect(await labels()).toEqual(DOG_LABELS)
    const { messages } = bodyOf(server.requests[1])
    expect(messages.map(({ role }) => role)).toEqual(['user'])
    expect(JSON.stringify(messages)).toContain('You label photos.')
  })
})

describe('a photo that is not labeled', () => {
  test.each([
    ['llama.cpp', answer(400, llamaCppError(400, 'Failed to load image or audio file'))],
    ['Ollama', answer(500, ollamaError('failed to process inputs: image: unknown format', 'api_error'))],
    ['vLLM', answer(400, vllmError(400, 'cannot identify image file <_io.BytesIO object at 0x7f>'))],
    ['LM Studio', answer(400, lmStudioError("'url' field must be a base64 encoded image."))],
    ['OpenAI', answer(400, openAiError('You uploaded an unsupported image.', 'invalid_image_format'))],
  ])('because %s cannot read it is unreadable, and is not sent again', async (_, script) => {
    const { server, labeler } = await scripted(script)
    expect(await labeler.label(KEY, ASKED)).toMatchObject({
      kind: 'unreadable',
      detail: expect.stringContaining('the vision server cannot read it'),
    })
    expect(server.requests).toHaveLength(1)
  })

  test.each([
    ['the model', answer(200, completions.openAi(null, "I'm sorry, I can't assist with that."))],
    ['a filter', answer(200, completions.openAi(null, null, 'content_filter'))],
    ['a filter in front', answer(400, openAiError('The response was filtered.', 'content_filter'))],
  ])('because %s declines is unreadable', async (_, script) => {
    const { labeler } = await scripted(script)
    expect(await labeler.label(KEY, ASKED)).toEqual({
      kind: 'unreadable',
      detail: 'the vision server declines to look at the photo',
    })
  })

  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"/>'
  test.each([
    ['nothing', async () => ''],
    ['a drawing', async () => svg],
    ['cut off', async () => (await photoOf(500, 500)).subarray(0, 100)],
  ])('because it is %s is never sent', async (_, make) => {
    const bytes = Buffer.from(await make())
    const { server, labeler } = await scripted(says(DOG), {
      photos: { get: async () => ({ bytes, type: 'image/png' }) },
    })
    expect(await labeler.label(KEY, ASKED)).toMatchObject({ kind: 'unreadable' })
    expect(server.requests).toEqual([])
  })
})
