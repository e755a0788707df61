import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hexbird, type Ran } from '@hexbird/testkit/hexbird'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { pricesFinding } from '../../src/operate/doctor/doctor.js'
import { challengeFinding } from '../../src/operate/doctor/endpoint-checks.js'
import type { Finding } from '../../src/operate/doctor/finding.js'
import { clockFinding, permissionFinding } from '../../src/operate/doctor/x-checks.js'
import { LOCAL_X_FILE } from '../../src/operate/settings.js'
import { type EndpointOptions, startEndpoint } from './endpoints.js'
import { type Operated, operated, secretsShown } from './local.js'

let bot: Operated
let folder: string
beforeAll(async () => {
  bot = await operated()
  folder = await mkdtemp(join(tmpdir(), 'hexbird-'))
})
afterAll(async () => {
  await bot.close()
  await rm(folder, { recursive: true })
})

const findingsOf = (ran: Ran) => ran.json().findings as readonly Finding[]

/** How long a right answer took is a matter of this machine. */
const isTimed = ({ detail }: Finding) => detail.startsWith('answered correctly')

/** The checks that came out so. */
const those = (ran: Ran, status: Finding['status']) =>
  findingsOf(ran)
    .filter((finding) => (isTimed(finding) ? 'ok' : finding.status) === status)
    .map(({ check }) => check)

const found = (ran: Ran, check: string) => findingsOf(ran).find((finding) => finding.check === check)

