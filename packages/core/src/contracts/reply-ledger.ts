import fc from 'fast-check'
import { TIMES } from '../policy/times.js'
import type {
  ClaimResult,
  LedgerEntry,
  ReplyClaim,
  ReplyIntent,
  ReplyKey,
  ReplyLedger,
  SettledOutcome,
} from '../ports/reply-ledger.js'
import { type Contract, expectEqual, expectTrue, inTwenties, tries } from './case.js'

/** The contract of `ReplyLedger`. */
export const replyLedgerContract: Contract<ReplyLedger> = [
  {
    name: 'nothing is known of a key at first',
    async check(make) {
      const ledger = await make()
      expectEqual(await ledger.find(KEY), undefined, 'find')
      await ledger.release(KEY, 'a')
      expectEqual(await ledger.find(KEY), undefined, 'find after a release')
    },
  },
  {
    name: 'the first to claim wins, and one try is recorded',
    async check(make) {
      const ledger = await make()
      expectEqual(await ledger.claim(KEY, claimOf('a', AWKWARD)), ACQUIRED, 'claim')
      const expected = { kind: 'claimed', intent: AWKWARD, until: NOW + LEASE, tries: 1 }
      expectEqual(await ledger.find(KEY), expected, 'find')
      expectEqual(await ledger.find(KEY), expected, 'find again')
    },
  },
  {
    name: 'a reply with images keeps them from one claim to the next, after every try',
    async check(make) {
      const ledger = await make()
      const mediaIds = [...MEDIA_IDS]
      await ledger.claim(KEY, claimOf('a', { ...WITH_IMAGES, mediaIds }))
      mediaIds.length = 0
      const entry = { kind: 'claimed', intent: WITH_IMAGES, until: NOW + LEASE, tries: 1 }
      const found = await ledger.find(KEY)
      expectEqual(found, entry, 'find')
      if (found?.kind === 'claimed') Object.assign(found.intent.mediaIds ?? [], { length: 0 })
      await ledger.claim(KEY, claimOf('a', AWKWARD))
      await ledger.release(KEY, 'a')
      const claimed = await ledger.claim(KEY, claimOf('b', intentOf('other'), NOW + LEASE))
      expectEqual(claimed, { kind: 'expired', intent: WITH_IMAGES, since: NOW, tries: 1 }, 'the claim of another')
      expectEqual(await ledger.claim(KEY, claimOf('b', WITH_IMAGES, NOW + LEASE)), ACQUIRED, 'a second try')
      const last = await ledger.claim(KEY, claimOf('c', intentOf('other'), NOW + 2 * LEASE))
      expectEqual(last, { kind: 'expired', intent: WITH_IMAGES, since: NOW, tries: 2 }, 'the claim of a third')
    },
  },
  {
    name: 'keys that look alike are different keys',
    async check(make) {
      const ledger = await make()
      const keys: readonly ReplyKey[] = [
        { botId: '1', about: '1999999999999999999' },
        { botId: '11', about: '999999999999999999' },
        { botId: '1', about: '1999999999999999998' },
        { botId: '2', about: '1999999999999999999' },
        { botId: '1999999999999999999', about: '1' },
      ]
      for (const [index, key] of keys.entries()) {
        expectEqual(await ledger.claim(key, claimOf('a', intentOf(`${index}`))), ACQUIRED, `claim of ${show(key)}`)
      }
      for (const [index, key] of keys.entries()) {
        const expected = claimedOf(`${index}`, 1, NOW + LEASE)
        expectEqual(await ledger.find(key), expected, `find of ${show(key)}`)
      }
    },
  },
  {
    name: 'while a lease runs every other owner is told until when, and changes nothing',
    async check(make) {
      const ledger = await make()
      await ledger.claim(KEY, claimOf('a', intentOf('first')))
      for (const now of [NOW, NOW + 1, NOW + LEASE - 1]) {
        const claimed = await ledger.claim(KEY, claimOf('b', intentOf('second'), now))
        expectEqual(claimed, { kind: 'held', until: NOW + LEASE }, `claim ${now - NOW} ms later`)
      }
      const expected = claimedOf('first', 1, NOW + LEASE)
      expectEqual(await ledger.find(KEY), expected, 'find')
    },
  },
  {
    name: 'of many that claim at once exactly one wins, and the others are told until when',
    async check(make) {
      const ledger = await make()
      const claimed = await Promise.all(
        OWNERS.map((owner, index) => ledger.claim(KEY, claimOf(owner, intentOf(owner), NOW, LEASE + index))),
      )
      const winner = claimed.findIndex(({ kind }) => kind === 'acquired')
      const until = NOW + LEASE + winner
      const expected = OWNERS.map((_, index) => (index === winner ? ACQUIRED : { kind: 'held', until }))
      expectEqual(claimed, expected, `what ${OWNERS.length} concurrent owners got`)
      const entry = claimedOf(`${OWNERS[winner]}`, 1, until)
      expectEqual(await ledger.find(KEY), entry, 'find')
    },
  },
  {
    name: 'an owner whose lease runs wins again: one more try, the new intent, the new lease',
    async check(make) {
      const ledger = await make()
      await ledger.claim(KEY, claimOf('a', intentOf('first')))
      const later = NOW + LEASE - 1
      expectEqual(await ledger.claim(KEY, claimOf('a', intentOf('second'), later)), ACQUIRED, 'the second claim')
      const expected = claimedOf('second', 2, later + LEASE)
      expectEqual(await ledger.find(KEY), expected, 'find')
      const held = await ledger.claim(KEY, claimOf('b', intentOf('other'), NOW + LEASE))
      expectEqual(held, { kind: 'held', until: later + LEASE }, 'the claim of another')
    },
  },
  {
    name: 'of many concurrent tries of one owner each is recorded',
    async check(make) {
      const ledger = await make()
      const claimed = await Promise.all(
        Array.from({ length: 5 }, (_, index) => ledger.claim(KEY, claimOf('a', intentOf(`${index}`)))),
      )
      expectEqual(claimed, Array(5).fill(ACQUIRED), 'what five concurrent tries got')
      const entry = await ledger.find(KEY)
      expectEqual(entry?.kind === 'claimed' && entry.tries, 5, 'the recorded tries')
    },
  },
  {
    name: 'from the moment that a lease ends the next claim finds it expired, and is told what may have been posted since when',
    async check(make) {
      for (const late of [0, 1, 10 * LEASE]) {
        const ledger = await make()
        await ledger.claim(KEY, claimOf('a', intentOf('first')))
        await ledger.claim(KEY, claimOf('a', AWKWARD, NOW + 5))
        const claimed = await ledger.claim(KEY, claimOf('b', intentOf('other'), NOW + 5 + LEASE + late))
        const expected = { kind: 'expired', intent: AWKWARD, since: NOW, tries: 2 }
        expectEqual(claimed, expected, `claim ${late} ms after the lease has run out`)
      }
    },
  },
  {
    name: 'an owner whose own lease has run out finds it expired like anybody',
    async check(make) {
      const ledger = await make()
      await ledger.claim(KEY, claimOf('a', intentOf('first')))
      const claimed = await ledger.claim(KEY, claimOf('a', intentOf('second'), NOW + LEASE))
      expectEqual(claimed, { kind: 'expired', intent: intentOf('first'), since: NOW, tries: 1 }, 'claim')
    },
  },
  {
    name: 'whoever finds an expired lease gets it, and no try is recorded',
    async check(make) {
      const ledger = await make()
      await ledger.claim(KEY, claimOf('a', intentOf('first')))
      const later = NOW + LEASE
      await ledger.claim(KEY, claimOf('b', intentOf('not yet'), later))
      const expected = claimedOf('first', 1, later + LEASE)
      expectEqual(await ledger.find(KEY), expected, 'find')
      for (const owner of ['a', 'c']) {
        const claimed = await ledger.claim(KEY, claimOf(owner, intentOf('other'), later))
        expectEqual(claimed, { kind: 'held', until: later + LEASE }, `claim of ${owner}`)
      }
    },
  },
  {
    name: 'of many that claim when a lease has run out exactly one gets it, and the others are told until when',
    async check(make) {
      const ledger = await make()
      await ledger.claim(KEY, claimOf('first owner', intentOf('first')))
      const later = NOW + LEASE
      const claimed = await Promise.all(
        OWNERS.map((owner, index) => ledger.claim(KEY, claimOf(owner, intentOf(owner), later, LEASE + index))),
      )
      const next = claimed.findIndex(({ kind }) => kind === 'expired')
      const expired = { kind: 'expired', intent: intentOf('first'), since: NOW, tries: 1 }
      const expected = OWNERS.map((_, index) =>
        index === next ? expired : { kind: 'held', until: later + LEASE + next },
      )
      expectEqual(claimed, expected, `what ${OWNERS.length} concurrent owners got`)
    },
  },
  {
    name: 'a try after an expired lease counts on, from the first try',
    async check(make) {
      const ledger = await make()
      await ledger.claim(KEY, claimOf('a', intentOf('first')))
      await ledger.claim(KEY, claimOf('b', intentOf('not yet'), NOW + LEASE))
      const acquired = await ledger.claim(KEY, claimOf('b', intentOf('second'), NOW + LEASE + 1))
      expectEqual(acquired, ACQUIRED, 'the claim of the owner that found it expired')
      const claimed = await ledger.claim(KEY, claimOf('c', intentOf('third'), NOW + 2 * LEASE + 1))
      expectEqual(
        claimed,
        { kind: 'expired', intent: intentOf('second'), since: NOW, tries: 2 },
        'the claim of the next',
      )
    },
  },
  {
    name: 'once settled, every claim gets the outcome, from any worker at any time',
    async check(make) {
      const ledger = await make()
      for (const [index, outcome] of OUTCOMES.entries()) {
        const key = { botId: '1', about: `${index}` }
        await ledger.claim(key, claimOf('a', AWKWARD))
        expectEqual(await ledger.settle(key, outcome, NOW + 7), outcome, 'settle')
        for (const [owner, now] of [
          ['a', NOW + 8],
          ['b', NOW + 8],
          ['b', NOW + 2 * LEASE],
        ] as const) {
          const claimed = await ledger.claim(key, claimOf(owner, intentOf('other'), now))
          expectEqual(claimed, { kind: 'settled', outcome }, `claim of ${owner} ${now - NOW} ms later`)
        }
        expectEqual(await ledger.find(key), { kind: 'settled', outcome, at: NOW + 7 }, 'find, without the text')
      }
    },
  },
  {
    name: 'a key that nobody claimed is settled as well',
    async check(make) {
      const ledger = await make()
      expectEqual(await ledger.settle(KEY, REPLIED, NOW), REPLIED, 'settle')
      expectEqual(await ledger.find(KEY), { kind: 'settled', outcome: REPLIED, at: NOW }, 'find')
      const claimed = await ledger.claim(KEY, claimOf('a', intentOf('first'), NOW + 1))
      expectEqual(claimed, { kind: 'settled', outcome: REPLIED }, 'claim')
    },
  },
  {
    name: 'the first to settle wins, and every other is told what won',
    async check(make) {
      const ledger = await make()
      await ledger.claim(KEY, claimOf('a', intentOf('first')))
      await ledger.settle(KEY, REPLIED, NOW + 1)
      for (const outcome of OUTCOMES) {
        expectEqual(await ledger.settle(KEY, outcome, NOW + 2), REPLIED, `settle as ${outcome.kind}`)
      }
      expectEqual(await ledger.find(KEY), { kind: 'settled', outcome: REPLIED, at: NOW + 1 }, 'find')
    },
  },
  {
    name: 'of many that settle at once one wins, and all are told which',
    async check(make) {
      const ledger = await make()
      await ledger.claim(KEY, claimOf('a', intentOf('first')))
      const outcomes = Array.from({ length: 20 }, (_, index) => ({ kind: 'replied', replyId: `${index}` }) as const)
      const told = await Promise.all(outcomes.map((outcome, index) => ledger.settle(KEY, outcome, NOW + index)))
      const winner = outcomes.findIndex(({ replyId }) => told[0]?.kind === 'replied' && told[0].replyId === replyId)
      expectEqual(told, Array(20).fill(outcomes[winner]), 'what 20 concurrent writers were told')
      const entry = { kind: 'settled', outcome: outcomes[winner], at: NOW + winner }
      expectEqual(await ledger.find(KEY), entry, 'find')
    },
  },
  {
    name: 'who has lost the lease may settle all the same',
    async check(make) {
      const ledger = await make()
      await ledger.claim(KEY, claimOf('a', intentOf('first')))
      await ledger.claim(KEY, claimOf('b', intentOf('not yet'), NOW + LEASE))
      expectEqual(await ledger.settle(KEY, REPLIED, NOW + LEASE + 1), REPLIED, 'the late settle of a')
      const claimed = await ledger.claim(KEY, claimOf('b', intentOf('second'), NOW + LEASE + 2))
      expectEqual(claimed, { kind: 'settled', outcome: REPLIED }, 'the claim of b')
    },
  },
  {
    name: 'a release of the only try forgets the key',
    async check(make) {
      const ledger = await make()
      await ledger.claim(KEY, claimOf('a', intentOf('first')))
      await ledger.release(KEY, 'a')
      expectEqual(await ledger.find(KEY), undefined, 'find')
      expectEqual(await ledger.claim(KEY, claimOf('b', intentOf('other'), NOW + 9)), ACQUIRED, 'the claim of another')
      const claimed = await ledger.claim(KEY, claimOf('c', intentOf('third'), NOW + 9 + LEASE))
      expectEqual(
        claimed,
        { kind: 'expired', intent: intentOf('other'), since: NOW + 9, tries: 1 },
        'the claim of a third',
      )
    },
  },
  {
    name: 'a release of a later try takes back that one alone, and ends the lease',
    async check(make) {
      for (const next of ['a', 'b']) {
        const ledger = await make()
        await ledger.claim(KEY, claimOf('a', intentOf('first')))
        await ledger.claim(KEY, claimOf('a', intentOf('second'), NOW + 1))
        await ledger.release(KEY, 'a')
        const entry = await ledger.find(KEY)
        expectEqual(seenAt(NOW + 1, entry), claimedOf('first', 1), 'find')
        const claimed = await ledger.claim(KEY, claimOf(next, intentOf('third'), NOW + 2))
        expectEqual(
          claimed,
          { kind: 'expired', intent: intentOf('first'), since: NOW, tries: 1 },
          `the claim of ${next}`,
        )
      }
    },
  },
  {
    name: 'a release is done once: the tries before stay',
    async check(make) {
      const ledger = await make()
      for (const text of ['first', 'second', 'third']) await ledger.claim(KEY, claimOf('a', intentOf(text)))
      await ledger.release(KEY, 'a')
      await ledger.release(KEY, 'a')
      await ledger.release(KEY, 'a')
      expectEqual(seenAt(NOW, await ledger.find(KEY)), claimedOf('second', 2), 'find')
    },
  },
  {
    name: 'a release by anybody but the holder of the lease does nothing',
    async check(make) {
      const ledger = await make()
      await ledger.claim(KEY, claimOf('a', intentOf('first')))
      await ledger.release(KEY, 'b')
      const first = claimedOf('first', 1, NOW + LEASE)
      expectEqual(await ledger.find(KEY), first, 'find after the release of one who never held it')
      const later = NOW + LEASE
      await ledger.claim(KEY, claimOf('b', intentOf('not yet'), later))
      await ledger.claim(KEY, claimOf('b', intentOf('second'), later))
      await ledger.release(KEY, 'a')
      const second = claimedOf('second', 2, later + LEASE)
      expectEqual(await ledger.find(KEY), second, 'find after the release of one who has lost it')
    },
  },
  {
    name: 'a release after an expired lease takes back no try: it may have been posted',
    async check(make) {
      for (const next of ['a', 'b']) {
        const ledger = await make()
        await ledger.claim(KEY, claimOf('a', intentOf('first')))
        await ledger.claim(KEY, claimOf(next, intentOf('not yet'), NOW + LEASE))
        await ledger.release(KEY, next)
        expectEqual(seenAt(NOW + LEASE, await ledger.find(KEY)), claimedOf('first', 1), 'find')
        const claimed = await ledger.claim(KEY, claimOf('c', intentOf('other'), NOW + LEASE))
        expectEqual(
          claimed,
          { kind: 'expired', intent: intentOf('first'), since: NOW, tries: 1 },
          'the claim of a third',
        )
      }
    },
  },
  {
    name: 'a release after the end changes nothing',
    async check(make) {
      const ledger = await make()
      await ledger.claim(KEY, claimOf('a', intentOf('first')))
      await ledger.settle(KEY, REPLIED, NOW + 1)
      await ledger.release(KEY, 'a')
      expectEqual(await ledger.find(KEY), { kind: 'settled', outcome: REPLIED, at: NOW + 1 }, 'find')
    },
  },
  {
    name: 'a release in doubt keeps the try, and from its time on the next claim finds it expired',
    async check(make) {
      const ledger = await make()
      await ledger.claim(KEY, claimOf('a', intentOf('first')))
      await ledger.claim(KEY, claimOf('a', intentOf('second'), NOW + 1))
      await ledger.release(KEY, 'a', NOW + 9)
      expectEqual(await ledger.find(KEY), claimedOf('second', 2, NOW + 9), 'find')
      const held = await ledger.claim(KEY, claimOf('b', intentOf('other'), NOW + 8))
      expectEqual(held, { kind: 'held', until: NOW + 9 }, 'the claim of another before that')
      const claimed = await ledger.claim(KEY, claimOf('b', intentOf('other'), NOW + 9))
      expectEqual(
        claimed,
        { kind: 'expired', intent: intentOf('second'), since: NOW, tries: 2 },
        'the claim of another',
      )
    },
  },
  {
    name: 'a release in doubt makes no lease longer',
    async check(make) {
      const ledger = await make()
      await ledger.claim(KEY, claimOf('a', intentOf('first')))
      await ledger.release(KEY, 'a', NOW + 2 * LEASE)
      expectEqual(await ledger.find(KEY), claimedOf('first', 1, NOW + LEASE), 'find')
      await ledger.claim(KEY, claimOf('b', intentOf('not yet'), NOW + LEASE))
      await ledger.release(KEY, 'b', NOW + LEASE + 3)
      await ledger.release(KEY, 'b', NOW + LEASE + 7)
      expectEqual(await ledger.find(KEY), claimedOf('first', 1, NOW + LEASE + 3), 'find after two more')
    },
  },
  {
    name: 'a try in doubt is not taken back by a later release, and one after it is',
    async check(make) {
      const ledger = await make()
      await ledger.claim(KEY, claimOf('a', intentOf('first')))
      await ledger.release(KEY, 'a', NOW + 9)
      await ledger.claim(KEY, claimOf('a', intentOf('second'), NOW + 1))
      await ledger.release(KEY, 'a')
      expectEqual(seenAt(NOW + 1, await ledger.find(KEY)), claimedOf('first', 1), 'find after the second was released')
      const other = { ...KEY, about: '1' }
      await ledger.claim(other, claimOf('a', intentOf('first')))
      await ledger.release(other, 'a', NOW + 9)
      await ledger.release(other, 'a')
      expectEqual(seenAt(NOW, await ledger.find(other)), claimedOf('first', 1), 'find after the first was released')
    },
  },
  {
    name: 'a release in doubt by anybody but the holder of the lease, or after the end, does nothing',
    async check(make) {
      const ledger = await make()
      await ledger.release(KEY, 'a', NOW + 9)
      expectEqual(await ledger.find(KEY), undefined, 'find where nothing was known')
      await ledger.claim(KEY, claimOf('a', intentOf('first')))
      await ledger.release(KEY, 'b', NOW + 9)
      expectEqual(await ledger.find(KEY), claimedOf('first', 1, NOW + LEASE), 'find')
      await ledger.settle(KEY, REPLIED, NOW + 1)
      await ledger.release(KEY, 'a', NOW + 9)
      expectEqual(await ledger.find(KEY), { kind: 'settled', outcome: REPLIED, at: NOW + 1 }, 'find after the end')
    },
  },
  {
    name: 'forgetting an author ends every reply claimed for them, even under a running lease, and leaves no text',
    async check(make) {
      const ledger = await make()
      const keys = ['running', 'tried twice', 'run out', 'in doubt', 'released'].map((about) => ({ ...KEY, about }))
      for (const key of keys) await ledger.claim(key, claimOf('a', byAuthor('1', 'first')))
      const [running, twice, runOut, inDoubt, released] = keys as [ReplyKey, ReplyKey, ReplyKey, ReplyKey, ReplyKey]
      await ledger.claim(twice, claimOf('a', byAuthor('1', 'second')))
      await ledger.claim(runOut, claimOf('b', byAuthor('1', 'not yet'), NOW + LEASE))
      await ledger.release(inDoubt, 'a', NOW + 1)
      await ledger.release(released, 'a')
      await ledger.forgetAuthor('1', NOW + 7)
      const settled = { kind: 'settled', outcome: FORGOTTEN, at: NOW + 7 }
      for (const key of [running, twice, runOut, inDoubt]) {
        expectEqual(await ledger.find(key), settled, `find of what was ${key.about}`)
        expectEqual(await ledger.settle(key, REPLIED, NOW + 8), FORGOTTEN, `settle of what was ${key.about}`)
        const claimed = await ledger.claim(key, claimOf('a', byAuthor('1', 'again'), NOW + 8))
        expectEqual(claimed, { kind: 'settled', outcome: FORGOTTEN }, `claim of what was ${key.about}`)
      }
      expectEqual(await ledger.find(released), undefined, 'find of what was given back')
    },
  },
  {
    name: 'forgetting an author leaves what others asked for, and what has ended',
    async check(make) {
      const ledger = await make()
      await ledger.forgetAuthor('1', NOW)
      const [other, ended] = [
        { ...KEY, about: 'other' },
        { ...KEY, about: 'ended' },
      ]
      await ledger.claim(other, claimOf('a', byAuthor('11', 'first')))
      await ledger.claim(ended, claimOf('a', byAuthor('1', 'first')))
      await ledger.settle(ended, REPLIED, NOW + 1)
      await ledger.forgetAuthor('1', NOW + 2 * LEASE)
      const expected = { kind: 'claimed', intent: byAuthor('11', 'first'), until: NOW + LEASE, tries: 1 }
      expectEqual(await ledger.find(other), expected, 'find of what another asked for')
      expectEqual(
        await ledger.find(ended),
        { kind: 'settled', outcome: REPLIED, at: NOW + 1 },
        'find of what has ended',
      )
    },
  },
  {
    name: 'forgetting an author ends what does not say whose it is, from the moment that its lease ends',
    async check(make) {
      const ledger = await make()
      await ledger.claim(KEY, claimOf('a', intentOf('first')))
      await ledger.forgetAuthor('1', NOW + LEASE - 1)
      expectEqual(await ledger.find(KEY), claimedOf('first', 1, NOW + LEASE), 'find before the lease ends')
      await ledger.forgetAuthor('1', NOW + LEASE)
      expectEqual(await ledger.find(KEY), { kind: 'settled', outcome: FORGOTTEN, at: NOW + LEASE }, 'find')
    },
  },
  {
    name: 'forgetting an author ends all that is claimed for them, however much that is',
    async check(make) {
      const ledger = await make()
      const keys = Array.from({ length: 120 }, (_, index) => ({ botId: '1', about: `${index}` }))
      await inTwenties(keys, (key) => ledger.claim(key, claimOf('a', byAuthor('1', LARGE))))
      await ledger.forgetAuthor('1', NOW)
      const found = await inTwenties(keys, (key) => ledger.find(key))
      expectEqual(found.filter((entry) => entry?.kind === 'claimed').length, 0, 'how many of 120 are still claimed')
    },
  },
  {
    name: 'of forgetting and settling at once one wins, and all are told which',
    async check(make) {
      const ledger = await make()
      const keys = Array.from({ length: 20 }, (_, index) => ({ ...KEY, about: `${index}` }))
      for (const key of keys) await ledger.claim(key, claimOf('a', byAuthor('1', 'first')))
      const [, ...told] = await Promise.all([
        ledger.forgetAuthor('1', NOW),
        ...keys.map((key) => ledger.settle(key, REPLIED, NOW)),
      ])
      for (const [index, key] of keys.entries()) {
        expectEqual(await ledger.find(key), { kind: 'settled', outcome: told[index], at: NOW }, 'find')
      }
    },
  },
  {
    name: 'what happens to one key happens to no other',
    async check(make) {
      const ledger = await make()
      const other = { ...KEY, about: '1' }
      await ledger.claim(KEY, claimOf('a', intentOf('first')))
      await ledger.claim(other, claimOf('a', intentOf('first')))
      await ledger.settle(other, REPLIED, NOW)
      await ledger.release(other, 'a')
      const expected = claimedOf('first', 1, NOW + LEASE)
      expectEqual(await ledger.find(KEY), expected, 'find')
      await ledger.release(KEY, 'a')
      expectEqual(await ledger.find(other), { kind: 'settled', outcome: REPLIED, at: NOW }, 'find of the other')
    },
  },
  {
    name: 'what was claimed and what was settled is remembered as long as the ledger keeps rows',
    async check(make) {
      const ledger = await make()
      const settled = { ...KEY, about: '1' }
      await ledger.claim(KEY, claimOf('a', intentOf('first')))
      await ledger.settle(settled, REPLIED, NOW)
      const late = NOW + TIMES.ledgerRows - 1
      const claimed = await ledger.claim(KEY, claimOf('b', intentOf('other'), late))
      expectEqual(
        claimed,
        { kind: 'expired', intent: intentOf('first'), since: NOW, tries: 1 },
        'claim of what was claimed',
      )
      const told = await ledger.claim(settled, claimOf('b', intentOf('other'), late))
      expectEqual(told, { kind: 'settled', outcome: REPLIED }, 'claim of what was settled')
    },
  },
  {
    name: 'changing what was put in changes nothing inside',
    async check(make) {
      const ledger = await make()
      const intent = { ...intentOf('first') }
      await ledger.claim(KEY, claimOf('a', intent))
      intent.text = 'changed'
      const expected = claimedOf('first', 1, NOW + LEASE)
      expectEqual(await ledger.find(KEY), expected, 'find')
      const outcome = { ...REPLIED }
      await ledger.settle(KEY, outcome, NOW)
      outcome.replyId = 'changed'
      expectEqual(await ledger.find(KEY), { kind: 'settled', outcome: REPLIED, at: NOW }, 'find after settle')
    },
  },
  {
    name: 'changing what was given out changes nothing inside',
    async check(make) {
      const ledger = await make()
      await ledger.claim(KEY, claimOf('a', intentOf('first')))
      const found = await ledger.find(KEY)
      if (found?.kind === 'claimed') Object.assign(found.intent, { text: 'changed' })
      const claimed = await ledger.claim(KEY, claimOf('b', intentOf('not yet'), NOW + LEASE))
      expectEqual(claimed, { kind: 'expired', intent: intentOf('first'), since: NOW, tries: 1 }, 'claim after a find')
      if (claimed.kind === 'expired') Object.assign(claimed.intent, { text: 'changed' })
      const expected = claimedOf('first', 1, NOW + 2 * LEASE)
      expectEqual(await ledger.find(KEY), expected, 'find after a claim')
      const settled = { kind: 'settled', outcome: REPLIED, at: NOW }
      Object.assign(await ledger.settle(KEY, { ...REPLIED }, NOW), { replyId: 'changed' })
      expectEqual(await ledger.find(KEY), settled, 'find after a settle')
      const again = await ledger.claim(KEY, claimOf('c', intentOf('third')))
      if (again.kind === 'settled') Object.assign(again.outcome, { replyId: 'changed' })
      Object.assign(await ledger.settle(KEY, { ...REPLIED }, NOW), { replyId: 'changed' })
      const end = await ledger.find(KEY)
      if (end?.kind === 'settled') Object.assign(end.outcome, { replyId: 'changed' })
      expectEqual(await ledger.find(KEY), settled, 'find in the end')
    },
  },
  {
    name: 'once all are forgotten nothing is known of any key, and each is claimed anew',
    async check(make) {
      const ledger = await make()
      await ledger.removeAll()
      const keys = Array.from({ length: 120 }, (_, index) => ({ botId: `${index % 2}`, about: `${index}` }))
      await inTwenties(keys, async (key) => {
        await ledger.claim(key, claimOf('a', intentOf(LARGE)))
        if (key.botId === '1') await ledger.settle(key, REPLIED, NOW)
      })
      await ledger.removeAll()
      const found = await inTwenties(keys, (key) => ledger.find(key))
      const known = found.filter((entry) => entry !== undefined)
      expectEqual(known.length, 0, 'how many of 120 keys are known after all were forgotten')
      for (const key of keys.slice(0, 2)) {
        await ledger.release(key, 'a')
        expectEqual(await ledger.claim(key, claimOf('b', intentOf('second'), NOW + LEASE)), ACQUIRED, 'claim')
        expectEqual(await ledger.find(key), claimedOf('second', 1, NOW + 2 * LEASE), 'find')
        const claimed = await ledger.claim(key, claimOf('c', intentOf('third'), NOW + 2 * LEASE))
        const expired = { kind: 'expired', intent: intentOf('second'), since: NOW + LEASE, tries: 1 }
        expectEqual(claimed, expired, 'claim when that lease has run out')
      }
    },
  },
  {
    name: 'whatever many owners do at once while time goes by, some order of theirs explains every answer',
    async check(make) {
      const property = fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 6 }), async (rounds) => {
        const ledger = await make()
        let now = NOW
        let states: readonly State[] = [undefined]
        for (const { wait, deeds } of rounds) {
          now += wait
          const done = await Promise.all(
            deeds.map(async (deed) => ({ deed, answer: show(seenAt(now, await perform(ledger, deed, now))) })),
          )
          const told = done.map(({ deed, answer }) => `${show(deed)} gave ${answer}`).join('; ')
          states = unique(states.flatMap((state) => statesAfter(state, done, now)))
          expectTrue(states.length > 0, `no order explains what was told ${now - NOW} ms after the start: ${told}`)
        }
        const last = show(seenAt(now, await ledger.find(KEY)))
        const expected = states.map((state) => show(seenAt(now, entryOf(state))))
        expectTrue(expected.includes(last), `in the end find gives ${last}, no order explains that`)
      })
      const run = await fc.check(property, tries())
      expectTrue(!run.failed, `${fc.defaultReportMessage(run)}`)
    },
  },
]

