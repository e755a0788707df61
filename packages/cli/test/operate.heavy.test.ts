import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hexbird, type Running, starts } from '@hexbird/testkit/hexbird'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { confirmPurge } from '../src/running/operate.js'
import { UsageError } from '../src/usage-error.js'
import { fakeTerminal } from './fake-terminal.js'

let folder: string
let running: Running[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hexbird-'))
})
afterEach(async () => {
  for (const { child } of running) child.kill()
  await Promise.all(running.map(({ ended }) => ended))
  running = []
  await rm(folder, { recursive: true })
})

const command = (...args: string[]) => commandIn(undefined, ...args)
const commandIn = (cwd: string | undefined, ...args: string[]) => hexbird([...args], { TMPDIR: folder }, cwd)
const tweet = (...args: string[]) => command('tweet', '--wait', '--json', ...args)

async function dev(cwd?: string) {
  const started = starts(['dev'], { TMPDIR: folder }, cwd)
  running.push(started)
  const [, url = ''] = await started.shows(/local X {3}(http:\S+)/)
  await started.shows(/Ctrl-C/)
  return { ...started, url, port: new URL(url).port }
}

/** The notes of what runs, and the folder that they are in. */
async function notes() {
  const [name = ''] = (await readdir(folder)).filter((name) => name.startsWith('hexbird-'))
  const parent = join(folder, name)
  return { parent, names: await readdir(parent) }
}

describe('a bot of `hexbird dev`', () => {
  test('posts nothing while it is paused, and posts again when it is resumed', async () => {
    await dev()
    const paused = await command('pause', 'we look into it', '--json')
    expect(paused.json()).toEqual({
      stage: 'local',
      stopped: { reason: 'Paused by an operator: we look into it', since: expect.stringMatching(/^2.*Z$/) },
    })
    expect((await tweet()).json()).toMatchObject({ outcome: 'deferred', reason: 'stopped' })
    expect((await command('pause', 'again')).stdout).toMatch(/^Posting was already stopped, since .*we look into it\n/)
    expect((await command('resume', '--json')).json()).toEqual({ stage: 'local', stopped: null })
    expect((await tweet('--as', 'bob')).json()).toMatchObject({ outcome: 'replied' })
  })

  test('forgets a person by handle, whatever its case, or by id', async () => {
    await dev()
    await tweet('--as', 'Alice')
    const byHandle = await command('forget', '@aLICE', '--json')
    expect(byHandle.json()).toEqual({
      stage: 'local',
      uid: expect.stringMatching(/^\d+$/),
      atX: { kind: 'no-account' },
    })
    const byId = await command('forget', String(byHandle.json().uid))
    expect(byId.stdout).toMatch(/^Everything about user \d+ has been deleted\. They had not signed in/)
    expect(byId.code).toBe(0)
  })

  test('is purged only when it is paused and its stage is named', async () => {
    await dev()
    expect(await command('purge', '--yes-purge', 'local')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/Pause the bot first/),
    })
  })

  test('is purged for good: who said stop is answered again', async () => {
    await dev()
    await tweet('--as', 'bob', '--text', '@hexbird stop')
    expect((await tweet('--as', 'bob')).json()).toMatchObject({ reason: 'opted-out' })
    await command('pause')
    for (const args of [[], ['--yes-purge', 'staging']]) {
      expect(await command('purge', ...args)).toMatchObject({ code: 2, stdout: '' })
    }
    const purged = await command('purge', '--yes-purge', 'local', '--json')
    expect(purged).toMatchObject({ code: 0 })
    expect(purged.json()).toEqual({ stage: 'local', purged: true })
    await command('resume')
    const first = (await tweet('--as', 'bob')).json()
    if (first.outcome === 'replied') return
    // The first sweep came only now and listed the "stop" once more. It does so once.
    expect(first).toMatchObject({ reason: 'opted-out' })
    await command('pause')
    await command('purge', '--yes-purge', 'local')
    await command('resume')
    expect((await tweet('--as', 'bob')).json()).toMatchObject({ outcome: 'replied' })
  })
})

