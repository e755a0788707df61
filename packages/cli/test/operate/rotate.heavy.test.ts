import { createHmac } from 'node:crypto'
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LocalX, startLocalX } from '@hexbird/local-x'
import { hexbird, type Ran } from '@hexbird/testkit/hexbird'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { assert, asyncProperty, record, stringMatching } from 'fast-check'
import { rotate } from '../../src/operate/rotate/rotate.js'
import { putSetting } from '../../src/operate/rotate/settings-file.js'
import { fakeTerminal } from '../fake-terminal.js'
import { startEndpoint } from './endpoints.js'

let folder: string
let file: string
const open: { close(): Promise<unknown> }[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hexbird-'))
  file = join(folder, '.env')
})
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
  await rm(folder, { recursive: true })
})

/** An operator with a settings file, and a bot that is told its secret by hand; without one it is closed. */
async function started() {
  const x = await startLocalX()
  const old = x.credentials.consumerSecret
  let secret: string | undefined = old
  const sign = (text: string) =>
    `sha256=${createHmac('sha256', secret ?? '')
      .update(text)
      .digest('base64')}`
  const endpoint = await startEndpoint({
    secret: '',
    challenged: ([token = '']) =>
      secret === undefined ? { status: 503 } : { status: 200, body: JSON.stringify({ response_token: sign(token) }) },
    delivered: (body, signature) => ({ status: secret !== undefined && signature === sign(body) ? 200 : 503 }),
  })
  open.push(x, endpoint)
  const put = async (changed: Readonly<Record<string, string>> = {}) => {
    const { consumerKey, consumerSecret, accessToken, accessSecret, bearerToken } = x.credentials
    const settings = {
      HEXBIRD_CONSUMER_KEY: consumerKey,
      HEXBIRD_CONSUMER_SECRET: consumerSecret,
      HEXBIRD_ACCESS_TOKEN: accessToken,
      HEXBIRD_ACCESS_SECRET: accessSecret,
      HEXBIRD_BEARER_TOKEN: bearerToken,
      HEXBIRD_WEBHOOK_URL: endpoint.url,
      ...changed,
    }
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
    await writeFile(file, lines.join('\n'), { mode: 0o600 })
  }
  await put()
  const run = (args: readonly string[] = ['--yes'], env: Readonly<Record<string, string>> = {}) =>
    hexbird(['rotate', ...args, '--json'], { HEXBIRD_LOCAL_X: x.url, ...env }, folder)
  const register = () => hexbird(['webhook', 'register', '--json'], { HEXBIRD_LOCAL_X: x.url }, folder)
  expect((await register()).code).toBe(0)
  return {
    x,
    old,
    put,
    run,
    bot(now: string | undefined) {
      secret = now
    },
  }
}

const stepOf = (ran: Ran) => [ran.code, ran.json().step ?? ran.json().done]
const isValid = (x: LocalX) => x.webhooks()[0]?.valid

