import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '@hexbird/adapters-sqlite'
import { defaultLimits, selfServe2026 } from '@hexbird/core'
import { idOfTime } from '@hexbird/core/adapter'
import { sweepCharges } from '@hexbird/core/host'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { limitsFinding, pricesFinding } from '../../src/operate/doctor/doctor.js'
import type { Finding } from '../../src/operate/doctor/finding.js'
import { checkMachine, freeFinding, machineOf } from '../../src/operate/doctor/machine-checks.js'
import type { Settings } from '../../src/operate/settings.js'
import type { IngressName } from '../../src/run/ingress-names.js'

const NOW = Date.parse('2026-11-29T12:00:00Z')
const MINUTE = 60_000
const STATUS_TOKEN = { HEXBIRD_STATUS_TOKEN: 'a-token-of-thirty-two-characters' }

let folder: string
let store: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hexbird-'))
  store = join(folder, 'hexbird.sqlite')
})
afterEach(() => rm(folder, { recursive: true }))

async function made(botId = '7', polled?: number) {
  const opened = openStore(store)
  await opened.ports.killSwitch.claimStore(botId)
  await opened.ports.cursor.advance({ id: idOfTime(NOW - MINUTE), seen: [] })
  if (polled !== undefined) opened.marks.put('polled', polled)
  opened.close()
}

const look = () => checkMachine({ store, botId: '7' }, NOW)
const found = async (check: string) => (await look()).find((finding) => finding.check === check)
const settingsWith = (values: Partial<Record<string, string>>): Settings => ({
  file: undefined,
  localX: undefined,
  isFileOpen: false,
  find: (name) => values[name],
  need: () => {
    throw new Error('Nothing is needed.')
  },
})

