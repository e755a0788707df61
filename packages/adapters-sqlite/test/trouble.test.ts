import { chmodSync, chownSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { DatabaseSync } from '@photostructure/sqlite'
import { SqliteBlobStore } from '../src/blob-store.js'
import { Database } from '../src/database.js'
import { openStore } from '../src/index.js'
import { SqliteQueue } from '../src/queue.js'
import { SqliteReplyLedger } from '../src/reply-ledger.js'
import { emptyPath, freshPath, opened } from './temporary.js'

const coded = (code: string) => expect.objectContaining({ name: 'SqliteError', code })
const photo = new Uint8Array(100_000)
const claim = { owner: 'first', intent: { tweetId: '1', text: 'a dog' }, now: 1, until: 1000 }

describe('a full disk', () => {
  /** A connection that may use no more room than there is now. */
  function full() {
    const path = emptyPath()
    const db = new Database(path, 0)
    const { page_count: pages } = db.get<{ page_count: number }>('PRAGMA page_count') ?? { page_count: 0 }
    db.exec(`PRAGMA foreign_keys = ON; PRAGMA max_page_count = ${pages + 5}`)
    return { db, path, mend: () => db.exec('PRAGMA max_page_count = 100000') }
  }

  test('is an error that says so, and work goes on when there is room again', async () => {
    const { db, path, mend } = full()
    const blobs = new SqliteBlobStore(db, () => 1)
    await expect(blobs.put('photos/1/1/0', photo, 'image/png')).rejects.toThrow(coded('STORE_DISK_FULL'))
    await expect(blobs.put('photos/1/1/0', photo, 'image/png')).rejects.toThrow(
      `${path}: The disk is full, so nothing was stored.`,
    )
    expect(await blobs.get('photos/1/1/0')).toBeUndefined()
    await new SqliteReplyLedger(db).claim({ botId: '1', about: '1' }, claim)
    mend()
    await blobs.put('photos/1/1/0', photo, 'image/png')
    expect(await blobs.get('photos/1/1/0')).toEqual({ bytes: photo, type: 'image/png' })
    db.close()
  })

  test('takes in all items of a put or none', async () => {
    const { db, mend } = full()
    const queue = new SqliteQueue<string>(db, 'words', {})
    const items = ['a', 'b'.repeat(100_000)]
    await expect(queue.put(items)).rejects.toThrow(coded('STORE_DISK_FULL'))
    expect(queue.size).toBe(0)
    mend()
    await queue.put(items)
    expect(queue.size).toBe(2)
    db.close()
  })
})

describe('a locked file', () => {
  test('is an error that says so, and work goes on when it is free', async () => {
    const path = emptyPath()
    const { ledger } = opened(path, { timeout: 0 }).ports
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    const key = { botId: '1', about: '1' }
    await expect(ledger.claim(key, claim)).rejects.toThrow(coded('STORE_BUSY'))
    expect(await ledger.find(key)).toBeUndefined()
    other.exec('ROLLBACK')
    other.close()
    expect(await ledger.claim(key, claim)).toEqual({ kind: 'acquired' })
    expect(await ledger.settle(key, { kind: 'replied', replyId: '7' }, 2)).toEqual({ kind: 'replied', replyId: '7' })
  })
})

test('after a call that failed halfway the next one begins anew', async () => {
  const { cursor } = opened().ports
  await cursor.advance({ id: '1', seen: [] })
  await expect(cursor.advance({ id: 'no number', seen: [] })).rejects.toThrow(SyntaxError)
  await cursor.advance({ id: '2', seen: [] })
  expect(await cursor.read()).toEqual({ id: '2', seen: [] })
})

describe('a file that may not be written', () => {
  const isRoot = process.getuid?.() === 0
  const NOBODY = 65_534

  /** Root may write everything. */
  function asNobody(path: string, run: () => void): void {
    if (isRoot) {
      for (const each of [dirname(path), path]) chownSync(each, NOBODY, NOBODY)
      process.seteuid?.(NOBODY)
    }
    try {
      run()
    } finally {
      if (isRoot) process.seteuid?.(0)
    }
  }

  test('is refused on opening', () => {
    const path = emptyPath()
    const folder = dirname(path)
    if (isRoot) chmodSync(dirname(folder), 0o711)
    chmodSync(path, 0o400)
    asNobody(path, () => expect(() => openStore(path, { shared: true })).toThrow(coded('STORE_READ_ONLY')))
    chmodSync(path, 0o600)
  })

  test('and a folder that may not be written make an error that says so', () => {
    const path = freshPath()
    chmodSync(dirname(path), 0o500)
    asNobody(dirname(path), () => expect(() => openStore(path)).toThrow(coded('STORE_READ_ONLY')))
    chmodSync(dirname(path), 0o700)
  })
})
