import { inspect } from 'node:util'
import { freePort } from '@hexbird/testkit/free-port'
import { answer, cut, cutWithin, nonsense, type Script, silence, trickle } from '@hexbird/testkit/scripted-server'
import { afterEach, describe, expect, test } from '@jest/globals'
import { OpenAiImageLabeler, VisionServerError } from '../../src/openai/index.js'
import { API_KEY, ASKED, bodyOf, closeAll, DOG, DOG_LABELS, KEY, photoIn, says, scripted } from './fixture.js'
import { completions, llamaCppError, lmStudioError, ollamaError, openAiError, vllmError } from './servers.js'

afterEach(closeAll)

const once = { retries: 0 }
const failure = (labeler: OpenAiImageLabeler): Promise<VisionServerError> =>
  labeler.label(KEY, ASKED).then(
    (result) => expect(result).toBe('thrown') as never,
    (error: unknown) => error as VisionServerError,
  )

describe('a refusal is thrown with its code and what to do', () => {
  test.each<[string, Script, string, RegExp]>([
    [
      'a wrong key',
      answer(401, openAiError('Incorrect API key provided.', 'invalid_api_key')),
      'VISION_REFUSED',
      /API key/,
    ],
    ['a key for less', answer(403, vllmError(403, 'No.')), 'VISION_REFUSED', /API key/],
    [
      'no credits',
      answer(429, openAiError('You exceeded your current quota.', 'insufficient_quota')),
      'VISION_NO_CREDITS',
      /credits/,
    ],
    [
      'no payment',
      answer(402, { error: { message: 'Insufficient credits', code: 402 } }),
      'VISION_NO_CREDITS',
      /credits/,
    ],
    [
      'no such model at Ollama',
      answer(404, ollamaError('model "qwen2.5vl:3b" not found, try pulling it first', 'not_found_error')),
      'VISION_MODEL',
      /ollama pull/,
    ],
    [
      'no such model at vLLM',
      answer(404, vllmError(404, 'The model `qwen2.5vl:3b` does not exist.', 'NotFoundError')),
      'VISION_MODEL',
      /qwen2\.5vl:3b/,
    ],
    [
      'no such model at OpenAI',
      answer(404, openAiError('Not yours.', 'model_not_found')),
      'VISION_MODEL',
      /qwen2\.5vl:3b/,
    ],
    [
      'a blind model at llama.cpp',
      answer(
        500,
        llamaCppError(
          500,
          'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj',
          'server_error',
        ),
      ),
      'VISION_MODEL',
      /takes no images/,
    ],
    [
      'a blind model at LM Studio',
      answer(400, lmStudioError('Model does not support images. Please use a model that does.')),
      'VISION_MODEL',
      /takes no images/,
    ],
    [
      'no such path',
      answer(404, '404 page not found', { 'content-type': 'text/plain' }),
      'VISION_REQUEST_REFUSED',
      /\/v1/,
    ],
    [
      'a path that LM Studio does not know',
      answer(200, lmStudioError('Unexpected endpoint or method. (POST /chat/completions)')),
      'VISION_ANSWER',
      /Unexpected endpoint.*\/v1/,
    ],
    [
      'a context that is too small',
      answer(400, llamaCppError(400, 'the request exceeds the available context size', 'exceed_context_size_error')),
      'VISION_REQUEST_REFUSED',
      /context size/,
    ],
  ])('%s', async (_, script, code, message) => {
    const { server, labeler, waits } = await scripted(script)
    const error = await failure(labeler)
    expect(error).toMatchObject({ name: 'VisionServerError', code, message: expect.stringMatching(message) })
    expect(waits).toEqual([])
    // No other way of asking gives a server another model.
    if (code === 'VISION_MODEL') expect(server.requests).toHaveLength(1)
  })

  test.each([301, 302, 303, 307, 308])('%i with another address, which gets neither key nor photo', async (status) => {
    const other = await scripted(says(DOG))
    const location = `http://127.0.0.1:${other.server.port}/v1/chat/completions`
    const { server, labeler } = await scripted(answer(status, '', { location }))
    expect(await failure(labeler)).toMatchObject({
      code: 'VISION_REDIRECTED',
      message: expect.stringContaining('not followed'),
    })
    expect([server.requests.length, other.server.requests.length]).toEqual([1, 0])
  })
})

