import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { TIMES } from '@hexbird/core/host'
import { describe, expect, test } from '@jest/globals'
import { DatabaseSync } from '@photostructure/sqlite'
import { Database } from '../src/database.js'
import { openStore, SqliteError } from '../src/index.js'
import { checkIdentity, migrate } from '../src/schema.js'
import { AT, expectFilled, expectJournal, fill, SECRETS } from './filled.js'
import { box, closed, emptyPath, freshPath, opened } from './temporary.js'

const recordedAs = (version: number) => readFileSync(new URL(`version-${version}.sql`, import.meta.url), 'utf8')
const now = () => AT
const coded = (code: string) => expect.objectContaining({ name: 'SqliteError', code })
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

/** What another process reads: to read a file here would take away this process's locks on it. */
const contentOf = (path: string) => spawnSync('cat', [path], { encoding: 'latin1', maxBuffer: 1e9 }).stdout

function databaseOf(path: string, sql: string): void {
  const database = new DatabaseSync(path)
  database.exec(sql)
  database.close()
}

describe('a store that is opened again', () => {
  test('has everything that it had', async () => {
    const path = freshPath()
    const first = opened(path, { now })
    await fill(first)
    closed(first)
    const second = opened(path, { now })
    await expectJournal(second)
    await expectFilled(second)
  })

  test('by a path that leads to it in another way is the same one', async () => {
    const path = emptyPath()
    opened(path)
    expect(() => openStore(`${dirname(path)}/../${path.split('/').at(-2)}/bot.sqlite`)).toThrow(coded('STORE_IN_USE'))
  })

  test('has nothing that has expired meanwhile', async () => {
    const path = freshPath()
    const first = opened(path, { now })
    await fill(first)
    closed(first)
    closed(opened(path, { now: () => AT + TIMES.ledgerRows }))
    const database = new DatabaseSync(path)
    const count = (table: string) => database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()
    const tables = ['reply', 'budget_window', 'budget_call', 'session', 'blob', 'dead_letter', 'journal', 'journal_day']
    const counts = tables.map(count)
    database.close()
    expect(counts.map((row) => row.rows)).toEqual(tables.map(() => 0))
  })
})

describe('versions', () => {
  test.each([1, 2])('a store that version %i wrote is read', async (version) => {
    const path = freshPath()
    databaseOf(path, recordedAs(version))
    const store = opened(path, { now })
    if (version > 1) await expectJournal(store)
    await expectFilled(store)
  })

  test('the marks that version 2 wrote are read', async () => {
    const path = freshPath()
    databaseOf(path, recordedAs(2))
    const { marks, ports } = opened(path, { now })
    expect([marks.find('polled'), marks.find('restored'), (await ports.killSwitch.state()).answersFrom]).toEqual([
      AT,
      AT,
      AT,
    ])
  })

  test('a new store has the tables of the recorded one', () => {
    const schemaOf = (path: string) => {
      const database = new DatabaseSync(path)
      const rows = database.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY sql').all()
      database.close()
      return rows
    }
    const recorded = freshPath()
    databaseOf(recorded, recordedAs(2))
    expect(schemaOf(emptyPath())).toEqual(schemaOf(recorded))
  })

  test('a store of a later release is refused and left as it is', () => {
    const path = emptyPath()
    databaseOf(path, 'PRAGMA user_version = 3')
    const before = readFileSync(path)
    expect(() => openStore(path)).toThrow(coded('STORE_NEWER'))
    expect(() => openStore(path)).toThrow(/has version 3 and this release of hexbird knows 2 at most/)
    expect(readFileSync(path)).toEqual(before)
  })

  test('each migration that is missing runs once, in order', () => {
    const db = new Database(freshPath(), 0)
    const two = ['CREATE TABLE a (x)', 'INSERT INTO a VALUES (2)']
    migrate(db, two.slice(0, 1))
    migrate(db, two)
    migrate(db, two)
    expect(db.all('SELECT x FROM a')).toHaveLength(1)
    expect(db.get('PRAGMA user_version')).toMatchObject({ user_version: 2 })
    db.close()
  })

  test('a migration that fails leaves the version before it', () => {
    const db = new Database(freshPath(), 0)
    expect(() => migrate(db, ['CREATE TABLE a (x)', 'CREATE TABLE b (x); CREATE TABLE a (x)'])).toThrow(
      coded('STORE_FAILED'),
    )
    expect(db.get('PRAGMA user_version')).toMatchObject({ user_version: 1 })
    expect(db.all("SELECT name FROM sqlite_schema WHERE name = 'b'")).toEqual([])
    expect(() => checkIdentity(db, 1)).toThrow(coded('STORE_NOT_A_STORE'))
    db.close()
  })
})

describe('what is no store', () => {
  test.each([
    ['a text', 'not a database, but a text of some length. '.repeat(30)],
    ['a photo', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(5000, 7)])],
  ])('%s is refused and left as it is', (_, content) => {
    const path = freshPath()
    writeFileSync(path, content)
    expect(() => openStore(path)).toThrow(coded('STORE_NOT_A_STORE'))
    expect(readFileSync(path)).toEqual(Buffer.from(content))
  })

  test('the database of another program is refused and left as it is', () => {
    const path = freshPath()
    databaseOf(path, 'CREATE TABLE other (x); PRAGMA user_version = 1')
    const before = readFileSync(path)
    expect(() => openStore(path)).toThrow(coded('STORE_NOT_A_STORE'))
    expect(readFileSync(path)).toEqual(before)
  })

  test('a folder, and a file in a folder that is missing, cannot be opened', () => {
    const path = freshPath()
    mkdirSync(path)
    expect(() => openStore(path)).toThrow(coded('STORE_CANNOT_OPEN'))
    expect(() => openStore(`${path}/missing/bot.sqlite`)).toThrow(coded('STORE_CANNOT_OPEN'))
  })

  test('a store is refused that is damaged where nobody looks for long', async () => {
    const path = emptyPath()
    const store = opened(path)
    await store.blobs().put('photos/1/2/0', new Uint8Array(100_000), 'image/png')
    closed(store)
    const file = openSync(path, 'r+')
    // In the middle of the photo's pages, which are the last.
    writeSync(file, Buffer.alloc(4096, 0xaa), 0, 4096, statSync(path).size - 10 * 4096)
    closeSync(file)
    expect(() => openStore(path)).toThrow(coded('STORE_CORRUPT'))
  })
})

