import { MOST_ENTRIES } from '@hexbird/core/adapter'
import { journalContract } from '@hexbird/core/contracts'
import { describe, expect, test } from '@jest/globals'
import { MemoryJournal } from '../src/memory-journal.js'
import { testAgainstFaults } from './broken/contract-tests.js'
import { faultyJournal, JOURNAL_FAULTS } from './broken/journal.js'

describe('MemoryJournal', () => {
  for (const { name, check } of journalContract) test(name, () => check(() => new MemoryJournal()))

  test('keeps no more entries than a journal has', async () => {
    const journal = new MemoryJournal()
    for (let id = 0; id <= MOST_ENTRIES; id += 1)
      await journal.note({ tweetId: `${id}`, authorId: '7', at: id, kind: 'ignored', cost: 0 })
    const kept = await journal.recent(Number.POSITIVE_INFINITY)
    expect(kept).toHaveLength(MOST_ENTRIES)
    expect(kept.at(-1)?.tweetId).toBe('1')
  })
})

describe('the contract of a journal', () => testAgainstFaults(journalContract, JOURNAL_FAULTS, faultyJournal))
