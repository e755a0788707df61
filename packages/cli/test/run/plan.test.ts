import { formatKey, newKey } from '@hexbird/secret-box'
import { describe, expect, test } from '@jest/globals'
import type { SettingName, Settings } from '../../src/operate/settings.js'
import { type PlanOptions, planOf } from '../../src/run/plan.js'

const KEYS = {
  HEXBIRD_CONSUMER_KEY: 'key',
  HEXBIRD_CONSUMER_SECRET: 'new-secret, old-secret',
  HEXBIRD_ACCESS_TOKEN: '42-token',
  HEXBIRD_ACCESS_SECRET: 'access-secret',
}
const SIGN_IN = {
  HEXBIRD_ORIGIN: 'https://bot.example',
  HEXBIRD_PRIVACY_POLICY_URL: 'https://bot.example/privacy',
  HEXBIRD_COOKIE_KEYS: 'c'.repeat(32),
  HEXBIRD_SECRET_BOX_KEYS: formatKey(newKey('2026-11')),
}

type Values = Readonly<Partial<Record<SettingName, string>>>

function plan(values: Values, options: PlanOptions = {}, localX?: string) {
  const need = () => values as Record<SettingName, string>
  const settings: Settings = { file: '.env', localX, isFileOpen: false, find: (name) => values[name], need }
  return planOf(settings, options)
}