describe('what passes is tried again', () => {
  test.each<[string, Script]>([
    ['408', answer(408)],
    ['429', answer(429, openAiError('Rate limit reached.', 'rate_limit_exceeded'))],
    ['500', answer(500, ollamaError('model runner has unexpectedly stopped', 'api_error'))],
    ['503 while the model is loaded', answer(503, llamaCppError(503, 'Loading model', 'unavailable_error'))],
    ['a connection that is cut before the answer', cut],
    ['a connection that is cut within the answer', cutWithin(200, '{"choices":')],
    [
      'a connection that is cut within a chunked answer',
      (response) => {
        response.writeHead(200)
        response.write('{"choices":', () => response.socket?.destroy())
      },
    ],
    ['something that is no HTTP', nonsense('hello')],
  ])('%s', async (_, script) => {
    const { server, labels, waits } = await scripted([script, says(DOG)])
    expect(await labels()).toEqual(DOG_LABELS)
    expect([server.requests.length, waits]).toEqual([2, [250]])
  })

  test('a kept connection that the server has closed meanwhile', async () => {
    const closing: Script = (response, request) => {
      says(DOG)(response, request)
      response.once('finish', () => response.socket?.end())
    }
    const { server, labels } = await scripted(closing)
    for (let call = 0; call < 5; call += 1) expect(await labels()).toEqual(DOG_LABELS)
    expect(server.requests.length).toBeGreaterThanOrEqual(5)
  })

  test('three times, waiting longer each time, and then thrown', async () => {
    const { server, labeler, waits } = await scripted(answer(500, ollamaError('out of memory', 'api_error')))
    expect(await failure(labeler)).toMatchObject({
      code: 'VISION_BUSY',
      message: expect.stringContaining('out of memory'),
    })
    expect([server.requests.length, waits]).toEqual([4, [250, 500, 1000]])
  })

  test('as often as it is told to for one photo, whichever way it is asked', async () => {
    const busy = answer(503)
    const { server, labeler } = await scripted([busy, answer(400), busy, busy, answer(400), busy], { retries: 3 })
    expect(await failure(labeler)).toMatchObject({ code: 'VISION_BUSY' })
    expect(server.requests).toHaveLength(6)
  })

  test('after as long as the server asks for', async () => {
    const { labels, waits } = await scripted([answer(429, '', { 'retry-after': '7' }), says(DOG)])
    expect(await labels()).toEqual(DOG_LABELS)
    expect(waits).toEqual([7250])
  })

  test('at the time that the server names', async () => {
    const now = Date.UTC(2026, 8, 1, 12)
    const later = new Date(now + 30_000).toUTCString()
    const { labels, waits } = await scripted([answer(503, '', { 'retry-after': later }), says(DOG)], { now: () => now })
    expect(await labels()).toEqual(DOG_LABELS)
    expect(waits).toEqual([30_250])
  })

  test.each(['soon', '-5', ''])('at once where the server says "%s"', async (value) => {
    const { waits, labels } = await scripted([answer(429, '', { 'retry-after': value }), says(DOG)])
    expect(await labels()).toEqual(DOG_LABELS)
    expect(waits).toEqual([250])
  })

  test('but not where the wait would outlast the limit: that is thrown at once', async () => {
    const { server, labeler, waits } = await scripted(answer(429, '', { 'retry-after': '60' }))
    expect(await failure(labeler)).toMatchObject({
      code: 'VISION_BUSY',
      message: expect.stringContaining('in 60 seconds'),
    })
    expect([server.requests.length, waits]).toEqual([1, []])
  })

  test('which may be one second', async () => {
    const { labeler } = await scripted(answer(429, '', { 'retry-after': '1' }), { retries: 0 })
    expect(await failure(labeler)).toMatchObject({ message: expect.stringMatching(/Try again in 1 second\.$/) })
  })
})

