import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WEBHOOK_PATH } from '@hexbird/http'
import { type LocalX, type LocalXOptions, startLocalX } from '@hexbird/local-x'
import { freePort } from '@hexbird/testkit/free-port'
import { hexbird, type Ran } from '@hexbird/testkit/hexbird'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { parse } from 'dotenv'
import type { Finding } from '../../src/operate/doctor/finding.js'
import { LOCAL_X_FILE } from '../../src/operate/settings.js'

let folder: string
const open: LocalX[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hexbird-'))
})
afterEach(async () => {
  for (const x of open.splice(0)) await x.close()
  await rm(folder, { recursive: true })
})

type Env = Readonly<Record<string, string>>

/** A local X, its keys as the environment has them, and the command. */
async function place(options: LocalXOptions = {}) {
  const x = await startLocalX(options)
  open.push(x)
  const { consumerKey, consumerSecret, accessToken, accessSecret } = x.credentials
  const keys = {
    HEXBIRD_CONSUMER_KEY: consumerKey,
    HEXBIRD_CONSUMER_SECRET: consumerSecret,
    HEXBIRD_ACCESS_TOKEN: accessToken,
    HEXBIRD_ACCESS_SECRET: accessSecret,
  }
  const run = (args: readonly string[] = [], env: Env = keys) =>
    hexbird(['setup', '--x', x.url, '--json', ...args], { TMPDIR: folder, ...env }, folder)
  return { x, keys, run }
}

const here = (name: string) => join(folder, name)
const settings = async (name = '.env') => parse(await readFile(here(name), 'utf8'))
const modeOf = async (name: string) => ((await stat(here(name))).mode & 0o777).toString(8)
const failed = (ran: Ran) =>
  (ran.json().findings as readonly Finding[]).filter(({ status }) => status === 'fail').map(({ check }) => check)

describe('keys that X takes', () => {
  test('are written for their owner alone, with what X tells besides, and are never shown', async () => {
    const { x, keys, run } = await place()
    const ran = await run()
    expect([ran.code, failed(ran)]).toEqual([0, []])
    const { bearerToken } = x.credentials
    const written = {
      ...keys,
      HEXBIRD_BEARER_TOKEN: bearerToken,
      HEXBIRD_BOT_USERNAME: x.bot.username,
      HEXBIRD_INGRESS: 'poll',
    }
    expect(await settings()).toEqual(written)
    expect(ran.json()).toMatchObject({ file: here('.env'), written: Object.keys(written), ingress: 'poll' })
    expect(await modeOf('.env')).toBe('600')
    expect(await readdir(folder)).toEqual(['.env'])
    const top = `${LOCAL_X_FILE.firstLine}\n${LOCAL_X_FILE.usage}${x.url}\nHEXBIRD_`
    expect((await readFile(here('.env'), 'utf8')).startsWith(top)).toBe(true)
    for (const secret of [...Object.values(keys), bearerToken]) expect(ran.stdout + ran.stderr).not.toContain(secret)
  })

  test('are enough to run the doctor', async () => {
    const { x, run } = await place()
    await run()
    const ran = await hexbird(['doctor', '--json'], { TMPDIR: folder, HEXBIRD_LOCAL_X: x.url }, folder)
    expect(failed(ran)).not.toContain("the bot's account")
  })

  test('come from a file or standard input too, whose other settings go along', async () => {
    const { keys, run } = await place()
    const text = Object.entries({ ...keys, HEXBIRD_EVERY: '60', OTHER: 'x' }).map(([name, value]) => `${name}=${value}`)
    await writeFile(here('keys'), text.join('\n'))
    expect((await run(['--from', 'keys', '--env', 'bot.env'], {})).code).toBe(0)
    expect(await settings('bot.env')).toMatchObject({ ...keys, HEXBIRD_EVERY: '60' })
    expect(await settings('bot.env')).not.toHaveProperty('OTHER')
  })

  test('leave the lines and comments of a file as they are, and close it to others', async () => {
    const { keys, run } = await place()
    await writeFile(here('bot.env'), '# mine\nOTHER="a # b" # kept\nexport HEXBIRD_ACCESS_SECRET=old # the secret\n')
    await symlink('bot.env', here('.env'))
    await chmod(here('bot.env'), 0o644)
    expect((await run()).code).toBe(0)
    expect(await readFile(here('bot.env'), 'utf8')).toMatch(
      `# mine\nOTHER="a # b" # kept\nexport HEXBIRD_ACCESS_SECRET=${keys.HEXBIRD_ACCESS_SECRET} # the secret\n`,
    )
    expect(await modeOf('bot.env')).toBe('600')
  })

  test('that are in the file already need not be given again', async () => {
    const { keys, run } = await place()
    await run()
    const again = await run([], {})
    expect([again.code, await settings()]).toMatchObject([0, keys])
  })
})