describe('hexbird doctor', () => {
  test('finds nothing to mend in a healthy bot, and shows no secret', async () => {
    const ran = await bot.run(['doctor'])
    expect(those(ran, 'fail')).toEqual([])
    expect(those(ran, 'warn')).toEqual([])
    expect(those(ran, 'skipped')).toEqual([])
    expect(those(ran, 'ok')).toEqual([
      'settings',
      'clock',
      "the bot's account",
      'permissions',
      'Bearer token',
      'webhook at X',
      'subscriptions',
      'credits',
      'challenge (CRC)',
      'signed delivery',
      'forged deliveries',
      'signing oracle',
      'budget',
      'prices',
    ])
    expect(ran.code).toBe(0)
    expect(secretsShown(ran, bot)).toEqual([])
  })

  test('leaves nothing behind: no tweet, no reply, no outcome', async () => {
    const before = [bot.x.tweets().length, bot.x.outcomes().length]
    await bot.run(['doctor'])
    await bot.idle()
    expect([bot.x.tweets().length, bot.x.outcomes().length]).toEqual(before)
  })

  test('says each thing on a line for people, with what to do under it', async () => {
    const { HEXBIRD_BEARER_TOKEN: _, ...env } = bot.env
    const ran = await hexbird(['doctor'], env)
    expect(ran.stdout).toMatch(/^FAIL {4}settings: missing: HEXBIRD_BEARER_TOKEN\n {8}→ Put it into/)
    expect(ran.stdout).toMatch(/\nok {6}forged deliveries: all 5 refused\n/)
    expect(ran.stdout).toMatch(/\n\d+ ok, \d warnings?, \d failures?, \d skipped\n$/)
    expect(ran.code).toBe(1)
  })

  test('says where to check a bot whose keys are a local X’s', async () => {
    const file = join(folder, 'local.env')
    const { HEXBIRD_LOCAL_X: _, ...keys } = bot.env
    await writeFile(file, `${LOCAL_X_FILE.firstLine}\n${LOCAL_X_FILE.usage}${bot.x.url}\n`, { mode: 0o600 })
    const ran = await hexbird(['doctor', '--settings', file, '--json'])
    expect(found(ran, 'settings')).toMatchObject({
      status: 'fail',
      todo: expect.stringContaining(`pass --x ${bot.x.url}`),
    })
    expect(found(await hexbird(['doctor', '--settings', file, '--json'], keys), "the bot's account")).toBeUndefined()
    const there = await hexbird(['doctor', '--settings', file, '--x', bot.x.url, '--json'], keys)
    expect(found(there, 'settings')?.status).toBe('ok')
    const noKeys = await hexbird(['doctor', '--settings', file, '--x', bot.x.url, '--json'])
    const start = `local-x --port ${new URL(bot.x.url).port} --env ${file}`
    expect(found(noKeys, 'settings')).toMatchObject({ status: 'fail', todo: expect.stringContaining(start) })
    const wrongKeys = { ...keys, HEXBIRD_ACCESS_SECRET: 'wrong', HEXBIRD_CONSUMER_SECRET: 'wrong' }
    const wrong = await hexbird(['doctor', '--settings', file, '--x', bot.x.url, '--json'], wrongKeys)
    const away = await hexbird(['doctor', '--settings', file, '--x', 'http://127.0.0.1:9', '--json'], keys)
    for (const check of ["the bot's account", 'Bearer token']) {
      expect(found(wrong, check)).toMatchObject({ status: 'fail', todo: expect.stringContaining(start) })
      expect(found(away, check)?.todo).toContain(`local-x --port 9 --env ${file}`)
    }
    // What changes or lists something at X finds the local X by itself.
    expect((await hexbird(['subscriptions', '--settings', file], keys)).code).toBe(0)
  })

  test('checks no more than the way in needs by which tweets reach the bot', async () => {
    const streaming = await operated({ dialects: [] })
    try {
      const { HEXBIRD_WEBHOOK_URL: _, HEXBIRD_BEARER_TOKEN: bearer = '', ...keys } = streaming.env
      const polls = await hexbird(['doctor', '--json'], keys)
      expect([those(polls, 'fail'), found(polls, 'settings')?.status]).toEqual([[], 'ok'])
      expect(found(polls, 'subscriptions')?.detail).toBe('the bot polls X for mentions')
      const streams = { ...keys, HEXBIRD_BEARER_TOKEN: bearer, HEXBIRD_INGRESS: 'stream' }
      expect(those(await hexbird(['doctor', '--json'], streams), 'fail')).toEqual(['subscriptions'])
      await hexbird(['subscribe', '--stream'], streams)
      const ran = await hexbird(['doctor', '--json'], streams)
      expect([those(ran, 'fail'), found(ran, 'subscriptions')?.status]).toEqual([[], 'ok'])
    } finally {
      await streaming.close()
    }
  })

  test('of a bot that has left its webhook leaves the webhook alone, and warns of what X still delivers there', async () => {
    const left = await operated()
    try {
      const away = { HEXBIRD_WEBHOOK_URL: 'http://127.0.0.1:1024/webhook' }
      const ran = await left.run(['doctor'], { ...away, HEXBIRD_INGRESS: 'stream' })
      expect(found(ran, 'webhook')).toMatchObject({ status: 'skipped', detail: "the bot reads X's activity stream" })
      const id = left.x.webhooks()[0]?.id ?? ''
      expect(findingsOf(ran)).toContainEqual({
        check: 'subscriptions',
        status: 'warn',
        detail: `X also delivers mentions to webhook ${id}, and may bill them twice`,
        todo: `Run \`hexbird webhook delete ${id} --x ${left.x.url}\`.`,
      })
      const polls = await left.run(['doctor'], { ...away, HEXBIRD_INGRESS: 'poll' })
      expect([those(polls, 'fail'), found(polls, 'webhook')?.status]).toEqual([[], 'skipped'])
      for (const words of [
        ['webhook', 'delete', id, '--yes'],
        ['subscribe', '--stream'],
      ])
        await left.run(words)
      const mended = await left.run(['doctor'], { ...away, HEXBIRD_INGRESS: 'stream' })
      expect([those(mended, 'fail'), those(mended, 'warn')]).toEqual([[], []])
    } finally {
      await left.close()
    }
  })

  test('says where the bot stops with its settings, and that a limit is none', async () => {
    const ran = await bot.run(['doctor'], { HEXBIRD_LIMIT_PER_DAY: '7' })
    expect(found(ran, 'budget')?.detail).toContain('stops at $7.00 a day')
    const wrong = await bot.run(['doctor'], { HEXBIRD_LIMIT_PER_DAY: 'much' })
    expect(found(wrong, 'budget')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('HEXBIRD_LIMIT_PER_DAY'),
    })
  })

  test('without any settings says which, and skips the rest', async () => {
    const ran = await hexbird(['doctor', '--json'])
    expect(ran.code).toBe(1)
    expect(those(ran, 'fail')).toEqual(['settings'])
    expect(ran.stderr).not.toMatch(/\n\s+at /)
  })
})