describe('an answer of the wrong shape is asked for once more', () => {
  const chat = (content: string) => answer(200, completions.llamaCpp(content))
  test.each<[string, Script]>([
    ['no JSON', chat('It is a dog.')],
    ['half of it', chat('{"labels":[{"name":"Dog","conf')],
    ['nothing', chat('')],
    ['no list', chat('{"labels":"Dog"}')],
    ['names alone', chat('{"labels":["Dog","Ball"]}')],
    ['a label without a name', chat('{"labels":[{"confidence":99,"kinds":[]}]}')],
    ['words for confidence', chat('{"labels":[{"name":"Dog","confidence":"high","kinds":[]}]}')],
    ['a confidence above all', chat('{"labels":[{"name":"Dog","confidence":1000,"kinds":[]}]}')],
    ['kinds that are none', chat('{"labels":[{"name":"Dog","confidence":99,"kinds":[{}]}]}')],
    ['another object', chat('{"error":"no"}')],
    ['a page for a browser', answer(200, '<!doctype html><p>{}</p>', { 'content-type': 'text/html' })],
    ['an empty body', answer(200, '')],
    ['no content', answer(204)],
    ['no choices', answer(200, { choices: [] })],
    ['null choices', answer(200, { choices: null })],
    ['a stream', answer(200, 'data: {"choices":[]}\n\ndata: [DONE]\n\n', { 'content-type': 'text/event-stream' })],
    ['more than a megabyte', answer(200, completions.ollama(`${JSON.stringify(DOG)}${' '.repeat(1024 * 1024)}`))],
  ])('%s', async (_, script) => {
    const { server, labels } = await scripted([script, says(DOG)])
    expect(await labels()).toEqual(DOG_LABELS)
    expect(bodyOf(server.requests[1])).toMatchObject({ max_tokens: 2048 })
    expect(server.requests[1]?.body).toContain('Your last answer was not the JSON object')
    const twice = await scripted(script)
    expect(await failure(twice.labeler)).toMatchObject({ code: 'VISION_ANSWER' })
    expect([twice.server.requests.length, twice.waits]).toEqual([2, []])
  })

  test('and a model that only thinks is named as such', async () => {
    const [choice] = completions.vllm(null, 'Okay, let us see. The photo').choices
    const { labeler } = await scripted(answer(200, { choices: [{ ...choice, finish_reason: 'length' }] }))
    expect(await failure(labeler)).toMatchObject({
      code: 'VISION_ANSWER',
      message: expect.stringMatching(/cut off at 2048 tokens.*maxTokens/),
    })
  })

  test('an answer without end is given up', async () => {
    let written = 0
    const endless: Script = (response) => {
      response.writeHead(200)
      const block = Buffer.alloc(256 * 1024, 0x20)
      const more = () => {
        written += block.length
        if (written > 400 * 1024 * 1024) return void response.end()
        if (!response.destroyed) response.write(block, more)
      }
      more()
    }
    const { labeler } = await scripted(endless)
    expect(await failure(labeler)).toMatchObject({ code: 'VISION_ANSWER' })
    expect(written).toBeLessThan(100 * 1024 * 1024)
  })
})

describe('an outage is thrown', () => {
  test.each<[string, Script]>([
    ['silence', silence],
    ['a body that trickles', trickle(200)],
  ])('%s, after the time that is stated', async (_, script) => {
    const { server, labeler } = await scripted(script, { timeoutMs: 300 })
    expect(await failure(labeler)).toMatchObject({
      code: 'VISION_TIMEOUT',
      message: expect.stringMatching(/within 300 ms.*timeoutMs/),
      cause: expect.any(Error),
    })
    expect(server.requests).toHaveLength(1)
  })

  test('a port where nobody listens, with its cause', async () => {
    const { labeler } = await scripted(cut, { baseUrl: `http://127.0.0.1:${await freePort()}/v1`, ...once })
    expect(await failure(labeler)).toMatchObject({
      code: 'VISION_UNREACHABLE',
      message: expect.stringContaining('ECONNREFUSED'),
      cause: { cause: { code: 'ECONNREFUSED' } },
    })
  })

  test('of the store as it is', async () => {
    const fault = new Error('the store is away')
    const { server, labeler } = await scripted(says(DOG), { photos: { get: () => Promise.reject(fault) } })
    await expect(labeler.label(KEY, ASKED)).rejects.toBe(fault)
    expect(server.requests).toEqual([])
  })
})