/** Ahead of any clock (2060-01-01), so that a ledger that also drops rows by its own clock keeps these. */
const NOW = 2_840_140_800_000
const LEASE = TIMES.lease

const KEY: ReplyKey = { botId: '1999999999999999999', about: '9007199254740993' }
const OWNERS: readonly string[] = Array.from({ length: 20 }, (_, index) => `owner ${index}`)
const ACQUIRED: ClaimResult = { kind: 'acquired' }

const REPLIED: { kind: 'replied'; replyId: string } = { kind: 'replied', replyId: '1999999999999999999' }
const OUTCOMES: readonly SettledOutcome[] = [
  REPLIED,
  { kind: 'replied', replyId: '9007199254740993' },
  { kind: 'refused', reason: 'reply-not-allowed', detail: 'é 日本語 🐦 "\\\n' },
  { kind: 'refused', reason: 'rejected', detail: '' },
  { kind: 'unresolved', detail: 'two posts may have been made' },
  { kind: 'skipped', reason: 'too-old' },
  { kind: 'photo-asked-for', firstId: '9007199254740993' },
]

const FORGOTTEN: SettledOutcome = { kind: 'skipped', reason: 'forgotten' }

const AWKWARD: ReplyIntent = {
  tweetId: '1999999999999999999',
  text: `@é 日本語 "\\\n${'👩‍👩‍👧'.repeat(100)}`,
  authorId: '9007199254740993',
}

