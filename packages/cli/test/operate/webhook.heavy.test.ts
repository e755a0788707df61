import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hexbird } from '@hexbird/testkit/hexbird'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { LOCAL_X_FILE } from '../../src/operate/settings.js'
import { type Operated, operated, secretsShown } from './local.js'

let bot: Operated
beforeAll(async () => {
  bot = await operated()
})
afterAll(() => bot.close())
beforeEach(async () => {
  if (bot.x.webhooks().length === 0) await bot.run(['webhook', 'register'])
})

const theId = () => bot.x.webhooks()[0]?.id ?? ''

describe('hexbird webhook', () => {
  test('lists what X has, for people and for programs', async () => {
    const ran = await bot.run(['webhook', 'list'])
    expect(ran.code).toBe(0)
    expect(ran.json()).toEqual({
      webhooks: [{ id: theId(), url: bot.webhookUrl, valid: true, createdAt: expect.any(String) }],
    })
    const plain = await hexbird(['webhook', 'list'], bot.env)
    expect(plain.stdout).toBe(`${theId()}  valid  ${bot.webhookUrl}\n`)
    expect(secretsShown(ran, bot)).toEqual([])
  })

  test('is removed and registered again, at the address of the settings', async () => {
    const removed = await bot.run(['webhook', 'delete', '--yes'])
    expect(removed.json()).toMatchObject({ kind: 'removed' })
    expect(bot.x.webhooks()).toEqual([])
    const registered = await bot.run(['webhook', 'register'])
    expect(registered.json()).toMatchObject({ kind: 'registered', webhook: { url: bot.webhookUrl, valid: true } })
    expect(bot.x.webhooks()).toMatchObject([{ url: bot.webhookUrl, valid: true }])
  })

  test('is not removed while nobody says so', async () => {
    const ran = await bot.run(['webhook', 'delete'])
    expect([ran.code, ran.json()]).toMatchObject([2, { error: { code: 'USAGE' } }])
    expect(ran.stderr).toContain('--yes')
    expect(bot.x.webhooks()).toHaveLength(1)
  })

  test('that is registered already is refused with what to do', async () => {
    const ran = await bot.run(['webhook', 'register'])
    expect([ran.code, ran.json()]).toMatchObject([1, { kind: 'refused', reason: 'DuplicateUrlFailed' }])
    expect(ran.stderr).toContain('hexbird webhook validate')
    expect(ran.stderr).not.toMatch(/\n\s+at /)
  })

  test('is challenged again, and valid', async () => {
    const ran = await bot.run(['webhook', 'validate', theId()])
    expect([ran.code, ran.json()]).toMatchObject([0, { kind: 'valid', webhook: { id: theId() } }])
  })

  test('is delivered once more what was delivered, which brings no second reply', async () => {
    await bot.run(['subscribe'])
    const tweet = await bot.x.tweet({ as: 'alice', text: `@${bot.x.bot.username} what is this?` })
    await bot.idle()
    const before = bot.x.deliveries().length
    const ran = await bot.run(['webhook', 'replay', '--from', '1m', '--to', new Date().toISOString()])
    expect([ran.code, ran.json()]).toMatchObject([0, { kind: 'started', jobId: expect.any(String) }])
    await bot.x.idle()
    await bot.idle()
    expect(bot.x.deliveries().length).toBeGreaterThan(before)
    expect(bot.x.repliesTo(tweet.id)).toHaveLength(1)
  })

  test('with a wrong Bearer token says so', async () => {
    const ran = await bot.run(['webhook', 'list'], { HEXBIRD_BEARER_TOKEN: 'AAAAwrongtoken' })
    expect([ran.code, ran.json()]).toMatchObject([1, { error: { code: 'X_UNAUTHORIZED' } }])
    expect(ran.stderr).not.toContain('AAAAwrongtoken')
  })
})

test.each(['webhook list', 'webhook register', 'subscribe', 'subscriptions'])(
  '`hexbird %s` says in one line how to start a local X that does not answer',
  async (words) => {
    const ran = await bot.run(words.split(' '), { HEXBIRD_LOCAL_X: 'http://127.0.0.1:9' })
    const told =
      /^X does not answer at http:\/\/127\.0\.0\.1:9: ECONNREFUSED\. To start the local X: .+ local-x --port 9 --env \.env$/
    const error = { code: 'X_UNREACHABLE', message: expect.stringMatching(told) }
    expect([ran.code, ran.json()]).toEqual([1, { error }])
    expect(ran.stderr).toMatch(/^hexbird: X does not answer at .+ --env \.env\n$/)
  },
)