function faultsOf(values: Values, options?: PlanOptions): string {
  try {
    plan(values, options)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

test('with the keys alone it polls, keeps everything in hexbird.sqlite, and serves nothing', () => {
  expect(plan(KEYS)).toMatchObject({
    credentials: { consumerKey: 'key', consumerSecret: 'new-secret', accessToken: '42-token' },
    botId: '42',
    username: undefined,
    store: 'hexbird.sqlite',
    ingress: 'poll',
    every: undefined,
    address: undefined,
    signIn: undefined,
    x: { agent: undefined },
  })
})

test('the keys of a local X are not tried at X', () => {
  const address = 'http://127.0.0.1:4000'
  expect(() => plan(KEYS, {}, address)).toThrow(`The keys in .env are for a local X. Pass --x ${address}`)
  expect(plan(KEYS, { x: address }, address).x.local).toBe(address)
})

test('missing keys are named with the command that gets them', () => {
  expect(faultsOf({})).toMatch(/To enter the keys: \S.* setup$/)
  const local = faultsOf({}, { x: 'http://127.0.0.1:4000' })
  expect(local).toMatch(/pass --settings <file>\. To get new ones: \S.* local-x --port 4000 --env \.env$/)
  expect(faultsOf({ ...KEYS, HEXBIRD_INGRESS: 'none' })).not.toMatch(/To (enter|get)/)
})

test('limits are those that were set, in dollars', () => {
  expect(plan(KEYS).limits).toEqual({})
  expect(plan({ ...KEYS, HEXBIRD_LIMIT_PER_DAY: '2.50' }).limits).toEqual({ perDay: 2_500_000 })
})

test('flags go before settings', () => {
  const values = { ...KEYS, HEXBIRD_STORE: 'a.sqlite', HEXBIRD_INGRESS: 'poll', HEXBIRD_EVERY: '60', HEXBIRD_PORT: '1' }
  const options = { store: 'b.sqlite', ingress: 'webhook', every: 2, port: 9000, x: 'http://127.0.0.1:4000' } as const
  expect(plan(values)).toMatchObject({ store: 'a.sqlite', every: 60_000, address: { host: '127.0.0.1', port: 1 } })
  expect(plan(values, options)).toMatchObject({
    store: 'b.sqlite',
    ingress: 'webhook',
    every: 2000,
    address: { port: 9000 },
    x: { local: 'http://127.0.0.1:4000' },
  })
})

test('a webhook is served on port 8080 of this machine, and takes what X signs with either of the secrets', () => {
  expect(plan({ ...KEYS, HEXBIRD_CLIENT_SECRET: 'client' }, { ingress: 'webhook' })).toMatchObject({
    address: { host: '127.0.0.1', port: 8080 },
    secrets: { consumerSecrets: ['new-secret', 'old-secret'], clientSecrets: ['client'] },
  })
})

test('the sign-in pages are served if their settings are there', () => {
  expect(plan({ ...KEYS, ...SIGN_IN, HEXBIRD_FOLLOW: 'off' })).toMatchObject({
    address: { port: 8080 },
    signIn: { origin: 'https://bot.example', offers: { follow: 'off', returnTo: [] } },
  })
})

describe('every fault is named at once', () => {
  test('what is missing and what is wrong', () => {
    const values = {
      HEXBIRD_CONSUMER_KEY: 'key',
      HEXBIRD_ACCESS_TOKEN: 'no-token',
      HEXBIRD_INGRESS: 'carrier-pigeon',
      HEXBIRD_EVERY: 'often',
      HEXBIRD_PORT: '65536',
      HEXBIRD_BOT_USERNAME: '@bot',
      HEXBIRD_ORIGIN: 'https://bot.example',
      HEXBIRD_SECRET_BOX_KEYS: 'not-a-key',
      HEXBIRD_MESSAGE: 'loud',
      HEXBIRD_LIMIT_PER_AUTHOR_PER_DAY: 'much',
    }
    const faults = faultsOf(values, { x: 'http://x.example:4000' })
    const named = [
      ...['HEXBIRD_CONSUMER_SECRET', 'HEXBIRD_ACCESS_SECRET', 'HEXBIRD_ACCESS_TOKEN', 'HEXBIRD_INGRESS'],
      ...[
        'HEXBIRD_EVERY',
        'HEXBIRD_PORT',
        'HEXBIRD_BOT_USERNAME',
        'http://x.example:4000',
        'HEXBIRD_PRIVACY_POLICY_URL',
      ],
      ...['HEXBIRD_COOKIE_KEYS', 'HEXBIRD_SECRET_BOX_KEYS', 'HEXBIRD_MESSAGE'],
      'HEXBIRD_LIMIT_PER_AUTHOR_PER_DAY',
    ]
    for (const name of named) expect(faults).toContain(name)
    expect(faults).toContain('.env')
  })

  test('and none of them shows a value', () => {
    const faults = faultsOf({ ...KEYS, HEXBIRD_ACCESS_TOKEN: 'hush', HEXBIRD_SECRET_BOX_KEYS: '2026-11:hush' })
    expect(faults).toContain('HEXBIRD_ACCESS_TOKEN')
    expect(faults).not.toContain('hush')
  })

  test.each(['https://127.0.0.1:4000', 'http://127.0.0.1', 'http://192.168.0.1:4000', 'x'])(
    'a local X is on this machine: %s is none',
    (x) => {
      expect(faultsOf(KEYS, { x })).toContain('local X on this machine')
    },
  )
})

test('the stream needs the Bearer token, and poll does not', () => {
  expect(faultsOf(KEYS, { ingress: 'stream' })).toMatch(/HEXBIRD_BEARER_TOKEN is missing/)
  const values = { ...KEYS, HEXBIRD_INGRESS: 'stream', HEXBIRD_BEARER_TOKEN: 'AAAA' }
  expect(plan(values)).toMatchObject({ ingress: 'stream', bearerToken: 'AAAA', address: undefined })
})

test('the status page is served if it has a port and a token, and one alone is a fault', () => {
  const token = 't'.repeat(32)
  expect(plan(KEYS).status).toBeUndefined()
  const values = { ...KEYS, HEXBIRD_STATUS_PORT: '9000', HEXBIRD_STATUS_TOKEN: token }
  expect(plan(values).status).toEqual({ port: 9000, token })
  expect(faultsOf({ ...KEYS, HEXBIRD_STATUS_PORT: '9000' })).toMatch(/needs both/)
  expect(faultsOf({ ...KEYS, HEXBIRD_STATUS_TOKEN: token })).toMatch(/needs both/)
})