const MEDIA_IDS = ['1999999999999999997', '1999999999999999996', '1999999999999999998', '9007199254740993']

const WITH_IMAGES: ReplyIntent = {
  ...AWKWARD,
  mediaIds: MEDIA_IDS,
  mediaExpireAt: NOW + 86_399_999,
}

/** With this, a hundred rows exceed the megabyte that some databases return at a time. */
const LARGE = 't'.repeat(10_000)

const intentOf = (text: string): ReplyIntent => ({ tweetId: '9007199254740993', text })

const byAuthor = (authorId: string, text: string): ReplyIntent => ({ ...intentOf(text), authorId })

const claimedOf = (text: string, tries: number, until: number = OVER): LedgerEntry => ({
  kind: 'claimed',
  intent: intentOf(text),
  until,
  tries,
})

const claimOf = (owner: string, intent: ReplyIntent, now = NOW, lease: number = LEASE): ReplyClaim => ({
  owner,
  intent,
  now,
  until: now + lease,
})

/** Stands for the end of an expired lease, because the contract does not prescribe which past time a ledger returns. */
const OVER = 0

function seenAt<Answer>(now: number, answer: Answer | LedgerEntry): Answer | LedgerEntry {
  const over = isClaimed(answer) && answer.until <= now
  return over ? { ...answer, until: OVER } : answer
}

