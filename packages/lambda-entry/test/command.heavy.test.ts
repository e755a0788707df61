import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { hexbird as run } from '@hexbird/testkit/hexbird'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Context } from 'aws-lambda'
import { createWiring } from '../src/container.js'
import { makeAdmin } from '../src/handlers/admin.js'
import { type Fixture, STAGE, secretsOf, startFixture } from './fixture.js'
import { telling } from './observers.js'
import { startWebhookAtX } from './webhook-at-x.js'

const load = () => import('../bot.js')

/** What Lambda's own API answers: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
interface LambdaApi {
  readonly url: string
  /** The next invocation is answered so. */
  next:
    | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
    | undefined
  readonly invoked: string[]
  close(): Promise<void>
}

let fixture: Fixture
let lambda: LambdaApi
beforeAll(async () => {
  fixture = await startFixture()
  lambda = await startLambdaApi(fixture)
})
beforeEach(() => {
  lambda.next = undefined
  lambda.invoked.length = 0
})
afterAll(async () => {
  await lambda.close()
  await fixture.close()
})

async function startLambdaApi(fixture: Fixture): Promise<LambdaApi> {
  const admin = makeAdmin(load)(await fixture.settings('admin'), telling())
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    api.invoked.push(request.url ?? '')
    const payload = await text(request)
    if (api.next) {
      response.writeHead(api.next.status, { ...api.next.headers }).end(api.next.body)
      return
    }
    const answer = await admin(JSON.parse(payload), {} as Context)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const api: LambdaApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next: undefined,
    invoked: [],
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
  return api
}

/** The command as an operator runs it, whom AWS knows by keys. */
async function hexbird(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const aws = {
    AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIDLOCAL',
    AWS_SECRET_ACCESS_KEY: 'a-secret-of-aws',
    AWS_EC2_METADATA_DISABLED: 'true',
  }
  const ran = await run([...args, '--stage', STAGE], { ...aws, ...env })
  for (const secret of [...secretsOf(fixture), 'a-secret-of-aws']) {
    expect(`${ran.stdout}${ran.stderr}`).not.toContain(secret)
  }
  return ran
}

const ports = async () => createWiring(await fixture.settings('admin')).ports('killSwitch', 'accounts', 'optOuts')

describe('the command, with --stage', () => {
  test('pauses and resumes a deployed bot through its admin function, by its alias', async () => {
    const { killSwitch } = await ports()
    const paused = await hexbird(['pause', 'we look into it', '--json'])
    expect(paused.json()).toMatchObject({ stage: STAGE, stopped: { reason: 'Paused by an operator: we look into it' } })
    expect(await killSwitch.state()).toMatchObject({ stopped: { reason: 'Paused by an operator: we look into it' } })
    expect((await hexbird(['resume', '--json'])).json()).toEqual({ stage: STAGE, stopped: null })
    expect((await killSwitch.state()).stopped).toBeUndefined()
    const path = `/2015-03-31/functions/${STAGE}-hexbird-admin/invocations?Qualifier=${STAGE}`
    expect(lambda.invoked).toEqual([path, path])
  })

  test('forgets a person', async () => {
    const { accounts } = await ports()
    const account = { uid: '42', username: 'alice', accessToken: '42-a', accessSecret: 'b', signedInAt: 1, tracked: {} }
    await accounts.put(account)
    const ran = await hexbird(['forget', '42', '--json'])
    expect(ran.json()).toMatchObject({ stage: STAGE, uid: '42', atX: { kind: expect.any(String) } })
    expect(await accounts.find('42')).toBeUndefined()
    // X does not know these tokens: they cannot work.
    expect(ran.code).toBe(0)
  })

  test('knows a person by their name on X, and says where it is nobody’s', async () => {
    const { id } = fixture.x.person('bob')
    expect((await hexbird(['forget', '@Bob', '--json'])).json()).toMatchObject({ uid: id, atX: { kind: 'no-account' } })
    expect(await hexbird(['forget', '@nobody'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/Nobody on X is called @nobody/),
    })
  })

  test('purges a paused bot whose stage is named, and no other', async () => {
    const { optOuts } = await ports()
    await optOuts.add('42', Date.now())
    expect(await hexbird(['purge', '--yes-purge', STAGE])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`Pause the bot first`),
    })
    await hexbird(['pause', 'purge'])
    expect((await hexbird(['purge', '--yes-purge', 'staging'])).code).toBe(2)
    expect((await hexbird(['purge'])).stderr).toContain(`pass --yes-purge ${STAGE}`)
    expect(await optOuts.has('42')).toBe(true)
    expect((await hexbird(['purge', '--yes-purge', STAGE, '--json'])).json()).toEqual({ stage: STAGE, purged: true })
    expect(await optOuts.has('42')).toBe(false)
    await hexbird(['resume'])
  })

  test('says that the function failed, and where its log is', async () => {
    const body = JSON.stringify({ errorType: 'SettingsError', errorMessage: 'parameter bearer-token is missing' })
    lambda.next = { status: 200, headers: { 'x-amz-function-error': 'Unhandled' }, body }
    const ran = await hexbird(['resume'])
    expect(ran.stderr).toMatch(/local-hexbird-admin failed: parameter bearer-token is missing\. .*aws logs tail/)
    expect(ran.stderr).not.toMatch(/\n\s+at /)
    expect(ran).toMatchObject({ code: 1, stdout: '' })
  })

  test('asks once alone: what may have been done is not done again', async () => {
    lambda.next = { status: 500, headers: { 'x-amzn-errortype': 'ServiceException' }, body: '{"message":"sorry"}' }
    expect(await hexbird(['resume'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/cannot be called: sorry/),
    })
    expect(lambda.invoked).toHaveLength(1)
  })

  test.each([
    ['ResourceNotFoundException', 404, /There is no such function/],
    ['AccessDeniedException', 403, /lambda:InvokeFunction/],
    ['ExpiredTokenException', 403, /has ended/],
    ['UnrecognizedClientException', 403, /does not recognize your keys/],
  ])('tells who can mend it what to do: %s', async (name, status, message) => {
    lambda.next = { status, headers: { 'x-amzn-errortype': name }, body: '{"message":"no"}' }
    const ran = await hexbird(['resume'])
    expect(ran.stderr).toMatch(message)
    expect(ran.stderr).not.toMatch(/\n\s+at /)
    expect(ran).toMatchObject({ code: 2, stdout: '' })
  })

  test('tells who has set no region, or is nobody to AWS, what to set', async () => {
    expect(await hexbird(['resume'], { AWS_REGION: '' })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/Set AWS_REGION/),
    })
    expect(await hexbird(['resume'], { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/does not know who you are/),
    })
  })
})

