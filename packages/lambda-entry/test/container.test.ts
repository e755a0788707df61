import { formatKey, newKey } from '@hexbird/secret-box'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { createWiring, type PortName } from '../src/container.js'
import { FUNCTIONS, type FunctionName } from '../src/functions.js'
import { type AnySettings, readSettings, SettingsError } from '../src/settings.js'

/** Which ports each function asks for. */
const ASKED: Readonly<Record<FunctionName, readonly PortName[]>> = {
  webhook: ['inbox'],
  'sign-in': ['sessions', 'accounts', 'signIn', 'userActions', 'budget', 'now', 'newId'],
  tweets: [
    'social',
    'media',
    'blobs',
    'labeler',
    'ledger',
    'budget',
    'killSwitch',
    'optOuts',
    'accounts',
    'now',
    'newId',
  ],
  images: ['social', 'media', 'blobs', 'labeler', 'ledger', 'budget', 'killSwitch', 'optOuts', 'now', 'newId'],
  sweep: ['mentions', 'cursor', 'inbox', 'budget', 'killSwitch', 'now'],
  admin: ['accounts', 'userActions', 'blobs', 'sessions', 'ledger', 'budget', 'optOuts', 'killSwitch', 'now'],
}
const EVERY = [
  'accounts',
  'blobs',
  'killSwitch',
  'budget',
  'cursor',
  'inbox',
  'labeler',
  'ledger',
  'media',
  'mentions',
  'newId',
  'now',
  'optOuts',
  'sessions',
  'signIn',
  'social',
  'userActions',
] as const satisfies readonly PortName[]

const before = { ...process.env }
beforeAll(() => {
  Object.assign(process.env, { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' })
})
afterEach(() => {
  process.env.AWS_REGION = 'us-east-1'
})
afterAll(() => {
  process.env = before
})

const BARE: AnySettings = {
  function: 'webhook',
  stage: 'staging',
  without: [],
  bot: { id: '1', username: 'bot' },
  environment: {},
  limits: {},
  parameters: {},
}

const ALL: AnySettings = {
  ...BARE,
  environment: {
    HEXBIRD_BUCKET: 'staging-hexbird-photos',
    HEXBIRD_EVENTS_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/123456789012/events',
  },
  parameters: {
    'consumer-key': 'consumer-key',
    'consumer-secret': 'new-consumer-secret\nold-consumer-secret',
    'access-token': 'access-token',
    'access-secret': 'access-secret',
    'secret-box-keys': formatKey(newKey('first')),
  },
}

const refusal = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('createWiring', () => {
  test.each(EVERY)('makes %s', async (name) => {
    const made = await createWiring(ALL).ports(name)
    expect(Object.keys(made)).toEqual([name])
    expect(made[name]).toBeDefined()
  })

  test.each(EVERY)('makes %s once', async (name) => {
    const wiring = createWiring(ALL)
    const [first, second] = await Promise.all([wiring.ports(name), wiring.ports(name)])
    expect(first[name]).toBe(second[name])
    expect((await wiring.ports(name))[name]).toBe(first[name])
  })

  test('two wirings share nothing', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => createWiring(ALL).ports('budget')))
    expect(one?.budget).not.toBe(other?.budget)
  })

  test('gives the time, and ids that differ', async () => {
    const { now, newId } = await createWiring(ALL).ports('now', 'newId')
    expect(Math.abs(now() - Date.now())).toBeLessThan(1000)
    expect(newId()).not.toBe(newId())
  })

  const needs: readonly (readonly [PortName, string])[] = [
    ['blobs', 'HEXBIRD_BUCKET'],
    ['labeler', 'HEXBIRD_BUCKET'],
    ['inbox', 'HEXBIRD_EVENTS_QUEUE_URL'],
    ['signIn', 'parameter consumer-key'],
    ['userActions', 'parameter consumer-key'],
    ['social', 'parameter consumer-key'],
    ['mentions', 'parameter consumer-key'],
  ]
  test.each(needs)('%s says that it needs %s', async (name, what) => {
    const error = await refusal(createWiring(BARE).ports(name))
    expect(error).toBeInstanceOf(SettingsError)
    expect((error as SettingsError).message).toBe(
      `The function webhook uses an adapter that needs ${what}, which it was not given.`,
    )
  })

  test.each(EVERY.filter((name) => !needs.some(([needy]) => needy === name)))('%s needs no setting', async (name) => {
    await expect(createWiring(BARE).ports(name)).resolves.toBeDefined()
  })

  test.each(['consumer-key', 'consumer-secret', 'access-token', 'access-secret'])(
    'posting needs %s',
    async (missing) => {
      const parameters = Object.fromEntries(Object.entries(ALL.parameters).filter(([name]) => name !== missing))
      const error = await refusal(createWiring({ ...ALL, parameters }).ports('social'))
      expect((error as Error).message).toContain(`needs parameter ${missing}, which`)
    },
  )

  test('a port that was refused is refused again, and another is made all the same', async () => {
    const wiring = createWiring({ ...BARE, environment: { HEXBIRD_BUCKET: 'a-bucket' } })
    for (const _ of [1, 2]) expect(await refusal(wiring.ports('inbox', 'blobs'))).toBeInstanceOf(SettingsError)
    await expect(wiring.ports('blobs')).resolves.toBeDefined()
  })

  test('a stage without jobs and sign-in holds nothing of them, and asks AWS for nothing of them', async () => {
    const settings: AnySettings = { ...BARE, function: 'admin', without: ['jobs', 'sign-in'] }
    const { blobs, accounts, sessions } = await createWiring(settings).ports('blobs', 'accounts', 'sessions')
    expect(await blobs.get('jobs/1/2.json')).toBeUndefined()
    expect(await accounts.find('1')).toBeUndefined()
    for (const removal of [blobs.removeAll('photos/'), accounts.removeAll(), sessions.removeAll()]) {
      await expect(removal).resolves.toBeUndefined()
    }
  })

  test('without keys an account can be neither sealed nor opened', async () => {
    const { accounts, sessions } = await createWiring({ ...BARE, function: 'tweets' }).ports('accounts', 'sessions')
    const person = { uid: '1', username: 'ada', accessToken: 't', accessSecret: 's', signedInAt: 0, tracked: {} }
    const error = await refusal(accounts.put(person))
    expect(error).toEqual(new SettingsError('The function tweets was not given secret-box-keys.'))
    expect(sessions).toBeDefined()
  })

  test.each(Object.keys(FUNCTIONS) as FunctionName[])('%s is given all that its ports need', async (name) => {
    const value: Readonly<Record<string, string>> = {
      HEXBIRD_STAGE: 'staging',
      HEXBIRD_BOT_ID: '1',
      HEXBIRD_BOT_USERNAME: 'bot',
      HEXBIRD_BUCKET: 'staging-hexbird-photos',
      HEXBIRD_EVENTS_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/123456789012/events',
      HEXBIRD_JOBS_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/123456789012/jobs',
      HEXBIRD_ORIGIN: 'https://bot.example',
      HEXBIRD_FOLLOW: 'link',
      HEXBIRD_MESSAGE: 'link',
      HEXBIRD_PRIVACY_POLICY_URL: 'https://bot.example/privacy',
    }
    const settings = await readSettings(name, value, async (path) =>
      path.endsWith('/secret-box-keys') ? formatKey(newKey('first')) : 'a-value',
    )
    await expect(createWiring(settings).ports(...ASKED[name])).resolves.toBeDefined()
  })
})