describe('an abort', () => {
  test('before the call sends nothing', async () => {
    const { server, labeler } = await scripted(says(DOG))
    const signal = AbortSignal.abort(new Error('stopping'))
    await expect(labeler.label(KEY, { ...ASKED, signal })).rejects.toThrow('stopping')
    expect(server.requests).toEqual([])
  })

  test('during the call ends it with its own reason, and is not retried', async () => {
    const stop = new AbortController()
    const { server, labeler, waits } = await scripted(() => stop.abort(new Error('stopping')))
    await expect(labeler.label(KEY, { ...ASKED, signal: stop.signal })).rejects.toThrow('stopping')
    expect([server.requests.length, waits]).toEqual([1, []])
  })

  test('during a wait ends that', async () => {
    const stop = new AbortController()
    const { labeler } = await scripted(answer(503), {
      wait: async (_, signal) => {
        stop.abort(new Error('stopping'))
        signal.throwIfAborted()
      },
    })
    await expect(labeler.label(KEY, { ...ASKED, signal: stop.signal })).rejects.toThrow('stopping')
  })
})

describe('no error tells', () => {
  const echo =
    (status: number, wrap: (body: string) => string = (body) => body): Script =>
    (response, request) =>
      answer(status, { error: { message: wrap(`Key ${request.headers.authorization} ${request.body}`) } })(
        response,
        request,
      )

  test.each<[string, Script]>([
    ['401', echo(401)],
    ['400', echo(400)],
    ['500', echo(500)],
    [
      '400, cut short',
      echo(400, (body) => body.replace(/.*data:image/, "input_value={'url': 'data:image").slice(0, 90)),
    ],
    ['400, without an address', echo(400, (body) => body.replace(/.*;base64,/, ''))],
    ['400, at length', echo(400, (body) => `data:image/jpeg;base64,${'A'.repeat(1950)} ${body}`)],
    ['200', echo(200)],
    ['a cut connection', cut],
    [
      '200 with a broken body',
      (response, request) => answer(200, `{"key": ${request.headers.authorization} ${request.body}`)(response, request),
    ],
  ])('the key or the photo, where the server says both with %s', async (_, script) => {
    const { server, labeler } = await scripted(script, once)
    const shown = inspect(await failure(labeler), { depth: 20, showHidden: true })
    const photo = photoIn(server.requests[0]).toString('base64')
    expect(photo.length).toBeGreaterThan(400)
    expect(shown).not.toContain(API_KEY.slice(0, 12))
    for (let at = 0; at + 20 <= photo.length; at += 20) expect(shown).not.toContain(photo.slice(at, at + 20))
  })

  test('what a terminal would act on, on one line of bounded length', async () => {
    const text = `\x1b[2J\u202ehidden\n\n${'long '.repeat(1000)}`
    const { labeler } = await scripted(answer(400, ollamaError(text)), once)
    const { message } = await failure(labeler)
    expect(message).toMatch(/^[\x20-\x7e]{1,500}$/)
  })
})

