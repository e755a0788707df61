import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { DatabaseSync } from '@photostructure/sqlite'
import { checkStore, restoreStore, spendingIn } from '../src/index.js'
import { AT, expectFilled, fill } from './filled.js'
import { closed, emptyPath, freshPath, opened } from './temporary.js'

const now = () => AT
const coded = (code: string) => expect.objectContaining({ name: 'SqliteError', code })
const script = fileURLToPath(new URL('children/steps.mjs', import.meta.url))

/** A store with something of each kind, and a backup of it. */
async function backedUp() {
  const path = freshPath()
  const store = opened(path, { now })
  await fill(store)
  const backup = `${path}.backup`
  await store.backup(backup)
  return { path, store, backup }
}

describe('checking a store', () => {
  test('tells whose it is and how it is, and changes nothing', async () => {
    const { path, store, backup } = await backedUp()
    store.marks.put('polled', AT)
    const facts = {
      version: 2,
      newestVersion: 2,
      botId: '1604089349832232960',
      newestMentionId: '1790000000000000005',
      stopped: { reason: 'the account is locked', since: AT },
      strikes: ['1790000000000000004'],
      deadLetters: 1,
    }
    expect(checkStore(path)).toEqual({ ...facts, marks: { polled: AT } })
    const before = readFileSync(backup)
    expect(checkStore(backup)).toEqual({ ...facts, marks: {} })
    expect(readFileSync(backup)).toEqual(before)
    expect(readdirSync(dirname(path)).filter((name) => name.startsWith('bot.sqlite.backup'))).toHaveLength(1)
  })

  test('tells what is charged to a window while a bot uses the store, and changes nothing', async () => {
    const { path, store, backup } = await backedUp()
    const charge = { kind: 'day', window: 'day:today', amount: 7, limit: 10, endsAt: AT + 1 } as const
    await store.ports.budget.reserve([charge], AT)
    expect(await spendingIn(path).spent('day:today')).toBe(7)
    const before = readFileSync(backup)
    expect(await spendingIn(backup).spent('day:today')).toBe(0)
    expect(readFileSync(backup)).toEqual(before)
    await expect(spendingIn(freshPath()).spent('day:today')).rejects.toEqual(coded('STORE_CANNOT_OPEN'))
  })

  test('reads one of version 1, which knows no marks', () => {
    const path = freshPath()
    const database = new DatabaseSync(path)
    database.exec(readFileSync(new URL('version-1.sql', import.meta.url), 'utf8'))
    database.close()
    const stopped = { reason: 'the account is locked', since: AT }
    expect(checkStore(path)).toMatchObject({ version: 1, stopped, marks: {} })
  })

  test('says that a store in which nobody has stopped posting is not stopped', () => {
    const path = freshPath()
    opened(path, { now })
    expect(checkStore(path)).toMatchObject({ stopped: undefined, strikes: [] })
  })

  test.each([
    ['a text', 'not a database, but a text of some length. '.repeat(30), 'STORE_NOT_A_STORE'],
    ['an empty file', '', 'STORE_NOT_A_STORE'],
  ])('refuses %s', (_, content, code) => {
    const path = freshPath()
    writeFileSync(path, content)
    expect(() => checkStore(path)).toThrow(coded(code))
    expect(readFileSync(path, 'utf8')).toBe(content)
  })

  test('refuses a file that is missing, and makes none', () => {
    const path = freshPath()
    expect(() => checkStore(path)).toThrow(coded('STORE_CANNOT_OPEN'))
    expect(readdirSync(dirname(path))).toEqual([])
  })

  test('refuses one that is damaged where nobody looks for long', async () => {
    const { backup } = await backedUp()
    truncateSync(backup, statSync(backup).size - 4096)
    expect(() => checkStore(backup)).toThrow(coded('STORE_CORRUPT'))
  })
})