const isClaimed = (answer: unknown): answer is LedgerEntry & { kind: 'claimed' } =>
  typeof answer === 'object' && answer !== null && 'kind' in answer && answer.kind === 'claimed'

/** A simple model of the state of one key. */
type State =
  | undefined
  | { readonly kind: 'settled'; readonly outcome: SettledOutcome; readonly at: number }
  | {
      readonly kind: 'claimed'
      readonly holder: string
      readonly until: number
      readonly since: number
      readonly intents: readonly ReplyIntent[]
      /** Whether the last try was recorded under the current lease. */
      readonly own: boolean
    }

type Deed =
  | { readonly kind: 'claim'; readonly owner: string; readonly text: string }
  | { readonly kind: 'release'; readonly owner: string; readonly inDoubtFor?: number | undefined }
  | { readonly kind: 'forget' }
  | { readonly kind: 'settle'; readonly replyId: string }
  | { readonly kind: 'find' }

type Answer = ClaimResult | LedgerEntry | SettledOutcome | undefined

function perform(ledger: ReplyLedger, deed: Deed, now: number): Promise<Answer> {
  if (deed.kind === 'claim') return ledger.claim(KEY, claimOf(deed.owner, intentOf(deed.text), now))
  if (deed.kind === 'settle') return ledger.settle(KEY, { kind: 'replied', replyId: deed.replyId }, now)
  if (deed.kind === 'find') return ledger.find(KEY)
  if (deed.kind === 'forget') return ledger.forgetAuthor('1', now).then(() => undefined)
  const { owner: releasing, inDoubtFor } = deed
  const released = ledger.release(KEY, releasing, ...(inDoubtFor === undefined ? [] : [now + inDoubtFor]))
  return released.then(() => undefined)
}

