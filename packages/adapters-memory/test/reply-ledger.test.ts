import { replyLedgerContract } from '@hexbird/core/contracts'
import { TIMES } from '@hexbird/core/host'
import { describe, expect, test } from '@jest/globals'
import { MemoryReplyLedger } from '../src/memory-reply-ledger.js'
import { testAgainstFaults } from './broken/contract-tests.js'
import { faultyReplyLedger, REPLY_LEDGER_FAULTS } from './broken/reply-ledger.js'

describe('MemoryReplyLedger', () => {
  for (const { name, check } of replyLedgerContract) test(name, () => check(() => new MemoryReplyLedger()))

  test('rows are gone once they are as old as the ledger keeps rows, counted from the last write', async () => {
    const ledger = new MemoryReplyLedger()
    const [claimed, settled, later] = [keyOf('1'), keyOf('2'), keyOf('3')]
    for (const key of [later, settled, claimed]) await ledger.claim(key, claimAt(0))
    await ledger.settle(settled, { kind: 'replied', replyId: '7' }, 5)
    await ledger.settle(later, { kind: 'replied', replyId: '8' }, 6)
    await ledger.claim(keyOf('4'), claimAt(TIMES.ledgerRows + 5))
    expect(await ledger.find(claimed)).toBeUndefined()
    expect(await ledger.find(settled)).toBeUndefined()
    expect(await ledger.find(later)).toMatchObject({ kind: 'settled' })
    await ledger.settle(keyOf('5'), { kind: 'unresolved', detail: '' }, TIMES.ledgerRows + 6)
    expect(await ledger.find(later)).toBeUndefined()
  })
})

describe('the contract of a reply ledger', () =>
  testAgainstFaults(replyLedgerContract, REPLY_LEDGER_FAULTS, faultyReplyLedger))

describe('known faults of the originals', () => {
  test('a redelivered event was answered twice: what is settled is not claimed again', async () => {
    const ledger = new MemoryReplyLedger()
    await ledger.claim(keyOf('1'), claimAt(0))
    await ledger.settle(keyOf('1'), { kind: 'replied', replyId: '7' }, 1)
    const claimed = await ledger.claim(keyOf('1'), { ...claimAt(TIMES.deadLetters), owner: 'redelivery' })
    expect(claimed).toEqual({ kind: 'settled', outcome: { kind: 'replied', replyId: '7' } })
  })

  test('a mark set before the work lost the event when the work failed: the claim passes on', async () => {
    const ledger = new MemoryReplyLedger()
    await ledger.claim(keyOf('1'), claimAt(0))
    const claimed = await ledger.claim(keyOf('1'), { ...claimAt(TIMES.visibility), owner: 'redelivery' })
    expect(claimed).toEqual({ kind: 'expired', intent: { tweetId: '1', text: 'a dog' }, since: 0, tries: 1 })
  })
})

const keyOf = (about: string) => ({ botId: '42', about })

const claimAt = (now: number) => ({
  owner: 'first',
  intent: { tweetId: '1', text: 'a dog' },
  now,
  until: now + TIMES.lease,
})