describe('restoring', () => {
  test('puts the backup in the place of the store, marked, and keeps the old one beside it', async () => {
    const { path, store, backup } = await backedUp()
    await store.ports.optOuts.add('11', AT)
    closed(store)
    const { keptAs = '' } = restoreStore(backup, path, () => AT + 1)
    expect(basename(keptAs)).toBe('bot.sqlite.before-2026-09-21T14-13-20-001Z')
    const restored = opened(path, { now })
    expect(restored.marks.find('restored')).toBe(AT + 1)
    expect(await restored.ports.optOuts.has('11')).toBe(false)
    await expectFilled(restored)
    const old = opened(keptAs, { now })
    expect([old.marks.find('restored'), await old.ports.optOuts.has('11')]).toEqual([undefined, true])
    const modes = [path, keptAs].map((each) => (statSync(each).mode & 0o777).toString(8))
    expect(modes).toEqual(['600', '600'])
  })

  test('leaves nothing else behind, and can be done again', async () => {
    const { path, store, backup } = await backedUp()
    closed(store)
    const kept = [1, 2].map(() => basename(restoreStore(backup, path, now).keptAs ?? ''))
    expect(new Set(kept).size).toBe(2)
    const names = ['bot.sqlite', 'bot.sqlite.backup', 'bot.sqlite-lock', ...kept]
    expect(readdirSync(dirname(path)).sort()).toEqual(names.sort())
  })

  test('is refused while a bot runs on the store', async () => {
    const { path, backup } = await backedUp()
    expect(() => restoreStore(backup, path)).toThrow(coded('STORE_IN_USE'))
    expect(readdirSync(dirname(path)).filter((name) => name.includes('before'))).toEqual([])
  })

  test('creates a store if there is none', async () => {
    const { backup } = await backedUp()
    const path = freshPath()
    expect(restoreStore(backup, path, now)).toEqual({ keptAs: undefined })
    await expectFilled(opened(path, { now }))
  })

  test('takes the place of a store that is damaged, whose log goes along with it', async () => {
    const { path, store, backup } = await backedUp()
    closed(store)
    const [text, log] = ['no database any more', 'nor a log of one']
    writeFileSync(path, text.repeat(100))
    writeFileSync(`${path}-wal`, log)
    const { keptAs = '' } = restoreStore(backup, path, now)
    expect(readFileSync(keptAs, 'utf8')).toBe(text.repeat(100))
    expect(readFileSync(`${keptAs}-wal`, 'utf8')).toBe(log)
    await expectFilled(opened(path, { now }))
  })

  test('refuses what is no backup, and the store itself by any path, and leaves the store', async () => {
    const { path, store } = await backedUp()
    closed(store)
    writeFileSync(`${path}.text`, 'a text')
    expect(() => restoreStore(`${path}.text`, path)).toThrow(coded('STORE_NOT_A_STORE'))
    expect(() => restoreStore(`${path}.missing`, path)).toThrow(coded('STORE_CANNOT_OPEN'))
    symlinkSync(path, `${path}.link`)
    expect(() => restoreStore(`${path}.link`, path)).toThrow(coded('STORE_IN_USE'))
    await expectFilled(opened(path, { now }))
  })

  test('replaces what a link leads to, and not the link', async () => {
    const { path, store, backup } = await backedUp()
    closed(store)
    symlinkSync(path, `${path}.link`)
    restoreStore(backup, `${path}.link`, now)
    expect(opened(path, { now }).marks.find('restored')).toBe(AT)
  })
})

test('a backup made while another process writes has all that was stored before it, and no hole', async () => {
  const path = emptyPath()
  const child = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const closes = new Promise((resolve) => child.on('close', resolve))
  let output = ''
  const stored = () => Number(output.split('\n').at(-2) ?? 0)
  const reaches = (count: number) =>
    new Promise<void>((resolve) => {
      const look = () => stored() >= count && resolve()
      child.stdout.on('data', look)
      look()
    })
  child.stdout.on('data', (data) => {
    output += data
  })
  await reaches(20)
  const backups: { path: string; before: number }[] = []
  for (let each = 1; each <= 3; each++) {
    const beside = opened(path, { shared: true })
    const before = stored()
    await beside.backup(`${path}.${each}`)
    closed(beside)
    backups.push({ path: `${path}.${each}`, before })
    await reaches(before + 20)
  }
  child.kill('SIGKILL')
  await closes
  for (const { path: backup, before } of backups) {
    expect(checkStore(backup)).toMatchObject({ version: 2 })
    const database = new DatabaseSync(backup)
    const row = database.prepare('SELECT count(*) AS rows, max(CAST(about AS INTEGER)) AS last FROM reply').get()
    database.close()
    expect(row?.rows).toBe(row?.last)
    expect(Number(row?.last)).toBeGreaterThanOrEqual(before)
    expect(Number(row?.last)).toBeLessThanOrEqual(stored() + 1)
  }
})
