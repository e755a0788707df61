import { answer, type Script, startScripted } from '@hexbird/testkit/scripted-server'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { Context } from 'aws-lambda'
import { entry, type Make } from '../src/handlers/entry.js'
import { makeWebhook } from '../src/handlers/webhook.js'
import { answerOf, eventOf } from './http-events.js'
import { printing } from './printed.js'

const CONTEXT = {
  awsRequestId: 'request-4711',
  functionName: 'local-hexbird-webhook',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:local-hexbird-webhook',
  memoryLimitInMB: '256',
} as Context
const SECRET = 'the-consumer-secret-4711'

const before = { ...process.env }
let printed: ReturnType<typeof printing>
beforeEach(() => {
  printed = printing()
  Object.assign(process.env, {
    AWS_SESSION_TOKEN: 'the-session-token-0815',
    HEXBIRD_STAGE: 'local',
    HEXBIRD_BOT_ID: '1',
    HEXBIRD_BOT_USERNAME: 'bot',
    HEXBIRD_EVENTS_QUEUE_URL: 'http://127.0.0.1:1/queue',
  })
})
afterEach(() => {
  jest.restoreAllMocks()
  process.env = { ...before }
})

const found: Script = (response, request) => {
  const isThere = new URL(request.url, 'http://extension').searchParams.get('name')?.endsWith('/consumer-secret')
  const script = isThere ? answer(200, { Parameter: { Value: SECRET } }) : answer(400, 'ParameterNotFound')
  script(response, request)
}

async function withExtension<T>(
  scripts: readonly Script[],
  use: (server: { requests: readonly unknown[] }) => Promise<T>,
) {
  const server = await startScripted(...scripts)
  process.env.PARAMETERS_SECRETS_EXTENSION_HTTP_PORT = String(server.port)
  try {
    return await use(server)
  } finally {
    await server.close()
  }
}

const challenge = eventOf('an HTTP API, payload 2.0', {
  path: '/twitter/webhook/handleapi',
  query: 'crc_token=the-token',
})

describe('entry', () => {
  test('reads what the function is told within the first invocation, and once', async () => {
    await withExtension([found], async ({ requests }) => {
      const handler = entry('webhook', makeWebhook)
      expect(requests).toHaveLength(0)
      for (const _ of [1, 2, 3]) expect(answerOf(await handler(challenge, CONTEXT)).status).toBe(200)
      expect(requests).toHaveLength(2)
    })
  })

  test('where a parameter is missing it says which, and looks again the next time', async () => {
    const none = answer(400, 'ParameterNotFound')
    await withExtension([none, none, found], async () => {
      const handler = entry('webhook', makeWebhook)
      await expect(handler(challenge, CONTEXT)).rejects.toMatchObject({
        code: 'SETTINGS_INVALID',
        message: expect.stringContaining('--name /hexbird/local/consumer-secret '),
      })
      expect(answerOf(await handler(challenge, CONTEXT)).status).toBe(200)
    })
    expect(printed.logs()[0]).toMatchObject({
      level: 'ERROR',
      message: 'The function webhook failed.',
      error: { name: 'SettingsError', message: expect.stringContaining('/hexbird/local/consumer-secret is missing') },
    })
  })

  test('writes lines of JSON with the ids of request, function and stage, and nothing of what is secret', async () => {
    await withExtension([found], async () => {
      const handler = entry('webhook', makeWebhook)
      await handler(challenge, CONTEXT)
      const headers = [['x-twitter-webhooks-signature', 'sha256=the-signature']] as const
      const post = { method: 'POST', path: '/twitter/webhook/handleapi', headers, body: '{"posted":1}' }
      await handler(eventOf('an HTTP API, payload 2.0', post), CONTEXT)
    })
    expect(printed.logs()).toHaveLength(2)
    for (const line of printed.logs()) {
      expect(line).toMatchObject({
        function_request_id: 'request-4711',
        function_name: 'local-hexbird-webhook',
        function: 'webhook',
        stage: 'local',
        service: 'hexbird',
      })
    }
    for (const hidden of [SECRET, 'the-session-token', 'the-token', 'the-signature', 'posted']) {
      expect(printed.lines.join('\n')).not.toContain(hidden)
    }
    expect(printed.metrics()).toMatchObject([{ Refused: 1, reason: 'not-signed' }])
  })

  test('logs an error once, hands it to Lambda, and writes what was counted all the same', async () => {
    const make: Make<'webhook', unknown, never> = (_, observer) => async () => {
      observer.count('Received', 3)
      throw new RangeError('It broke.')
    }
    await withExtension([found], async () => {
      await expect(entry('webhook', make)({}, CONTEXT)).rejects.toThrow(RangeError)
    })
    expect(printed.logs()).toMatchObject([{ level: 'ERROR', error: { name: 'RangeError', message: 'It broke.' } }])
    expect(printed.metrics()).toMatchObject([{ Received: 3 }])
  })

  test('what makes the function is tried again where it failed', async () => {
    let tries = 0
    const make: Make<'webhook', unknown, string> = () => {
      if (++tries === 1) throw new Error('not yet')
      return async () => 'made'
    }
    await withExtension([found], async () => {
      const handler = entry('webhook', make)
      await expect(handler({}, CONTEXT)).rejects.toThrow('not yet')
      await expect(handler({}, CONTEXT)).resolves.toBe('made')
      await expect(handler({}, CONTEXT)).resolves.toBe('made')
    })
    expect(tries).toBe(2)
  })
})
