import { inspect } from 'node:util'
import { SSMClient } from '@aws-sdk/client-ssm'
import { afterEach, describe, expect, test } from '@jest/globals'
import { answer, cut, type Script, startScripted } from '../../adapters-x/test/scripted-server.js'
import { clientSettings } from '../src/aws-client.js'
import { readParameters, ssmClient } from '../src/ssm.js'
import { pointAt } from './s3-emulator.js'

const JSON_1_1 = { 'content-type': 'application/x-amz-json-1.1' }

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

/** A parameter store with these parameters, or any other server. The client asks once. */
async function start(script: Script, make = () => new SSMClient(clientSettings({}, { request: 10_000, attempts: 1 }))) {
  const server = await startScripted(script)
  pointAt('SSM', `http://127.0.0.1:${server.port}`)
  const client = make()
  open.push({ close: () => client.destroy() }, server)
  return { server, client }
}

interface GetByPath {
  readonly Path: string
  readonly Recursive: boolean
  readonly WithDecryption: boolean
  readonly MaxResults: number
  readonly NextToken?: string
}

/** As the parameter store answers: ten on a page, and secrets encrypted unless they are to be decrypted. */
const storeOf =
  (parameters: Readonly<Record<string, string>>): Script =>
  (response, request) => {
    const { Path, Recursive, WithDecryption, MaxResults, NextToken = '0' } = JSON.parse(request.body) as GetByPath
    const all = Object.entries(parameters).filter(
      ([name]) => name.startsWith(Path) && (Recursive || !name.slice(Path.length).includes('/')),
    )
    const from = Number(NextToken)
    const page = all.slice(from, from + MaxResults)
    const Parameters = page.map(([Name, value]) => ({
      Name,
      Type: 'SecureString',
      Value: WithDecryption ? value : 'AQICAHh…',
    }))
    const more = from + MaxResults < all.length ? { NextToken: String(from + MaxResults) } : {}
    answer(200, { Parameters, ...more }, JSON_1_1)(response, request)
  }

const failure = (type: string) => answer(400, { __type: type, message: 'No.' }, JSON_1_1)

describe('readParameters', () => {
  test('gives what is kept for the stage, decrypted, by the rest of its name, over all pages', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 23 }, (_, index) => [`/hexbird/staging/n/${index}`, `${index}`]),
    )
    const { server, client } = await start(
      storeOf({
        ...many,
        '/hexbird/staging/consumer-secret': 'kept for staging',
        '/hexbird/staging2/consumer-secret': 'no',
        '/hexbird/production/consumer-secret': 'no',
      }),
      ssmClient,
    )
    const parameters = await readParameters({ client, stage: 'staging' })
    expect(Object.keys(parameters)).toHaveLength(24)
    expect(parameters).toMatchObject({ 'consumer-secret': 'kept for staging', 'n/0': '0', 'n/22': '22' })
    expect(server.requests).toHaveLength(3)
    expect(server.requests[0]?.headers['x-amz-target']).toBe('AmazonSSM.GetParametersByPath')
  })

  test('a page may be empty and not the last', async () => {
    const { client } = await start((response, request) => {
      const isFirst = !(JSON.parse(request.body) as GetByPath).NextToken
      const second = { Parameters: [{ Name: '/hexbird/staging/a', Value: 'b' }] }
      answer(200, isFirst ? { Parameters: [], NextToken: 'next' } : second, JSON_1_1)(response, request)
    })
    expect(await readParameters({ client, stage: 'staging' })).toEqual({ a: 'b' })
  })

  test('nothing there is thrown, with what to do', async () => {
    const { client } = await start(storeOf({ '/hexbird/production/a': 'b' }))
    await expect(readParameters({ client, stage: 'staging' })).rejects.toMatchObject({
      code: 'AWS_MISSING',
      message: expect.stringContaining('aws ssm put-parameter --type SecureString --name /hexbird/staging/<name>'),
    })
  })

  test.each(['', '/', 'staging/', '../production', 'a b'])('"%s" is no stage, and nobody is asked', async (stage) => {
    const { server, client } = await start(storeOf({}))
    await expect(readParameters({ client, stage })).rejects.toMatchObject({ code: 'AWS_INPUT_INVALID' })
    expect(server.requests).toEqual([])
  })

  test.each([
    ['AccessDeniedException', failure('AccessDeniedException'), 'AWS_DENIED', 'ssm:GetParametersByPath'],
    ['ThrottlingException', failure('ThrottlingException'), 'AWS_THROTTLED', ''],
    ['InvalidKeyId', failure('InvalidKeyId'), 'AWS_REFUSED', ''],
    ['a cut connection', cut, 'AWS_UNREACHABLE', ''],
    ['an answer without a list', answer(200, {}, JSON_1_1), 'AWS_ANSWER_UNREADABLE', ''],
    [
      'a parameter of elsewhere',
      answer(200, { Parameters: [{ Name: '/other/a', Value: 'b' }] }, JSON_1_1),
      'AWS_ANSWER_UNREADABLE',
      '',
    ],
    [
      'a parameter without a value',
      answer(200, { Parameters: [{ Name: '/hexbird/staging/a' }] }, JSON_1_1),
      'AWS_ANSWER_UNREADABLE',
      '',
    ],
  ] as const)('%s is thrown with its code', async (_, script, code, message) => {
    const { client } = await start(script)
    await expect(readParameters({ client, stage: 'staging' })).rejects.toMatchObject({
      name: 'AwsError',
      code,
      message: expect.stringContaining(message),
    })
  })

  test('a value is in no error, whatever came back', async () => {
    const { client } = await start(answer(200, 'nobody-sees-this', JSON_1_1))
    const thrown = await readParameters({ client, stage: 'staging' }).catch((error: unknown) => error)
    expect(thrown).toMatchObject({ code: 'AWS_ANSWER_UNREADABLE' })
    expect(inspect(thrown, { depth: 20, showHidden: true })).not.toContain('nobody-sees-this')
  })
})
