import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkStore, openStore } from '@hexbird/adapters-sqlite'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { becomes, type Place, placeOnLocalX } from '../run/on-local-x.js'

let place: Place
beforeEach(async () => {
  place = await placeOnLocalX()
})
afterEach(() => place.close())

const here = (name: string) => join(place.folder, name)
const backup = (...args: string[]) => place.hexbird(['backup', ...args, '--json'])
const restore = (...args: string[]) => place.hexbird(['restore', ...args, '--json'])

/** A store without a bot: starting one takes seconds. */
async function storeOf(botId: string, name = 'hexbird.sqlite') {
  const store = openStore(here(name))
  await store.ports.killSwitch.claimStore(botId)
  await store.ports.optOuts.add('7', 1)
  store.close()
}

/** Whose keys are in the settings. */
const ownId = async () => /^HEXBIRD_ACCESS_TOKEN=(\d+)-/m.exec(await readFile(here('.env'), 'utf8'))?.[1] ?? ''

test('a backup of a bot at work has its replies, and restored it answers none of them again', async () => {
  const first = place.run()
  await first.shows(/The bot is running/)
  const answered = [await place.tweet('alice'), await place.tweet('bob')]
  await becomes(first, answered, 'replied')
  const made = await backup('copy.sqlite')
  expect([made.code, made.json()]).toMatchObject([0, { file: 'copy.sqlite', store: 'hexbird.sqlite', version: 2 }])
  expect((await stat(here('copy.sqlite'))).mode & 0o777).toBe(0o600)

  const refused = await restore('copy.sqlite', '--yes')
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('in use by another run')])
  first.child.kill('SIGTERM')
  await first.ended

  const ran = await restore('copy.sqlite', '--yes')
  expect([ran.code, ran.json()]).toMatchObject([0, { store: 'hexbird.sqlite', botId: await ownId() }])
  expect(ran.stderr).toMatch(/told the bot to stop since then gets replies again/)
  expect(ran.stderr).toMatch(/today's money counts as spent/)
  expect(checkStore(here('hexbird.sqlite')).marks.restored).toBeGreaterThan(Date.now() - 60_000)
  expect(checkStore(String(ran.json().keptAs)).marks.restored).toBeUndefined()
  const second = place.run()
  await second.shows(/The bot is running/)
  const later = await place.tweet('carol')
  await becomes(second, [later], 'replied')
  expect(await place.replies([...answered, later])).toEqual([1, 1, 1])
})

describe('hexbird backup', () => {
  test('replaces a file only by --force, and leaves nothing half made', async () => {
    await storeOf('1')
    await writeFile(here('copy.sqlite'), 'precious')
    await chmod(here('copy.sqlite'), 0o644)
    const refused = await backup('copy.sqlite')
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--force')])
    expect(await readFile(here('copy.sqlite'), 'utf8')).toBe('precious')
    expect((await backup('copy.sqlite', '--force')).code).toBe(0)
    expect(checkStore(here('copy.sqlite')).botId).toBe('1')
    expect((await stat(here('copy.sqlite'))).mode & 0o777).toBe(0o600)
    expect((await readdir(place.folder)).filter((name) => name.endsWith('.new'))).toEqual([])
  })

  test('makes no store where there is none, and is never the store itself', async () => {
    const missing = await backup('copy.sqlite')
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('There is no store hexbird.sqlite')])
    await storeOf('1')
    const same = await backup('./hexbird.sqlite', '--force')
    expect([same.code, same.stderr]).toEqual([2, expect.stringContaining('the store itself')])
    expect(await readdir(place.folder)).not.toContain('copy.sqlite')
  })

  test('takes the store of the settings, or of the flag', async () => {
    await storeOf('1', 'other.sqlite')
    expect((await backup('a.sqlite', '--store', 'other.sqlite')).json()).toMatchObject({ botId: '1' })
    const env = { HEXBIRD_STORE: 'other.sqlite' }
    expect((await place.hexbird(['backup', 'b.sqlite', '--json'], env)).json()).toMatchObject({ botId: '1' })
  })
})

describe('hexbird restore', () => {
  test('asks first, and does nothing if nobody answers', async () => {
    await storeOf(await ownId())
    await backup('copy.sqlite')
    const ran = await restore('copy.sqlite')
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('pass --yes')])
    expect(checkStore(here('hexbird.sqlite')).marks.restored).toBeUndefined()
  })

  test.each([
    ['the backup of another bot', async () => storeOf('1', 'copy.sqlite'), /a backup of the bot with the id 1/],
    ['a text', async () => writeFile(here('copy.sqlite'), 'a text'), /not a hexbird store/],
    ['a file that is missing', async () => {}, /cannot be opened/],
  ])('refuses %s', async (_, make, why) => {
    await make()
    await storeOf(await ownId())
    const ran = await restore('copy.sqlite', '--yes')
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching(why)])
    expect(checkStore(here('hexbird.sqlite')).marks.restored).toBeUndefined()
  })
})