describe('the doctor of a bot on one machine', () => {
  test('finds nothing to mend in a healthy store', async () => {
    await made('7', NOW - MINUTE)
    const findings = await look()
    // How much room there is, is a matter of this machine.
    expect(findings.map(({ check, status }) => [check, check === 'disk' ? 'any' : status])).toEqual([
      ['store', 'ok'],
      ["the store's bot", 'ok'],
      ['store file', 'ok'],
      ['disk', 'any'],
      ['posting', 'ok'],
      ['last poll', 'ok'],
      ['dead letters', 'ok'],
    ])
    expect(findings.map(({ detail }) => detail)).toEqual([
      `${store} is intact, version 2`,
      '7',
      'only its owner can read it',
      expect.stringMatching(/^[\d,]+ MB free$/),
      'allowed',
      '1 minute ago; the newest mention that it found is from 2026-11-29T11:59:00.000Z',
      'none',
    ])
  })

  test('says where there is none yet', async () => {
    expect(await found('store')).toMatchObject({ status: 'skipped', detail: expect.stringContaining('hexbird run') })
  })

  test.each<[string, () => Promise<void>, string, Finding['status']]>([
    ['is damaged', async () => writeFile(store, 'no store '.repeat(200), { mode: 0o600 }), 'store', 'fail'],
    ['is of another bot', () => made('8'), "the store's bot", 'fail'],
    ['can be read by others', () => made().then(() => chmod(store, 0o644)), 'store file', 'fail'],
    ['was polled for long ago', () => made('7', NOW - 16 * MINUTE), 'last poll', 'warn'],
    ['does not say when it was polled for', () => made(), 'last poll', 'skipped'],
  ])('finds a store that %s', async (_, make, check, status) => {
    await make()
    expect(await found(check)).toMatchObject({ status })
  })

  test.each([
    [0, 'less than a minute ago'],
    [MINUTE, '1 minute ago'],
    [2 * MINUTE, '2 minutes ago'],
  ])('says that a poll %i ms ago was %s, and that it has found no mention yet', async (ago, words) => {
    const opened = openStore(store)
    opened.marks.put('polled', NOW - ago)
    opened.close()
    expect(await found('last poll')).toMatchObject({
      status: 'ok',
      detail: `${words}; it has found no mention yet`,
    })
  })

  test('warns that posting is stopped, says how to resume, and that no mentions are listed until then', async () => {
    await made('7', NOW - 16 * MINUTE)
    const opened = openStore(store)
    await opened.ports.killSwitch.trip('paused: away', Date.parse('2026-11-28T19:56:30Z'))
    opened.close()
    expect(await found('posting')).toMatchObject({
      status: 'warn',
      detail: 'stopped since 2026-11-28 19:56 UTC (paused: away)',
      todo: expect.stringMatching(
        /^Resolve the cause \(with X, if X stopped it\)\. To resume: .+ resume --store .+hexbird\.sqlite$/,
      ),
    })
    const poll = await found('last poll')
    expect(poll).toMatchObject({
      status: 'skipped',
      detail: expect.stringMatching(/^16 minutes ago; .+; no mentions are listed until the bot is resumed$/),
    })
    expect(poll?.todo).toBeUndefined()
  })

  test('warns of refusals without a reason before the bot stops', async () => {
    await made()
    const opened = openStore(store)
    await opened.ports.killSwitch.strike('11')
    opened.close()
    expect(await found('posting')).toMatchObject({ status: 'warn', detail: expect.stringContaining('replies to 11') })
  })

  test.each<[IngressName, string]>([
    ['poll', 'about 384 photos at $0.013 each'],
    ['stream', 'about 277 photos at $0.018 each'],
    ['webhook', 'about 277 photos at $0.018 each'],
  ])('says how many photos the budget is for by %s, as docs/costs.md does', async (ingress, photos) => {
    const { detail } = await limitsFinding(settingsWith({}), ingress, undefined, NOW)
    expect(detail).toContain(`stops at $5.00 a day (${photos})`)
  })

  const TURN_ON = 'set HEXBIRD_STATUS_PORT and HEXBIRD_STATUS_TOKEN, and restart the bot.'
  test.each<[string, Record<string, string>, string]>([
    ['off', {}, `The status page shows the errors and retries: ${TURN_ON}`],
    ['half set', { HEXBIRD_STATUS_PORT: '9321' }, `The status page shows the errors and retries: ${TURN_ON}`],
    [
      'on',
      { HEXBIRD_STATUS_PORT: '9321', ...STATUS_TOKEN },
      'See the errors and retry at http://127.0.0.1:9321/status.',
    ],
    [
      'on, at any free port',
      { HEXBIRD_STATUS_PORT: '0', ...STATUS_TOKEN },
      "See the errors and retry on the status page. The bot's log has its address.",
    ],
  ])('counts the dead letters, and says where to retry them if the status page is %s', async (_, settings, where) => {
    await made()
    const opened = openStore(store)
    const queue = opened.queue<string>('jobs', { maxReceives: 1 })
    queue.consume(() => Promise.reject(new Error('broken')))
    await queue.put(['a job'])
    await queue.idle()
    opened.close()
    const machine = machineOf(settingsWith({ HEXBIRD_STORE: store, ...settings }))
    const findings = machine && (await checkMachine(machine, NOW))
    expect(findings?.find(({ check }) => check === 'dead letters')).toEqual({
      check: 'dead letters',
      status: 'warn',
      detail: '1 event or job failed five times',
      todo: `${where} Retry within a day: the bot does not answer older tweets.`,
    })
  })

  test('adds what is spent today to the limits, if it can read the store', async () => {
    const budgetOf = async (path: string | undefined) =>
      (await limitsFinding(settingsWith({}), 'poll', path, NOW)).detail
    const alone = await budgetOf(undefined)
    expect(alone).toContain('stops at $5.00 a day')
    expect(alone).not.toContain('today')
    expect(await budgetOf(store)).toBe(alone)
    const opened = openStore(store, { now: () => NOW })
    await opened.ports.budget.reserve(sweepCharges('page', 5_000, defaultLimits, NOW), NOW)
    opened.close()
    expect(await budgetOf(store)).toContain('$0.005 is spent or reserved today, $0.005 of it for listing mentions')
    await writeFile(store, 'no store '.repeat(200))
    expect(await budgetOf(store)).toBe(alone)
  })

  test.each([
    [0, '0 days old'],
    [1, '1 day old'],
    [2, '2 days old'],
  ])('says of prices that are %i days old that they are %s', (days, words) => {
    const { detail } = pricesFinding(Date.parse(selfServe2026.asOf) + days * 24 * 60 * MINUTE)
    expect(detail).toContain(words)
  })

  test('knows a disk that is nearly full, and one that is full', () => {
    const statuses = [2_000_000_000, 999_000_000, 99_000_000, undefined].map((free) => freeFinding('disk', free).status)
    expect(statuses).toEqual(['ok', 'warn', 'fail', 'skipped'])
  })

  test('looks at a bot of `hexbird run` alone', () => {
    expect(machineOf(settingsWith({}))).toBeUndefined()
    expect(machineOf(settingsWith({ HEXBIRD_INGRESS: 'webhook' }))).toMatchObject({ store: 'hexbird.sqlite' })
    expect(machineOf(settingsWith({ HEXBIRD_STORE: store, HEXBIRD_ACCESS_TOKEN: '7-token' }))).toEqual({
      store,
      botId: '7',
    })
  })
})