describe('hexbird rotate', () => {
  test('goes as far as it can, waits for a person, and goes on from there', async () => {
    const { x, old, put, run, bot } = await started()
    expect(stepOf(await run())).toEqual([0, 'close'])
    expect(stepOf(await run([]))).toEqual([0, 'close'])

    bot(undefined)
    const closed = await run([])
    expect(stepOf(closed)).toEqual([0, 'regenerate'])
    expect(closed.json().todo).toContain('HEXBIRD_CONSUMER_SECRET=<new>,<old>')

    const { consumerKey, consumerSecret: made } = x.regenerateKeys()
    const oldBearer = (await readFile(file, 'utf8')).match(/BEARER_TOKEN=(.*)/)?.[1] ?? ''
    await put({ HEXBIRD_CONSUMER_SECRET: made, HEXBIRD_BEARER_TOKEN: oldBearer })
    const lost = await run([])
    expect([stepOf(lost), lost.json().found]).toEqual([
      [0, 'regenerate'],
      expect.stringContaining('no longer the old one'),
    ])

    await put({
      HEXBIRD_CONSUMER_KEY: consumerKey,
      HEXBIRD_CONSUMER_SECRET: `${made},${old}`,
      HEXBIRD_BEARER_TOKEN: oldBearer,
    })
    const bearer = await run([])
    expect(stepOf(bearer)).toEqual([0, 'open'])
    expect(await readFile(file, 'utf8')).toContain(`HEXBIRD_BEARER_TOKEN=${x.credentials.bearerToken}\n`)
    expect((await stat(file)).mode & 0o777).toBe(0o600)

    // X is not asked while it would get a wrong answer.
    bot(old)
    const early = await run([])
    expect([stepOf(early), early.json().found]).toEqual([[0, 'open'], expect.stringContaining('old secret. Close it')])
    expect(isValid(x)).toBe(true)

    bot(made)
    const settled = await run([])
    expect(stepOf(settled)).toEqual([0, 'settle'])
    expect(settled.stderr).toMatch(/X considers the webhook valid(.|\n)*X is redelivering what the webhook missed/)
    expect(isValid(x)).toBe(true)

    await put()
    expect(stepOf(await run([]))).toEqual([0, true])
    expect(await readdir(folder)).toEqual(['.env'])
    for (const ran of [closed, lost, bearer, early, settled]) {
      for (const secret of [old, made, oldBearer, x.credentials.bearerToken]) {
        expect(`${ran.stdout}${ran.stderr}`).not.toContain(secret)
      }
    }
  })

  test('keeps no secret in its record, and lets nobody else read it', async () => {
    const { x, old, run } = await started()
    await run()
    const path = `${file}.rotation.json`
    const { mode } = await stat(path)
    expect(mode & 0o777).toBe(0o600)
    const kept = await readFile(path, 'utf8')
    for (const secret of [old, x.credentials.bearerToken, x.credentials.accessSecret])
      expect(kept).not.toContain(secret)
  })

  test('with keys that X does not take waits for the right ones', async () => {
    const { x, old, put, run, bot } = await started()
    await run()
    bot(undefined)
    x.regenerateKeys()
    await put({ HEXBIRD_CONSUMER_SECRET: `mistyped,${old}` })
    const ran = await run([])
    expect([stepOf(ran), ran.json().todo]).toEqual([[0, 'bearer'], expect.stringContaining('compare both')])
  })

  test('where X ended the access token too says to make it anew', async () => {
    const { x, old, put, run, bot } = await started()
    await run()
    bot(undefined)
    const { consumerSecret } = x.regenerateKeys()
    await put({ HEXBIRD_CONSUMER_SECRET: `${consumerSecret},${old}`, HEXBIRD_ACCESS_SECRET: 'ended' })
    const ran = await run([])
    expect([stepOf(ran), ran.json().todo]).toEqual([[0, 'bearer'], expect.stringContaining('HEXBIRD_ACCESS_TOKEN')])
  })

  test('asks a person at the keyboard, and goes on when they press Enter', async () => {
    const { x, bot } = await started()
    const { terminal, shown, stdin } = fakeTerminal({ screen: true })
    const answers = ['y\n', '\n']
    terminal.ask = async (question) => {
      terminal.note(question)
      if (question.includes('Enter')) bot(undefined)
      const answer = answers.shift()
      if (answer === undefined) throw new Error('left')
      return answer.trim()
    }
    const walk = rotate({ settings: file }, terminal, undefined, { HEXBIRD_LOCAL_X: x.url })
    await expect(walk).rejects.toThrow('left')
    expect(shown.stdout).toMatch(/still answers challenges(.|\n)*The webhook is closed(.|\n)*regenerate the API key/)
    stdin.end()
  })

  test('is rehearsed with a local X, and loses nothing', async () => {
    const ran = await hexbird(['rotate', '--rehearse', '--json'])
    expect([ran.code, ran.json()]).toEqual([
      0,
      {
        done: true,
        rehearsed: true,
        byHand: ['close', 'regenerate', 'open', 'settle'],
        valid: true,
        missed: 1,
        recovered: 1,
      },
    ])
  })
})

describe('a rotation does not begin', () => {
  test.each<[string, (world: Awaited<ReturnType<typeof started>>) => Promise<Ran>, RegExp]>([
    ['while nobody says so', ({ run }) => run([]), /--yes/],
    ['without a settings file', ({ run }) => rm(file).then(() => run()), /Put them into \.env/],
    [
      'with settings in the environment that hide the file',
      ({ run }) => run(['--yes'], { HEXBIRD_CONSUMER_SECRET: 'a' }),
      /Run: unset HEXBIRD_CONSUMER_SECRET/,
    ],
    [
      'with a secret of the rotation before',
      ({ put, run }) => put({ HEXBIRD_CONSUMER_SECRET: 'b,a' }).then(() => run()),
      /older secret/,
    ],
    [
      'while the webhook does not answer',
      ({ bot, run }) => {
        bot(undefined)
        return run()
      },
      /hexbird doctor/,
    ],
    [
      'over a record that is none',
      ({ run }) => writeFile(`${file}.rotation.json`, '{"v":2}').then(() => run()),
      /not a record of a rotation/,
    ],
  ])('%s', async (_, act, message) => {
    const ran = await act(await started())
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching(message)])
    expect(ran.stderr).not.toMatch(/\n\s+at /)
  })
})