describe('the command, with --stage, as the operator of a webhook', () => {
  let webhook: Awaited<ReturnType<typeof startWebhookAtX>>
  beforeAll(async () => {
    webhook = await startWebhookAtX(fixture)
  })
  afterAll(() => webhook.close())

  const json = async (...args: string[]) => (await hexbird([...args, '--json'])).json()

  test('registers it, subscribes the bot, and takes both back', async () => {
    expect(await json('webhook', 'register', webhook.url)).toMatchObject({ kind: 'registered' })
    expect(await json('webhook', 'list')).toMatchObject({ webhooks: [{ url: webhook.url, valid: true }] })
    expect(await json('webhook', 'validate')).toMatchObject({ kind: 'valid' })
    const until = new Date().toISOString()
    expect(await json('webhook', 'replay', '--from', '1m', '--to', until)).toMatchObject({ kind: 'started' })

    expect(await json('subscribe')).toMatchObject({ results: [{ kind: 'subscribed' }, { kind: 'subscribed' }] })
    await json('subscribe', '--dialect', 'account-activity')
    const { subscriptions } = (await json('subscriptions')) as { subscriptions: { dialect: string }[] }
    expect(subscriptions.map(({ dialect }) => dialect)).toEqual(['x-activity', 'x-activity', 'account-activity'])

    const ended = Array<unknown>(3).fill(expect.objectContaining({ kind: 'unsubscribed' }))
    expect(await json('unsubscribe', '--all', '--yes')).toEqual({ results: ended })
    expect(await json('subscriptions')).toEqual({ subscriptions: [] })
    expect(await json('webhook', 'delete', '--yes')).toMatchObject({ kind: 'removed' })
    expect(fixture.x.webhooks()).toEqual([])
  })

  test('has a doctor look at it, without its secrets', async () => {
    const doctor = async () => {
      const findings = (await json('doctor')).findings as { check: string; status: string; detail: string }[]
      // How long an answer took is a matter of this machine.
      return findings.map(({ check, status, detail }) => [check, detail.startsWith('answered in') ? 'ok' : status])
    }
    await json('webhook', 'register', webhook.url)
    await json('subscribe')
    const healthy = await doctor()
    expect(healthy.filter(([, status]) => status !== 'ok')).toEqual([['signed delivery', 'skipped']])
    expect(healthy.map(([check]) => check)).toEqual([
      ...['stage', 'posting', "X's limits", 'sweep', 'budget', 'webhook at X', 'subscriptions'],
      ...['challenge (CRC)', 'signed delivery', 'forged deliveries', 'signing oracle', 'prices'],
    ])
    await hexbird(['pause', 'we look into it'])
    expect((await doctor()).filter(([, status]) => status === 'fail')).toEqual([['posting', 'fail']])
    await hexbird(['resume'])
    await json('webhook', 'delete', '--yes')
    expect((await doctor()).filter(([, status]) => status === 'fail')).toEqual([['webhook at X', 'fail']])
  })

  test('says what X has against it', async () => {
    webhook.works(false)
    const ran = await hexbird(['webhook', 'register', webhook.url, '--json'])
    webhook.works(true)
    expect([ran.code, ran.json()]).toMatchObject([1, { kind: 'refused', reason: 'CrcValidationFailed' }])
  })

  test('takes what the function refuses for a mistake', async () => {
    const ran = await hexbird(['webhook', 'register', 'no address'])
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('must be a URL')])
  })
})