describe('keys that X does not take', () => {
  test('are not tried if they are of a local X, whose address is said', async () => {
    const { x, keys } = await place()
    const text = Object.entries(keys).map(([name, value]) => `${name}=${value}\n`)
    await writeFile(here('.env'), `${LOCAL_X_FILE.firstLine}\n${LOCAL_X_FILE.usage}${x.url}\n${text.join('')}`)
    const setup = (...args: string[]) => hexbird(['setup', ...args], { TMPDIR: folder }, folder)
    const told = `The keys in .env are for a local X. Pass --x ${x.url}`
    expect(await setup()).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(told) })
    expect((await setup('--x', x.url)).code).toBe(0)
  })

  test('are not tried either if they come from another file', async () => {
    const { x, keys } = await place()
    const text = Object.entries(keys).map(([name, value]) => `${name}=${value}\n`)
    await writeFile(here('local.env'), `${LOCAL_X_FILE.firstLine}\n${LOCAL_X_FILE.usage}${x.url}\n${text.join('')}`)
    const setup = (...args: string[]) => hexbird(['setup', '--from', 'local.env', ...args], { TMPDIR: folder }, folder)
    const told = `The keys in local.env are for a local X. Pass --x ${x.url}, or pass --from with another file to set up a bot on X.`
    expect(await setup()).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(told) })
    expect(await readdir(folder)).toEqual(['local.env'])
    expect((await setup('--x', x.url)).code).toBe(0)
  })

  test.each([
    ['HEXBIRD_CONSUMER_KEY', ['app keys']],
    ['HEXBIRD_CONSUMER_SECRET', ['app keys']],
    ['HEXBIRD_ACCESS_TOKEN', ["the bot's account"]],
    ['HEXBIRD_ACCESS_SECRET', ["the bot's account"]],
  ])('are told by which they are: %s', async (name, checks) => {
    const { keys, run, x } = await place()
    const wrong = name === 'HEXBIRD_ACCESS_TOKEN' ? `${x.bot.id}-wrong` : 'wrong'
    const ran = await run([], { ...keys, [name]: wrong })
    expect([ran.code, failed(ran)]).toEqual([1, checks])
    expect(ran.stderr).toContain('Nothing was written')
    expect(await readdir(folder)).toEqual([])
    for (const secret of Object.values(keys)) expect(ran.stdout + ran.stderr).not.toContain(secret)
  })

  test('include a token of OAuth 2.0, which X is not asked about', async () => {
    const { keys, run, x } = await place()
    const ran = await run([], { ...keys, HEXBIRD_ACCESS_TOKEN: 'bWFkZSB1cA' })
    expect([ran.code, failed(ran)]).toEqual([1, ["the bot's account"]])
    expect(x.bill().total).toBe(0)
  })

  test('and keys that are missing are named, with where they are found', async () => {
    const { keys, x } = await place()
    const env = { TMPDIR: folder, HEXBIRD_LOCAL_X: x.url, HEXBIRD_CONSUMER_KEY: keys.HEXBIRD_CONSUMER_KEY }
    const ran = await hexbird(['setup'], env, folder)
    expect(ran.code).toBe(2)
    expect(ran.stderr).toContain('HEXBIRD_ACCESS_TOKEN  the Access Token: "Keys and tokens"')
    expect(ran.stderr).not.toContain('HEXBIRD_CONSUMER_KEY  ')
  })

  test('and where the keys of a local X are', async () => {
    const { run, x } = await place()
    const start = `local-x --port ${new URL(x.url).port} --env .env`
    const ran = await run([], {})
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining(start) })
    expect(ran.stderr).not.toContain('console.x.com')
  })
})