test('a value is put into its line, and every other line stays', async () => {
  const line = stringMatching(/^(# [a-z ]{0,9}|[A-Z]{1,5}=[a-z"' ]{0,9}|)$/)
  // A quote that a later line closes makes one value of all lines between.
  const after = stringMatching(/^(# [a-z ]{0,9}|[A-Z]{1,5}=[a-z ]{0,9}|)$/)
  const value = stringMatching(/^[\w$&%=/+-]{1,20}$/)
  await assert(
    asyncProperty(record({ before: line, after, value }), async ({ before, after, value }) => {
      await writeFile(file, `${before}\nHEXBIRD_BEARER_TOKEN=old\n${after}`)
      await putSetting(file, 'HEXBIRD_BEARER_TOKEN', value)
      expect(await readFile(file, 'utf8')).toBe(`${before}\nHEXBIRD_BEARER_TOKEN=${value}\n${after}`)
      await writeFile(file, before)
      await putSetting(file, 'HEXBIRD_BEARER_TOKEN', value)
      expect(await readFile(file, 'utf8')).toBe(`${before}${before === '' ? '' : '\n'}HEXBIRD_BEARER_TOKEN=${value}\n`)
    }),
    { numRuns: 50 },
  )
})

describe('a settings file that gets a new secret', () => {
  const put = () => putSetting(file, 'HEXBIRD_CONSUMER_SECRET', 'new')
  const modeOf = async (path: string) => (await stat(path)).mode & 0o777

  test('has it wherever the name is set, so that the old secret is gone and the new one counts', async () => {
    await writeFile(file, 'HEXBIRD_CONSUMER_SECRET=older\nA=1\nexport HEXBIRD_CONSUMER_SECRET="old" # mine\n')
    await put()
    expect(await readFile(file, 'utf8')).toBe(
      'HEXBIRD_CONSUMER_SECRET=new\nA=1\nexport HEXBIRD_CONSUMER_SECRET=new # mine\n',
    )
  })

  test('keeps a value of several lines that only looks like the setting', async () => {
    const note = 'NOTE="\nHEXBIRD_CONSUMER_SECRET=no setting\n"\n'
    await writeFile(file, `${note}HEXBIRD_CONSUMER_SECRET='of\ntwo lines'\n`)
    await put()
    expect(await readFile(file, 'utf8')).toBe(`${note}HEXBIRD_CONSUMER_SECRET=new\n`)
  })

  test('is the one that the path leads to, and the link stays a link', async () => {
    const real = join(folder, 'real/settings')
    await mkdir(join(folder, 'real'))
    await writeFile(real, 'HEXBIRD_CONSUMER_SECRET=old\n', { mode: 0o600 })
    await symlink(real, file)
    await put()
    expect((await lstat(file)).isSymbolicLink()).toBe(true)
    expect(await readFile(real, 'utf8')).toBe('HEXBIRD_CONSUMER_SECRET=new\n')
    expect(await readdir(join(folder, 'real'))).toEqual(['settings'])
  })

  test('can be read by no more users than before, whatever an earlier run has left', async () => {
    await writeFile(file, 'HEXBIRD_CONSUMER_SECRET=old\n', { mode: 0o600 })
    await writeFile(`${file}.new`, '')
    await chmod(`${file}.new`, 0o666)
    await put()
    expect(await modeOf(file)).toBe(0o600)
    await chmod(file, 0o640)
    await put()
    expect(await modeOf(file)).toBe(0o640)
  })

  test('hands the secret to no file that a link left beside it leads to', async () => {
    const target = join(folder, 'target')
    await writeFile(file, 'HEXBIRD_CONSUMER_SECRET=old\n', { mode: 0o600 })
    await writeFile(target, 'untouched')
    await symlink(target, `${file}.new`)
    await put()
    expect(await readFile(target, 'utf8')).toBe('untouched')
    expect(await readFile(file, 'utf8')).toBe('HEXBIRD_CONSUMER_SECRET=new\n')
  })

  test('is left alone where the new value could not be read again', async () => {
    await writeFile(file, 'HEXBIRD_CONSUMER_SECRET=old\n')
    await expect(putSetting(file, 'HEXBIRD_CONSUMER_SECRET', 'a#b')).rejects.toThrow(/cannot hold the new/)
    expect(await readFile(file, 'utf8')).toBe('HEXBIRD_CONSUMER_SECRET=old\n')
    expect(await readdir(folder)).toEqual(['.env'])
  })
})