describe('each sickness of a webhook is found:', () => {
  const asked = async (options: Omit<EndpointOptions, 'secret'>, secret = bot.env.HEXBIRD_CONSUMER_SECRET ?? '') => {
    const endpoint = await startEndpoint({ secret, ...options })
    const ran = await bot.run(['doctor'], { HEXBIRD_WEBHOOK_URL: endpoint.url })
    await endpoint.close()
    // X knows no such webhook, as is right.
    return { ran, sick: those(ran, 'fail').filter((check) => check !== 'webhook at X') }
  }

  test('none in one that does all rightly', async () => {
    const { ran, sick } = await asked({})
    expect([sick, those(ran, 'warn')]).toEqual([[], []])
    expect(found(ran, 'webhook at X')).toMatchObject({ status: 'fail', todo: expect.stringContaining('register') })
  })

  test.each<[string, Omit<EndpointOptions, 'secret'>, string[]]>([
    ['it takes whatever comes', { delivered: () => ({ status: 200 }) }, ['forged deliveries']],
    [
      'it takes what has no signature',
      { delivered: (body, given, sign) => ({ status: given === undefined || given === sign(body) ? 200 : 401 }) },
      ['forged deliveries'],
    ],
    [
      'it compares as much as is there',
      {
        delivered: (body, given, sign) => ({ status: given !== undefined && sign(body).startsWith(given) ? 200 : 401 }),
      },
      ['forged deliveries'],
    ],
    [
      'it looks at the form of a signature alone',
      { delivered: (_, given) => ({ status: given?.length === 51 ? 200 : 401 }) },
      ['forged deliveries'],
    ],
    ['it takes nothing', { delivered: () => ({ status: 401 }) }, ['signed delivery']],
    [
      'it checks the bytes after parsing them',
      {
        delivered: (body, given, sign) => ({
          // The tutorial's way: what was parsed is written anew. Bytes beside it are not seen.
          status: [sign(body), sign(`${JSON.stringify(JSON.parse(body))} `)].includes(given ?? '') ? 200 : 401,
        }),
      },
      ['forged deliveries'],
    ],
    [
      'it signs whatever it is asked to',
      { challenged: ([token = ''], sign) => ({ status: 200, body: JSON.stringify({ response_token: sign(token) }) }) },
      ['signing oracle'],
    ],
    [
      'it signs a delivery with a blank before it',
      {
        challenged: ([token = ''], sign) =>
          token.startsWith('{')
            ? { status: 400 }
            : { status: 200, body: JSON.stringify({ response_token: sign(token) }) },
      },
      ['signing oracle'],
    ],
    ['it does not answer challenges', { challenged: () => ({ status: 404 }) }, ['challenge (CRC)']],
    ['it leads challenges elsewhere', { challenged: () => ({ status: 301, location: '/' }) }, ['challenge (CRC)']],
    ['it answers without a token', { challenged: () => ({ status: 200, body: 'OK' }) }, ['challenge (CRC)']],
  ])('%s', async (_, options, sickness) => {
    const { ran, sick } = await asked(options)
    expect(sick).toEqual(sickness)
    expect(ran.code).toBe(1)
    for (const check of sick) expect(found(ran, check)?.todo).toMatch(/\w/)
  })

  test('it breaks over a signature', async () => {
    const { ran } = await asked({
      delivered: (body, given, sign) => ({ status: given === sign(body) ? 200 : given?.length === 51 ? 401 : 500 }),
    })
    expect(found(ran, 'forged deliveries')).toMatchObject({
      status: 'warn',
      detail: expect.stringMatching(/no signature \(500\), a short signature \(500\)/),
    })
  })

  test('it has another secret', async () => {
    const { ran, sick } = await asked({}, 'another-secret')
    expect(sick).toEqual(['challenge (CRC)', 'signed delivery'])
    expect(found(ran, 'challenge (CRC)')).toMatchObject({ todo: expect.stringContaining('a different secret') })
  })

  test('it still answers with the older secret', async () => {
    const { HEXBIRD_CONSUMER_SECRET: newest = '' } = bot.env
    const endpoint = await startEndpoint({ secret: 'older' })
    const env = { HEXBIRD_WEBHOOK_URL: endpoint.url, HEXBIRD_CONSUMER_SECRET: `${newest}, older` }
    const ran = await bot.run(['doctor'], env)
    await endpoint.close()
    expect(found(ran, 'challenge (CRC)')).toMatchObject({
      status: 'fail',
      todo: expect.stringContaining('older secret'),
    })
    expect(those(ran, 'warn')).toContain('rotation')
  })

  test('it answers with the consumer secret where the app has a client secret', async () => {
    const ran = await bot.run(['doctor'], { HEXBIRD_CLIENT_SECRET: 'client-secret' })
    expect(found(ran, 'challenge (CRC)')).toMatchObject({ todo: expect.stringContaining('OAuth 2.0 client secret') })
  })

  test('it is away', async () => {
    const ran = await bot.run(['doctor'], { HEXBIRD_WEBHOOK_URL: 'http://127.0.0.1:1024/webhook' })
    expect(found(ran, 'challenge (CRC)')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('ECONNREFUSED'),
    })
    expect(those(ran, 'skipped')).toContain('signing oracle')
  })

  test('it is slow', () => {
    const statuses = [10, 1001, 3001].map((elapsedMs) => challengeFinding({ kind: 'right', elapsedMs }).status)
    expect(statuses).toEqual(['ok', 'warn', 'fail'])
  })
})