describe('one run', () => {
  test('a second one is refused, with a message that says what to do', () => {
    const path = freshPath()
    opened(path)
    expect(() => openStore(path)).toThrow(coded('STORE_IN_USE'))
    expect(() => openStore(path)).toThrow(`${path} is in use by another run. Stop that one first.`)
  })

  test('a command may open the store beside it, and sees what it stored', async () => {
    const path = freshPath()
    const run = opened(path)
    const beside = opened(path, { shared: true })
    await run.ports.optOuts.add('7', 1)
    expect(await beside.ports.optOuts.has('7')).toBe(true)
    await beside.ports.optOuts.remove('7', 2)
    expect(await run.ports.optOuts.has('7')).toBe(false)
  })

  test('the next one may begin when it has ended, or could not begin', () => {
    const path = freshPath()
    closed(opened(path))
    databaseOf(path, 'PRAGMA user_version = 9')
    expect(() => openStore(path)).toThrow(coded('STORE_NEWER'))
    databaseOf(path, 'PRAGMA user_version = 2')
    opened(path)
  })
})

describe('who may read', () => {
  test('every file of a store is its owner’s alone', async () => {
    const path = freshPath()
    const store = opened(path)
    await store.ports.optOuts.add('7', 1)
    const files = readdirSync(dirname(path))
    expect(files).toEqual(expect.arrayContaining(['bot.sqlite', 'bot.sqlite-lock', 'bot.sqlite-wal']))
    expect(files.map((name) => modeOf(`${dirname(path)}/${name}`))).toEqual(files.map(() => '600'))
  })

  test('a file that others may read is closed to them', () => {
    const path = emptyPath()
    chmodSync(path, 0o644)
    opened(path)
    expect(modeOf(path)).toBe('600')
  })

  test('nobody finds the secrets of a sign-in in the file', async () => {
    const path = freshPath()
    const store = opened(path, { now })
    await fill(store)
    const content = contentOf(path) + contentOf(`${path}-wal`)
    expect(content).toContain('photos/7/1/0')
    for (const secret of SECRETS) expect(content).not.toContain(secret)
  })

  test('what was removed is in no file any more', async () => {
    const path = freshPath()
    const store = opened(path)
    const blobs = store.blobs()
    const photo = Buffer.from('a photo of somebody. '.repeat(1000))
    for (const key of ['photos/7/1/0', 'photos/7/2/0', 'photos/8/1/0']) await blobs.put(key, photo, 'image/png')
    await blobs.remove('photos/8/1/0')
    await blobs.removeAll('photos/7/')
    await store.ports.ledger.claim({ botId: '1', about: '2' }, claimOf('7', 'words for somebody'))
    await store.ports.ledger.forgetAuthor('7', 2)
    await store.signIn(box).accounts.put({ ...ACCOUNT, username: 'somebodys_name' })
    await store.signIn(box).accounts.remove(ACCOUNT.uid)
    const entry = { tweetId: '2', authorId: '7', at: 1, kind: 'ignored', cost: 0 } as const
    await store.ports.journal.note({ ...entry, username: 'somebodys_handle' })
    await store.ports.journal.forgetAuthor('7')
    const content = contentOf(path) + contentOf(`${path}-wal`)
    for (const words of ['a photo of', 'words for somebody', 'somebodys_name', 'somebodys_handle'])
      expect(content).not.toContain(words)
  })
})

describe('a backup', () => {
  test('has everything, is its owner’s alone, and is made while the store is in use', async () => {
    const path = freshPath()
    const store = opened(path, { now })
    await fill(store)
    await store.backup(`${path}.backup`)
    await store.ports.optOuts.remove('9', AT + 1)
    expect(modeOf(`${path}.backup`)).toBe('600')
    await expectFilled(opened(`${path}.backup`, { now }))
  })

  test('is never written over a file, an empty one neither', async () => {
    const path = freshPath()
    const store = opened(path)
    for (const content of ['precious', '']) {
      writeFileSync(`${path}.backup`, content)
      await expect(store.backup(`${path}.backup`)).rejects.toThrow(coded('BACKUP_EXISTS'))
      expect(readFileSync(`${path}.backup`, 'utf8')).toBe(content)
    }
  })

  test('into a folder that is missing is refused', async () => {
    const path = freshPath()
    await expect(opened(path).backup(`${path}.d/backup`)).rejects.toThrow(coded('STORE_CANNOT_OPEN'))
  })
})

test('a store that was closed says so', async () => {
  const store = opened()
  closed(store)
  await expect(store.ports.optOuts.has('7')).rejects.toThrow(coded('STORE_CLOSED'))
  await expect(store.queue('events').put([1])).rejects.toBeInstanceOf(SqliteError)
})

const ACCOUNT = { uid: '7', username: 'ada', accessToken: 'a', accessSecret: 'b', signedInAt: 1, tracked: {} }

const claimOf = (authorId: string, text: string) => ({
  owner: 'first',
  intent: { tweetId: '1', text, authorId },
  now: 1,
  until: 100_000,
})
