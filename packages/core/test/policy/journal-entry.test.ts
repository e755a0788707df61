import { describe, expect, test } from '@jest/globals'
import { type JournalEntry, LONGEST_DETAIL, noteEntry } from '../../src/adapter/index.js'

const entry = { tweetId: '1', authorId: '7', at: 2, kind: 'ignored', cost: 3 } as const satisfies JournalEntry
const KINDS = ['replied', 'ignored', 'refused', 'unresolved', 'job-stored', 'deferred', 'failed'] as const
const ENDED = ['replied', 'ignored', 'refused', 'unresolved'] as const

describe('the first that becomes of a tweet is kept,', () => {
  test.each(ENDED)('and %s is an end', (kind) => {
    expect(noteEntry(undefined, { ...entry, kind })).toEqual({ entry: { ...entry, kind }, end: kind })
  })

  test.each(['job-stored', 'deferred', 'failed'] as const)('and %s is none', (kind) => {
    expect(noteEntry(undefined, { ...entry, kind })).toEqual({ entry: { ...entry, kind } })
  })
})

test.each(['job-stored', 'deferred', 'failed'] as const)('whatever comes after %s takes its place', (before) => {
  for (const kind of KINDS) expect(noteEntry({ ...entry, kind: before }, { ...entry, kind })?.entry.kind).toBe(kind)
})

test.each(['replied', 'refused', 'unresolved'] as const)('nothing takes the place of %s', (before) => {
  for (const kind of KINDS) expect(noteEntry({ ...entry, kind: before }, { ...entry, kind })).toBeUndefined()
})

test('what was ignored may end otherwise after all, and only end', () => {
  const changes = KINDS.filter((kind) => noteEntry(entry, { ...entry, kind }) !== undefined)
  expect(changes).toEqual(['replied', 'refused', 'unresolved'])
})

test('a name that is known stays, until there is a newer one', () => {
  const known = { ...entry, kind: 'deferred', username: 'ada' } as const
  expect(noteEntry(known, entry)?.entry.username).toBe('ada')
  expect(noteEntry(known, { ...entry, username: 'lovelace' })?.entry.username).toBe('lovelace')
})

test('a detail is cut where it is too long', () => {
  expect(noteEntry(undefined, { ...entry, detail: 'x'.repeat(9_000) })?.entry.detail).toBe('x'.repeat(LONGEST_DETAIL))
})