/** Returns every state that the deeds can lead to, in any sequential order that explains the answers. */
function statesAfter(state: State, done: readonly { deed: Deed; answer: string }[], now: number): readonly State[] {
  if (done.length === 0) return [state]
  return done.flatMap(({ deed, answer }, index) => {
    const [next, expected] = step(state, deed, now)
    return show(seenAt(now, expected)) === answer ? statesAfter(next, done.toSpliced(index, 1), now) : []
  })
}

function step(state: State, deed: Deed, now: number): readonly [State, Answer] {
  if (deed.kind === 'find') return [state, entryOf(state)]
  if (deed.kind === 'claim') return stepClaim(state, deed.owner, intentOf(deed.text), now)
  if (deed.kind === 'settle') {
    const outcome: SettledOutcome = { kind: 'replied', replyId: deed.replyId }
    return state?.kind === 'settled' ? [state, state.outcome] : [{ kind: 'settled', outcome, at: now }, outcome]
  }
  if (deed.kind === 'forget') {
    const ends = state?.kind === 'claimed' && now >= state.until
    return [ends ? { kind: 'settled', outcome: FORGOTTEN, at: now } : state, undefined]
  }
  if (state?.kind !== 'claimed' || state.until === OVER || state.holder !== deed.owner) return [state, undefined]
  if (deed.inDoubtFor !== undefined) {
    return [{ ...state, until: Math.min(state.until, now + deed.inDoubtFor), own: false }, undefined]
  }
  const intents = state.own ? state.intents.slice(0, -1) : state.intents
  return [intents.length === 0 ? undefined : { ...state, intents, until: OVER, own: false }, undefined]
}

