import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { ReplyRow } from '../../src/adapter/index.js'
import { claimReply, forgetReply, releaseReply, replyEntry, settleReply } from '../../src/adapter/index.js'

const owner = fc.constantFrom('a', 'b')
const time = fc.integer({ min: 0, max: 20 })
const step = fc.oneof(
  fc.record({ do: fc.constant('claim' as const), owner, now: time, lease: time, text: fc.string({ maxLength: 5 }) }),
  fc.record({ do: fc.constant('settle' as const), id: fc.constantFrom('1', '2'), now: time }),
  fc.record({ do: fc.constant('release' as const), owner, inDoubtUntil: fc.option(time, { nil: undefined }) }),
  fc.record({ do: fc.constant('forget' as const), author: fc.constantFrom('100', '200'), now: time }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** The row after a step. What it was is frozen, to the depth. */
function after(row: ReplyRow | undefined, one: Step): ReplyRow | undefined {
  const frozen = freeze(row)
  switch (one.do) {
    case 'claim': {
      const intent = { tweetId: '5', text: one.text, authorId: '100' }
      const claim = { owner: one.owner, intent, now: one.now, until: one.now + one.lease }
      return claimReply(frozen, claim).row ?? frozen
    }
    case 'settle':
      return settleReply(frozen, { kind: 'replied', replyId: one.id }, one.now)
    case 'release':
      if (frozen?.kind !== 'begun' || frozen.holder !== one.owner) return frozen
      return releaseReply(frozen, one.inDoubtUntil)
    case 'forget':
      return forgetReply(frozen, one.author, one.now) ?? frozen
  }
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(freeze)
  return Object.freeze(value)
}

describe('the row of a reply, whatever is done to it', () => {
  test('is never changed in place, and its end stays the first that there was', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let row: ReplyRow | undefined
        let end: string | undefined
        for (const one of steps) {
          row = after(row, one)
          if (row?.kind !== 'settled') expect(end).toBeUndefined()
          else end ??= JSON.stringify(row)
          if (end !== undefined) expect(JSON.stringify(row)).toBe(end)
        }
      }),
      { numRuns: runs() },
    )
  })

  test('keeps every try that may have posted, and no text once it has ended', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let row: ReplyRow | undefined
        for (const one of steps) {
          const before = row
          row = after(row, one)
          if (row?.kind === 'settled') expect(JSON.stringify(row)).not.toContain('"text"')
          else if (before?.kind === 'begun' && one.do === 'release' && one.inDoubtUntil !== undefined) {
            expect(row && replyEntry(row)).toMatchObject({ tries: before.earlier.length + 1 })
          } else if (before?.kind === 'begun' && one.do === 'claim') {
            expect(row?.kind === 'begun' && row.earlier.length >= before.earlier.length).toBe(true)
          }
        }
      }),
      { numRuns: runs() },
    )
  })
})
