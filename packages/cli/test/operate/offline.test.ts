import { Agent } from 'node:http'
import { connect, type Socket } from 'node:net'
import { XError } from '@hexbird/adapters-x'
import { expect, test } from '@jest/globals'
import { checkX } from '../../src/operate/doctor/x-checks.js'
import type { SettingName, Settings } from '../../src/operate/settings.js'
import { unreachable } from '../../src/operate/unreachable.js'
import { tryKeys } from '../../src/setup/try-keys.js'

/** A way to X on a machine without a network. */
class OfflineAgent extends Agent {
  constructor() {
    super()
    Object.assign(this, { protocol: 'https:', defaultPort: 443 })
  }

  override createConnection(): Socket {
    const error = Object.assign(new Error('getaddrinfo ENOTFOUND api.x.com'), { code: 'ENOTFOUND' })
    return connect({ host: 'api.x.com', port: 443, lookup: (_host, _options, callback) => callback(error, []) })
  }
}

const x = { agent: new OfflineAgent(), local: undefined, browserUrl: (page: string) => page }
const KEYS = {
  HEXBIRD_CONSUMER_KEY: 'key',
  HEXBIRD_CONSUMER_SECRET: 'a-consumer-secret',
  HEXBIRD_ACCESS_TOKEN: '7-an-access-token',
  HEXBIRD_ACCESS_SECRET: 'an-access-secret',
  HEXBIRD_BEARER_TOKEN: 'a-bearer-token',
  HEXBIRD_WEBHOOK_URL: 'https://bot.example/hook',
}
const settings: Settings = {
  file: undefined,
  localX: undefined,
  isFileOpen: false,
  find: (name) => KEYS[name as keyof typeof KEYS],
  need: (...names) =>
    Object.fromEntries(names.map((name) => [name, KEYS[name as keyof typeof KEYS]])) as Record<SettingName, string>,
}
const NO_NETWORK = 'This machine has no network. Check the network connection, and try again.'

test('setup without a network says so, and blames no key', async () => {
  const { findings, wrong, isUsable } = await tryKeys({ ...KEYS }, x)
  expect(findings[0]).toMatchObject({ check: 'app keys', status: 'fail', todo: NO_NETWORK })
  expect([findings.filter(({ status }) => status === 'fail').length, wrong, isUsable]).toEqual([1, [], false])
})

test('the doctor without a network says so, and does not say that X refuses anything', async () => {
  const findings = await checkX(settings, x, 'webhook', Date.now())
  const failed = findings.filter(({ status }) => status === 'fail')
  expect(failed.map(({ todo }) => todo)).toEqual(failed.map(() => NO_NETWORK))
  expect(findings.find(({ check }) => check === 'permissions')).toMatchObject({ detail: 'X does not answer' })
  expect(findings.map(({ detail }) => detail).join('\n')).not.toMatch(/not (?:take|accept)/)
})

test('an X that does not answer is named with what to do, unless something else is the matter', async () => {
  const told = async (message: string, options = {}) =>
    (await unreachable(new XError('X_UNREACHABLE', message), { settings: '/dev/null', ...options }))?.message
  expect(await told('ECONNREFUSED.')).toBe(
    'X does not answer: ECONNREFUSED. Try again later; see https://docs.x.com/status.',
  )
  const local = { x: 'http://127.0.0.1:4000' }
  expect(await told('ECONNRESET', local)).toBe('X does not answer at http://127.0.0.1:4000: ECONNRESET. Try again.')
  expect(await told('ECONNREFUSED', local)).toMatch(/ local-x --port 4000 --env \/dev\/null$/)
  expect(await told('X answered 503.', local)).toBeUndefined()
  expect(await told('ECONNREFUSED', { stage: 'production' })).toBeUndefined()
  expect(await unreachable(new XError('X_UNAUTHORIZED', 'ECONNREFUSED'), local)).toBeUndefined()
})