describe('what else X says', () => {
  test('tokens that may only read are of no use, and nothing is written', async () => {
    const { run } = await place({ access: 'read' })
    const ran = await run()
    expect([ran.code, failed(ran), await readdir(folder)]).toEqual([1, ['permissions'], []])
  })

  test('tokens without messages will do', async () => {
    const { run } = await place({ access: 'read-write' })
    const ran = await run()
    expect(ran.code).toBe(0)
    expect(ran.stderr).toContain('does not see a "stop" sent as a message')
  })

  test('without credits the keys are written, and what is left to do is said', async () => {
    const { x, keys, run } = await place()
    x.setCredits(0)
    const ran = await run()
    expect([ran.code, failed(ran)]).toEqual([1, ['credits']])
    expect(ran.stderr).toContain('Buy credits')
    expect(await settings()).toMatchObject(keys)
  })

  test('an X that does not answer leaves everything as it is', async () => {
    const { keys } = await place()
    const url = `http://127.0.0.1:${await freePort()}`
    const ran = await hexbird(['setup', '--x', url, '--json'], { TMPDIR: folder, ...keys }, folder)
    expect([ran.code, failed(ran), await readdir(folder)]).toEqual([1, ['app keys'], []])
  })
})

test('the stream is subscribed to, without a webhook', async () => {
  const { x, run } = await place()
  const ran = await run(['--ingress', 'stream'])
  expect([ran.code, ran.json()]).toMatchObject([0, { ingress: 'stream', subscribed: true }])
  expect(await settings()).toMatchObject({ HEXBIRD_INGRESS: 'stream', HEXBIRD_BEARER_TOKEN: x.credentials.bearerToken })
  const headers = { authorization: `Bearer ${x.credentials.bearerToken}` }
  const listed = await (await fetch(`${x.url}/2/activity/subscriptions`, { headers })).json()
  expect(listed).toMatchObject({ data: [{ event_type: 'post.mention.create' }, { event_type: 'post.quote.create' }] })
})

describe('a webhook', () => {
  const webhook = async (run: Awaited<ReturnType<typeof place>>['run'], env: Env) => {
    const port = String(await freePort())
    const url = `http://127.0.0.1:${port}${WEBHOOK_PATH}`
    const args = ['--ingress', 'webhook', '--webhook-url', url]
    return { url, port, ran: await run(args, env), again: () => run(args, {}) }
  }

  test('is registered and subscribed while no bot runs, and can be again', async () => {
    const { x, keys, run } = await place()
    const { url, port, ran, again } = await webhook(run, keys)
    expect([ran.code, ran.json()]).toMatchObject([0, { ingress: 'webhook', subscribed: true }])
    expect(x.webhooks()).toMatchObject([{ url, valid: true }])
    expect(await settings()).toMatchObject({
      HEXBIRD_INGRESS: 'webhook',
      HEXBIRD_WEBHOOK_URL: url,
      HEXBIRD_PORT: port,
    })
    expect((await again()).json()).toMatchObject({ subscribed: true })
  })

  test.each(['stream', 'poll'])('that X still delivers to is named once the bot is set up for %s', async (ingress) => {
    const { x, keys, run } = await place()
    await webhook(run, keys)
    const id = x.webhooks()[0]?.id ?? ''
    const command = `hexbird webhook delete ${id} --x ${x.url}`
    const ran = await run(['--ingress', ingress], {})
    expect(ran.stderr).toContain(`X also delivers mentions to webhook ${id}, and may bill them twice`)
    expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining(`\`${command}\``)])
    await hexbird([...command.split(' ').slice(1), '--yes'], { TMPDIR: folder }, folder)
    expect((await run(['--ingress', ingress], {})).stderr).not.toContain('twice')
  })

  test('that X refuses is said, and the keys are kept', async () => {
    const { keys, run } = await place({ webhookQuota: { webhooks: 0, subscriptions: 0 } })
    await writeFile(here('.env'), 'HEXBIRD_WEBHOOK_URL=https://bot.example/works\n')
    const { ran } = await webhook(run, keys)
    expect([ran.code, ran.json()]).toMatchObject([1, { subscribed: false }])
    expect(ran.stderr).toContain('reached its limit of webhooks')
    expect(await settings()).toMatchObject({ ...keys, HEXBIRD_WEBHOOK_URL: 'https://bot.example/works' })
    expect(await settings()).not.toHaveProperty('HEXBIRD_INGRESS')
  })

  test('whose events want another sign-in is told what is left', async () => {
    const { keys, run } = await place({ privateEvents: 'oauth2' })
    const { ran } = await webhook(run, keys)
    expect([ran.code, ran.json()]).toMatchObject([1, { subscribed: false }])
    expect(ran.stderr).toContain('HEXBIRD_CLIENT_ID')
  })

  test('needs an address that X would take', async () => {
    const { run } = await place()
    const missing = await run(['--ingress', 'webhook'])
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('--webhook-url')])
    const plain = await run(['--ingress', 'webhook', '--webhook-url', 'http://bot.example/'])
    expect([plain.code, plain.stderr]).toEqual([2, expect.stringContaining('cannot be the address of a webhook')])
  })
})