describe('options', () => {
  const labelerWith = (options: object) =>
    new OpenAiImageLabeler({
      photos: { get: async () => undefined },
      baseUrl: 'http://127.0.0.1:11434/v1',
      model: 'qwen2.5vl:3b',
      ...options,
    })

  test.each([
    ['http://localhost:11434/v1'],
    ['http://127.1:8080'],
    ['http://[::1]:8000/v1/'],
    ['http://ollama.localhost/v1'],
    ['https://api.openai.com/v1'],
  ])('%s is an address', (baseUrl) => {
    expect(labelerWith({ baseUrl })).toBeInstanceOf(OpenAiImageLabeler)
  })

  test.each([
    ['plain HTTP to the network', { baseUrl: 'http://192.168.1.5:11434/v1' }, /allowPlainHttp/],
    ['plain HTTP to a name', { baseUrl: 'http://localhost.example.com/v1' }, /allowPlainHttp/],
    ['plain HTTP to what looks like this machine', { baseUrl: 'http://127.0.0.1.example.com' }, /allowPlainHttp/],
    ['no URL', { baseUrl: 'localhost' }, /http:\/\/127/],
    ['another protocol', { baseUrl: 'file:///etc/passwd' }, /http/],
    ['a query', { baseUrl: 'https://example.com/v1?key=1' }, /query/],
    ['no model', { model: ' ' }, /model/],
    ['a key of two lines', { apiKey: 'sk-hidden\n' }, /line break/],
    ['a timeout of zero', { timeoutMs: 0 }, /timeoutMs/],
    ['half a retry', { retries: 0.5 }, /retries/],
    ['retries for ever', { retries: Infinity }, /retries/],
    ['photos of a pixel', { maxPixels: 1 }, /maxPixels/],
    ['answers of a word', { maxTokens: 1 }, /maxTokens/],
    ['no names', { names: [] }, /names/],
    ['a name that is an address', { names: ['Dog', 'evil.example'] }, /evil\.example/],
  ])('%s is refused, with what to do', (_, options, message) => {
    expect(() => labelerWith(options)).toThrow(
      expect.objectContaining({ code: 'VISION_INPUT_INVALID', message: expect.stringMatching(message) }),
    )
  })

  test('a key is not quoted where the answer writes it in another way', async () => {
    const apiKey = 'sk-"quoted\\key'
    const { labeler } = await scripted(answer(401, JSON.stringify({ error: { message: { why: apiKey } } })), { apiKey })
    const { message } = await failure(labeler)
    expect(message).toContain('[removed]')
    expect(message).not.toContain('quoted')
  })

  test('an answer that is nested too deep is a refusal like any other', async () => {
    for (const deep of [30_000, 400_000]) {
      const nested = `{"error":${'['.repeat(deep)}${']'.repeat(deep)}}`
      const { labeler } = await scripted(answer(400, nested), once)
      expect(await failure(labeler)).toMatchObject({ name: 'VisionServerError', code: 'VISION_REQUEST_REFUSED' })
    }
  })

  test('a refused key or password is not quoted', () => {
    for (const options of [{ apiKey: 'sk-hidden \n' }, { baseUrl: 'https://me:sk-hidden@example.com/v1' }]) {
      expect(() => labelerWith(options)).toThrow(
        expect.not.objectContaining({ message: expect.stringMatching(/hidden/) }),
      )
      expect(() => labelerWith(options)).toThrow(VisionServerError)
    }
  })

  test('a server on the network is asked over plain HTTP where that is allowed', async () => {
    const asked: string[] = []
    const { labels } = await scripted(cut, {
      baseUrl: 'http://192.168.1.5:11434/v1',
      allowPlainHttp: true,
      fetch: async (url) => {
        if (typeof url === 'string') asked.push(url)
        return Response.json(completions.ollama(JSON.stringify(DOG)))
      },
    })
    expect(await labels()).toEqual(DOG_LABELS)
    expect(asked).toEqual(['http://192.168.1.5:11434/v1/chat/completions'])
  })

  test.each([
    [{ max: 0, minConfidence: 80 }],
    [{ max: 1.5, minConfidence: 80 }],
    [{ max: 5, minConfidence: 101 }],
    [{ max: 5, minConfidence: Number.NaN }],
  ])('%j is thrown, and nobody is asked', async (asked) => {
    const { server, labeler } = await scripted(says(DOG))
    await expect(labeler.label(KEY, asked)).rejects.toMatchObject({ code: 'VISION_INPUT_INVALID' })
    expect(server.requests).toEqual([])
  })
})