describe('a mistake gets one clear message and exit code 2', () => {
  test.each<[string, string[], Record<string, string>, RegExp]>([
    [
      'no settings',
      ['webhook', 'list'],
      { HEXBIRD_BEARER_TOKEN: '' },
      /HEXBIRD_BEARER_TOKEN {2}the app's Bearer token/,
    ],
    ['an unknown webhook', ['webhook', 'validate', '12345'], {}, /no webhook 12345/],
    ['no time', ['webhook', 'replay'], {}, /--from/],
    ['a time without a zone', ['webhook', 'replay', '--from', '2026-11-23T09:00'], {}, /2026-11-23T09:00Z/],
    ['times the wrong way round', ['webhook', 'replay', '--from', '1m', '--to', '2h'], {}, /later than --to/],
    ['a local X that is elsewhere', ['webhook', 'list'], { HEXBIRD_LOCAL_X: 'http://x.example:80' }, /on this machine/],
    ['a local X over https', ['webhook', 'list'], { HEXBIRD_LOCAL_X: 'https://127.0.0.1:1' }, /on this machine/],
    [
      'a settings file that is not there',
      ['webhook', 'list', '--settings', '/no/such.env'],
      {},
      /cannot be read: there is no such file or folder\. Check the path/,
    ],
    ['no address', ['webhook', 'register'], { HEXBIRD_WEBHOOK_URL: '' }, /HEXBIRD_WEBHOOK_URL/],
    ['an unknown part', ['webhook', 'remove'], {}, /unknown command/],
  ])('%s', async (_, args, env, message) => {
    const ran = await bot.run(args, env)
    expect(ran.stderr).toMatch(message)
    expect(ran.stderr).not.toMatch(/\n\s+at /)
    expect(ran.code).toBe(2)
  })
})

describe('settings', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hexbird-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('come from .env in the current folder, and the environment goes first', async () => {
    const { HEXBIRD_BEARER_TOKEN: token = '', HEXBIRD_LOCAL_X = '' } = bot.env
    await writeFile(join(folder, '.env'), `# the bot's\nHEXBIRD_BEARER_TOKEN="${token}"\n`)
    expect((await hexbird(['webhook', 'list', '--json'], { HEXBIRD_LOCAL_X }, folder)).code).toBe(0)
    const other = await hexbird(['webhook', 'list', '--json'], { HEXBIRD_LOCAL_X, HEXBIRD_BEARER_TOKEN: 'b' }, folder)
    expect(other.json()).toMatchObject({ error: { code: 'X_UNAUTHORIZED' } })
  })

  test('of a local X are used with it alone, and so is what to type next', async () => {
    const { HEXBIRD_LOCAL_X: url = '', ...keys } = bot.env
    await writeFile(join(folder, 'keys.env'), '')
    const at = ['--x', url, '--settings', 'keys.env']
    const webhook = `${bot.webhookUrl}?other`
    const full = await hexbird(['webhook', 'register', webhook, ...at], keys, folder)
    expect(full.stderr).toContain(`\`hexbird webhook delete --x ${url} --settings keys.env\``)
    expect((await hexbird(['webhook', 'list', ...at], keys, folder)).code).toBe(0)
    await writeFile(join(folder, 'local.env'), `${LOCAL_X_FILE.firstLine}\n${LOCAL_X_FILE.usage}${url}\n`)
    expect((await hexbird(['webhook', 'list', '--settings', 'local.env'], keys, folder)).code).toBe(0)
    const rotated = await hexbird(['rotate', '--settings', 'local.env'], {}, folder)
    expect([rotated.code, rotated.stderr]).toEqual([2, expect.stringMatching(/for a local X.*rotate --rehearse/)])
  })

  test('that lead to a local X are not read from a file', async () => {
    const path = join(folder, 'local.env')
    await writeFile(path, `HEXBIRD_LOCAL_X=http://x.example:80\nHEXBIRD_BEARER_TOKEN=${bot.env.HEXBIRD_BEARER_TOKEN}\n`)
    const ran = await bot.run(['webhook', 'list', '--settings', path])
    expect(ran.code).toBe(0)
  })
})
