import { inspect } from 'node:util'
import { freePort } from '@hexbird/testkit/free-port'
import { runs } from '@hexbird/testkit/runs'
import {
  answer,
  cut,
  cutWithin,
  nonsense,
  type Script,
  type ScriptedServer,
  silence,
  startScripted,
  trickle,
} from '@hexbird/testkit/scripted-server'
import { afterEach, describe, expect, test } from '@jest/globals'
import { assert, asyncProperty, string } from 'fast-check'
import { ParameterError, parametersFromExtension } from '../src/parameters.js'

const SECRET = 'the-secret-4711'
const TOKEN = 'the-session-token-0815'
const PATH = '/hexbird/staging/consumer-secret'

let server: ScriptedServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

async function readerOf(script: Script, timeoutMs?: number) {
  server = await startScripted(script)
  return readerAt(server.port, timeoutMs)
}

const readerAt = (port: number, timeoutMs?: number) =>
  parametersFromExtension(
    { PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(port), AWS_SESSION_TOKEN: TOKEN },
    ...(timeoutMs === undefined ? [] : [timeoutMs]),
  )

const found = (value: unknown) => answer(200, { Parameter: { Name: PATH, Type: 'SecureString', Value: value } })

async function errorOf(reading: Promise<unknown>): Promise<ParameterError> {
  const error = await reading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ParameterError)
  const shown = inspect(error, { depth: 10 })
  expect(shown).not.toContain(SECRET)
  expect(shown).not.toContain(TOKEN)
  return error as ParameterError
}

describe('parametersFromExtension', () => {
  test('asks for the decrypted value of the very path, with the token of the function', async () => {
    const read = await readerOf(found(SECRET))
    await expect(read(PATH)).resolves.toBe(SECRET)
    const [request] = server?.requests ?? []
    expect(request?.method).toBe('GET')
    const url = new URL(request?.url ?? '', 'http://localhost')
    expect(url.pathname).toBe('/systemsmanager/parameters/get')
    expect(Object.fromEntries(url.searchParams)).toEqual({ name: PATH, withDecryption: 'true' })
    expect(request?.headers['x-aws-parameters-secrets-token']).toBe(TOKEN)
  })

  test('gives every value as it is stored', async () => {
    let value = ''
    const read = await readerOf((response, request) => found(value)(response, request))
    await assert(
      asyncProperty(string({ unit: 'grapheme' }), async (text) => {
        value = text
        await expect(read(PATH)).resolves.toBe(text)
      }),
      // Each is a request of its own.
      { numRuns: Math.min(runs(50), 1000) },
    )
  })

  test('of a parameter that is not there it gives nothing', async () => {
    const text = 'an unexpected error occurred while executing request: ParameterNotFound: '
    const read = await readerOf(answer(400, text))
    await expect(read(PATH)).resolves.toBeUndefined()
  })

  test('says what to do where access is denied', async () => {
    const text = `AccessDeniedException: User: ${TOKEN} is not authorized to perform: ssm:GetParameter`
    const error = await errorOf((await readerOf(answer(400, text)))(PATH))
    expect(error.message).toBe(
      `The parameter ${PATH} could not be read: 400. The function may not read it: deploy the stage again.`,
    )
    expect(error.code).toBe('PARAMETER_UNREADABLE')
  })

  test.each([400, 401, 403, 429, 500, 502, 503])('%d is an error, and not "none"', async (status) => {
    const error = await errorOf((await readerOf(answer(status, `not now ${SECRET}`)))(PATH))
    expect(error.message).toBe(`The parameter ${PATH} could not be read: ${status}.`)
  })

  test('says that the layer may be missing where nobody listens', async () => {
    const error = await errorOf(readerAt(await freePort())(PATH))
    expect(error.message).toBe(
      `The extension that reads parameters does not answer (ECONNREFUSED, asked for ${PATH}). Is its layer there?`,
    )
  })

  const broken: readonly (readonly [string, Script])[] = [
    ['never answers', silence],
    ['never ends its answer', trickle(200, `{"Parameter":{"Value":"${SECRET}"`)],
    ['hangs up', cut],
    ['hangs up within the answer', cutWithin(200, `{"Parameter":{"Value":"${SECRET}"}}`)],
    ['speaks something else than HTTP', nonsense(`${SECRET}\r\n\r\n`)],
  ]
  test.each(broken)('an extension that %s is an error', async (_, script) => {
    const error = await errorOf((await readerOf(script, 150))(PATH))
    expect(error.message).toContain('does not answer')
  })

  test.each([
    '',
    'null',
    '[]',
    '{}',
    `{"Parameter":"${SECRET}"}`,
    `{"Parameter":{"Value":{"${SECRET}":1}}}`,
    `{"Parameter":{"Value":"${SECRET}"`,
    `${SECRET}`,
  ])('an answer without a value is an error: %s', async (body) => {
    const error = await errorOf((await readerOf(answer(200, body)))(PATH))
    expect(error.message).toBe(`The extension's answer for ${PATH} has no value.`)
    expect(error.cause).toBeUndefined()
  })
})