describe('each sickness at X is found:', () => {
  test.each<[string, Record<string, string>, string[]]>([
    ['X is away', { HEXBIRD_LOCAL_X: 'http://127.0.0.1:9' }, ["the bot's account", 'Bearer token', 'webhook at X']],
    ['wrong keys', { HEXBIRD_CONSUMER_KEY: 'wrong' }, ["the bot's account", 'Bearer token']],
    ['a wrong access token', { HEXBIRD_ACCESS_SECRET: 'wrong' }, ["the bot's account"]],
    ['a Bearer token that is none', { HEXBIRD_BEARER_TOKEN: 'AAAAwrong' }, ['Bearer token', 'webhook at X']],
  ])('%s', async (_, env, sickness) => {
    const ran = await bot.run(['doctor'], env)
    expect(those(ran, 'fail')).toEqual(sickness)
    expect(ran.code).toBe(1)
    expect(secretsShown(ran, bot)).toEqual([])
  })

  test('no credits', async () => {
    bot.x.setCredits(0)
    const ran = await bot.run(['doctor'])
    bot.x.setCredits(undefined)
    expect(found(ran, 'credits')).toMatchObject({ status: 'fail', todo: expect.stringContaining('Buy credits') })
  })

  test('a webhook that X takes for invalid, without subscriptions', async () => {
    const sick = await operated({ dialects: [], localX: { webhookQuota: { webhooks: 2, subscriptions: 3 } } })
    let isWell = true
    const secret = sick.env.HEXBIRD_CONSUMER_SECRET ?? ''
    const challenged = ([token = '']: readonly string[], sign: (message: string) => string) => ({
      status: 200,
      body: JSON.stringify({ response_token: isWell ? sign(token) : 'sha256=' }),
    })
    const endpoint = await startEndpoint({ secret, challenged })
    await sick.run(['webhook', 'register', endpoint.url])
    isWell = false
    await sick.x.checkWebhook(sick.x.webhooks().find(({ url }) => url === endpoint.url)?.id ?? '')
    const ran = await sick.run(['doctor'], { HEXBIRD_WEBHOOK_URL: endpoint.url })
    expect(found(ran, 'webhook at X')).toMatchObject({ status: 'fail', detail: expect.stringContaining('invalid') })
    expect(found(ran, 'subscriptions')).toMatchObject({
      status: 'fail',
      todo: `Run \`hexbird subscribe --x ${sick.x.url}\`.`,
    })
    await Promise.all([sick.close(), endpoint.close()])
  })

  test('subscriptions that leave something out', async () => {
    const sick = await operated({ dialects: [] })
    await sick.run(['subscribe', '--event', 'post.mention.create'])
    expect(found(await sick.run(['doctor']), 'subscriptions')).toMatchObject({
      status: 'warn',
      detail: 'missing: post.quote.create',
    })
    await sick.close()
  })

  test('tokens that may do too little', () => {
    const known = { kind: 'known', id: '1', username: 'bot' } as const
    const levels = ['read', 'read-write', 'read-write-directmessages'] as const
    const statuses = levels.map((access) => permissionFinding({ ...known, access }).status)
    expect(statuses).toEqual(['fail', 'warn', 'ok'])
    expect(permissionFinding(known).status).toBe('skipped')
  })

  test('both dialects at once', async () => {
    const both = await operated({ dialects: ['x-activity', 'account-activity'] })
    const ran = await both.run(['doctor'])
    expect(found(ran, 'subscriptions')).toMatchObject({ status: 'warn', todo: expect.stringContaining('twice') })
    await both.close()
  })

  test('clocks that are apart', () => {
    const now = Date.parse('2026-11-23T12:00:00Z')
    const statuses = [0, 59, -61, 299, -301].map((seconds) => clockFinding(now + seconds * 1000, now).status)
    expect(statuses).toEqual(['ok', 'ok', 'warn', 'warn', 'fail'])
    expect(clockFinding(now - 301_000, now).detail).toBe("301 s ahead of X's")
    expect(clockFinding(undefined, now).status).toBe('skipped')
  })
})

test('prices that are old are worth a look', () => {
  expect(pricesFinding(Date.parse('2026-11-28T00:00:00Z')).status).toBe('ok')
  expect(pricesFinding(Date.parse('2027-06-01T00:00:00Z'))).toMatchObject({ status: 'warn' })
})

test('a settings file that others can read is told', async () => {
  const path = join(folder, '.env')
  await writeFile(path, `HEXBIRD_BEARER_TOKEN=${bot.env.HEXBIRD_BEARER_TOKEN}\n`)
  await chmod(path, 0o644)
  expect(found(await bot.run(['doctor', '--settings', path]), 'settings file')).toMatchObject({ status: 'warn' })
  await chmod(path, 0o600)
  expect(found(await bot.run(['doctor', '--settings', path]), 'settings file')).toBeUndefined()
})

test.each(['http://bot.example/webhook', 'ftp://127.0.0.1/', 'bot.example'])(
  'a webhook at %s is a mistake',
  async (url) => {
    const ran = await bot.run(['doctor'], { HEXBIRD_WEBHOOK_URL: url })
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('https')])
  },
)