function stepClaim(state: State, owner: string, intent: ReplyIntent, now: number): readonly [State, ClaimResult] {
  const lease = { kind: 'claimed', holder: owner, until: now + LEASE } as const
  if (state === undefined) return [{ ...lease, since: now, intents: [intent], own: true }, ACQUIRED]
  if (state.kind === 'settled') return [state, { kind: 'settled', outcome: state.outcome }]
  if (now >= state.until) {
    const { intents, since } = state
    const expired = { kind: 'expired', intent: lastOf(intents), since, tries: intents.length } as const
    return [{ ...state, ...lease, own: false }, expired]
  }
  if (state.holder !== owner) return [state, { kind: 'held', until: state.until }]
  return [{ ...state, ...lease, intents: [...state.intents, intent], own: true }, ACQUIRED]
}

function entryOf(state: State): LedgerEntry | undefined {
  if (state?.kind !== 'claimed') return state
  return { kind: 'claimed', intent: lastOf(state.intents), until: state.until, tries: state.intents.length }
}

const lastOf = (intents: readonly ReplyIntent[]): ReplyIntent => intents.at(-1) ?? intentOf('no try')

const unique = (states: readonly State[]) => [...new Map(states.map((state) => [show(state), state])).values()]

/** Returns the same text for equal answers, regardless of the order of their fields. */
const show = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  ) ?? 'undefined'

const owner = fc.constantFrom('a', 'a', 'b', 'c')

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('claim'), owner, text: fc.constantFrom('one', 'two') }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('release'),
      owner,
      inDoubtFor: fc.constantFrom(undefined, undefined, undefined, 0, 1, LEASE),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('find') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('settle'), replyId: fc.constantFrom('1', '2') }) },
)

const round = fc.record({
  wait: fc.constantFrom(0, 1, LEASE - 1, LEASE),
  deeds: fc.array(deed, { minLength: 1, maxLength: 3 }),
})
