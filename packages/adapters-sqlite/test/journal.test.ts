import { MOST_ENTRIES } from '@hexbird/core/adapter'
import { expect, test } from '@jest/globals'
import { Database } from '../src/database.js'
import { closed, emptyPath, opened } from './temporary.js'

const entry = { authorId: '7', at: 1, kind: 'ignored', cost: 0 } as const

test('no more entries are kept than a journal has', async () => {
  const path = emptyPath()
  const first = opened(path, { now: () => 1 })
  await first.ports.journal.note({ ...entry, tweetId: '1' })
  await first.ports.journal.note({ ...entry, tweetId: '2' })
  closed(first)
  const db = new Database(path, 0)
  db.run("UPDATE sqlite_sequence SET seq = ? WHERE name = 'journal'", MOST_ENTRIES)
  db.close()
  const { journal } = opened(path, { now: () => 1 }).ports
  await journal.note({ ...entry, tweetId: '3' })
  expect((await journal.recent(10)).map(({ tweetId }) => tweetId)).toEqual(['3', '2'])
})