describe('whoever is at the keyboard types the name of the stage that is to be purged', () => {
  const asked = (typed: string) => {
    const { terminal, shown, stdin } = fakeTerminal({ screen: true })
    stdin.write(`${typed}\n`)
    return { confirmed: confirmPurge('staging', undefined, terminal), shown }
  }

  test('and it goes on', async () => {
    const { confirmed, shown } = asked('staging')
    await confirmed
    expect(shown.stderr).toContain('Type staging to continue: ')
  })

  test.each(['', 'y', 'yes', 'production', 'stagin'])('and with "%s" nothing is done', async (typed) => {
    await expect(asked(typed).confirmed).rejects.toThrow(
      new UsageError('That is not staging, so nothing was deleted. Run this again to retry.'),
    )
  })
})

describe('a bot that runs', () => {
  test('is found among several by the port of its local X', async () => {
    const [first, second] = [await dev(), await dev()]
    const which = await command('pause')
    expect(which.code).toBe(2)
    expect(which.stderr).toContain('Several bots are running here. Choose one with --port: ')
    for (const { port } of [first, second]) expect(which.stderr).toMatch(RegExp(`${port} \\(@hexbird in /.+\\)[,.]`))
    await command('pause', '--port', second.port)
    const outcome = async (port: string) => (await command('tweet', '--wait', '--port', port)).stdout
    expect(await outcome(first.port)).toMatch(/replied/)
    const none = await command('resume', '--port', '1')
    expect(none).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/No bot is running here with a local X on port 1\./),
    })
  })

  test('is the one of this folder, if there are others elsewhere', async () => {
    await dev()
    await dev(folder)
    expect((await commandIn(folder, 'pause')).code).toBe(0)
    expect((await commandIn(folder, 'tweet', '--wait', '--json')).json()).toMatchObject({ reason: 'stopped' })
    expect((await tweet()).json()).toMatchObject({ outcome: 'replied' })
    const elsewhere = await commandIn(await mkdtemp(join(folder, 'other-')), 'pause')
    expect(elsewhere).toMatchObject({ code: 2, stderr: expect.stringContaining('Several bots are running here.') })
  })

  test('leaves no note behind, and of one that was killed the note goes with the next look', async () => {
    const { child, ended } = await dev()
    child.kill('SIGTERM')
    await ended
    expect((await notes()).names).toEqual([])
    const killed = await dev()
    killed.child.kill('SIGKILL')
    await killed.ended
    expect((await notes()).names).toHaveLength(1)
    expect(await command('resume')).toMatchObject({ code: 2, stderr: expect.stringMatching(/No bot is running here/) })
    expect((await notes()).names).toEqual([])
  })

  test('is known to this user alone, and does nothing without its token', async () => {
    await dev()
    const { parent, names } = await notes()
    const path = join(parent, names[0] ?? '')
    expect([(await stat(parent)).mode & 0o777, (await stat(path)).mode & 0o777]).toEqual([0o700, 0o600])
    const { control } = JSON.parse(await readFile(path, 'utf8')) as { control: string }
    for (const authorization of ['', 'Bearer ', 'Bearer wrong']) {
      const body = JSON.stringify({ action: 'pause', reason: 'a stranger' })
      expect((await fetch(control, { method: 'POST', headers: { authorization }, body })).status).toBe(401)
    }
    expect((await tweet()).json()).toMatchObject({ outcome: 'replied' })
  })

  test('is not searched for in a folder that others can write to', async () => {
    await dev()
    const { parent } = await notes()
    await chmod(parent, 0o777)
    expect(await command('pause')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/not a folder that only you can use/),
    })
  })
})

describe('a mistake gets a clear message, exit code 2, and no stack trace', () => {
  test.each([
    ['nothing runs', ['pause'], /No bot is running here\. Start one/],
    ['nobody is named', ['forget'], /missing required argument 'user'/],
    ['the name is none', ['forget', 'a b'], /"a b" is neither a user id nor a handle/],
    ['only `hexbird dev` could be meant', ['billed', '1'], /There is no store hexbird\.sqlite\. Pass --store <file>/],
    ['the stage is none', ['pause', '--stage', '../x'], /is not a valid stage name/],
  ])('%s', async (_name, args, message) => {
    const ran = await command(...args)
    expect(ran.stderr).toMatch(message)
    expect(ran.stderr).not.toMatch(/\n\s+at /)
    expect(ran).toMatchObject({ code: 2, stdout: '' })
  })

  test('a person whom nobody knows', async () => {
    await dev()
    expect(await command('forget', '@nobody')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/called @nobody/),
    })
  })
})
