import type { ReplyClaim } from '@hexbird/core/adapter'
import { replyLedgerContract } from '@hexbird/core/contracts'
import { TIMES } from '@hexbird/core/host'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { DynamoReplyLedger } from '../../src/dynamo/reply-ledger.js'
import { type DynamoFixture, startDynamo } from '../dynamo-fixture.js'
import { closeServers, lossyClient } from '../dynamo-servers.js'

let dynamo: DynamoFixture
beforeAll(async () => {
  dynamo = await startDynamo()
})
afterEach(closeServers)
afterAll(() => dynamo.close())

const ledgerIn = (table: string) => new DynamoReplyLedger({ client: dynamo.client, table })

describe('DynamoReplyLedger', () => {
  for (const { name, check } of replyLedgerContract) {
    test(name, () => check(async () => ledgerIn(await dynamo.table('reply'))))
  }

  test('what is stored of a claim is a row that DynamoDB sweeps when the ledger has kept it long enough', async () => {
    const table = await dynamo.table('reply')
    const claim = claimOf('a', NOW)
    await ledgerIn(table).claim(KEY, { ...claim, intent: { ...claim.intent, authorId: '7' } })
    expect(await dynamo.rawRow(table, 'reply', NAME)).toEqual({
      reply_key: { S: NAME },
      v: { N: '1' },
      kind: { S: 'begun' },
      holder: { S: 'a' },
      until: { N: `${NOW + TIMES.lease}` },
      since: { N: `${NOW}` },
      tries: { L: [{ M: { tweetId: { S: '1999999999999999999' }, text: { S: 'a dog' }, authorId: { S: '7' } } }] },
      own: { BOOL: true },
      last_write: { S: expect.any(String) },
      kept_until: { N: `${NOW + TIMES.ledgerRows}` },
      ttl: { N: `${Math.ceil((NOW + TIMES.ledgerRows) / 1000)}` },
    })
  })

  test('what is stored of an end is the end, without the words', async () => {
    const table = await dynamo.table('reply')
    await ledgerIn(table).claim(KEY, claimOf('a', NOW))
    await ledgerIn(table).settle(KEY, REPLIED, NOW + 1)
    expect(await dynamo.rawRow(table, 'reply', NAME)).toEqual({
      reply_key: { S: NAME },
      v: { N: '1' },
      kind: { S: 'settled' },
      outcome: { M: { kind: { S: 'replied' }, replyId: { S: '9007199254740993' } } },
      at: { N: `${NOW + 1}` },
      last_write: { S: expect.any(String) },
      kept_until: { N: `${NOW + 1 + TIMES.ledgerRows}` },
      ttl: { N: `${Math.ceil((NOW + 1 + TIMES.ledgerRows) / 1000)}` },
    })
  })

  test('every end is read as it was written', async () => {
    const ledger = ledgerIn(await dynamo.table('reply'))
    const outcomes = [
      REPLIED,
      { kind: 'refused', reason: 'tweet-gone', detail: '' },
      { kind: 'unresolved', detail: 'two tries' },
      { kind: 'skipped', reason: 'too-old' },
      { kind: 'photo-asked-for', firstId: '9007199254740993' },
    ] as const
    for (const [index, outcome] of outcomes.entries()) {
      const key = { ...KEY, about: `conversation:${index}` }
      await ledger.settle(key, outcome, NOW)
      expect(await ledger.find(key)).toEqual({ kind: 'settled', outcome, at: NOW })
    }
  })

  test('media ids are stored as a list, which an older release cannot read: it fails on the row instead of posting without them', async () => {
    const table = await dynamo.table('reply')
    const claim = claimOf('a', NOW)
    const images = { mediaIds: ['1999999999999999997', '9007199254740993'], mediaExpireAt: NOW + 86_400_000 }
    await ledgerIn(table).claim(KEY, { ...claim, intent: { ...claim.intent, ...images } })
    const { tries } = (await dynamo.rawRow(table, 'reply', NAME)) ?? {}
    expect(tries?.L?.[0]?.M).toMatchObject({
      mediaIds: { L: [{ S: '1999999999999999997' }, { S: '9007199254740993' }] },
      mediaExpireAt: { N: `${NOW + 86_400_000}` },
    })
  })

  test('rows written before claims said whose tweet they are for are still read', async () => {
    const table = await dynamo.table('reply')
    const row = {
      v: { N: '1' },
      last_write: { S: '0c9a1f86-2c0e-4b44-9a51-6d6c3c6b2a01' },
      kept_until: { N: '2842732800000' },
      ttl: { N: '2842732800' },
    }
    const claimed = {
      ...row,
      reply_key: { S: NAME },
      kind: { S: 'begun' },
      holder: { S: 'a' },
      until: { N: '2840140890000' },
      since: { N: '2840140800000' },
      tries: {
        L: [
          { M: { tweetId: { S: '1999999999999999999' }, text: { S: 'a dog' } } },
          { M: { tweetId: { S: '1999999999999999999' }, text: { S: 'a dog!' } } },
        ],
      },
      own: { BOOL: true },
    }
    const intent = { tweetId: '1999999999999999999', text: 'a dog!' }
    const ledger = ledgerIn(table)
    await dynamo.putRaw(table, claimed)
    expect(await ledger.find(KEY)).toEqual({ kind: 'claimed', intent, until: 2_840_140_890_000, tries: 2 })
    const expired = await ledger.claim(KEY, claimOf('b', 2_840_140_890_000))
    expect(expired).toEqual({ kind: 'expired', intent, since: 2_840_140_800_000, tries: 2 })
    await dynamo.putRaw(table, claimed)
    await ledger.release(KEY, 'a', NOW)
    expect(await ledger.find(KEY)).toEqual({ kind: 'claimed', intent, until: NOW, tries: 2 })
    await ledger.forgetAuthor('7', 2_840_140_890_000)
    const forgotten = { kind: 'skipped', reason: 'forgotten' }
    expect(await ledger.find(KEY)).toEqual({ kind: 'settled', outcome: forgotten, at: 2_840_140_890_000 })

    const ends = [
      [
        { kind: 'replied', replyId: '9007199254740993' },
        { M: { kind: { S: 'replied' }, replyId: { S: '9007199254740993' } } },
      ],
      [
        { kind: 'refused', reason: 'tweet-gone', detail: '' },
        { M: { kind: { S: 'refused' }, reason: { S: 'tweet-gone' }, detail: { S: '' } } },
      ],
      [{ kind: 'unresolved', detail: 'two tries' }, { M: { kind: { S: 'unsure' }, detail: { S: 'two tries' } } }],
      [{ kind: 'photo-asked-for', firstId: '42' }, { M: { kind: { S: 'photo-asked-for' }, firstId: { S: '42' } } }],
    ] as const
    for (const [outcome, stored] of ends) {
      const settled = {
        ...row,
        reply_key: { S: NAME },
        kind: { S: 'settled' },
        outcome: stored,
        at: { N: '2840140800001' },
      }
      await dynamo.putRaw(table, settled)
      expect(await ledger.find(KEY)).toEqual({ kind: 'settled', outcome, at: 2_840_140_800_001 })
    }
  })

  test('what is stored of a forgotten author is the end, without the words', async () => {
    const table = await dynamo.table('reply')
    const claim = claimOf('a', NOW)
    await ledgerIn(table).claim(KEY, { ...claim, intent: { ...claim.intent, authorId: '7' } })
    await ledgerIn(table).forgetAuthor('7', NOW + 1)
    expect(await dynamo.rawRow(table, 'reply', NAME)).toEqual({
      reply_key: { S: NAME },
      v: { N: '1' },
      kind: { S: 'settled' },
      outcome: { M: { kind: { S: 'skipped' }, reason: { S: 'forgotten' } } },
      at: { N: `${NOW + 1}` },
      last_write: { S: expect.any(String) },
      kept_until: { N: `${NOW + 1 + TIMES.ledgerRows}` },
      ttl: { N: `${Math.ceil((NOW + 1 + TIMES.ledgerRows) / 1000)}` },
    })
  })

  test('a claim that changes while its author is forgotten is ended as it is then', async () => {
    const table = await dynamo.table('reply')
    const claim = claimOf('a', NOW)
    const theirs = { ...claim, intent: { ...claim.intent, authorId: '7' } }
    await ledgerIn(table).claim(KEY, theirs)
    const client = dynamo.another()
    let writes = 0
    client.middlewareStack.add((next, { commandName }) => async (args) => {
      if (commandName === 'PutItemCommand' && ++writes === 1) await ledgerIn(table).claim(KEY, theirs)
      return next(args)
    })
    await new DynamoReplyLedger({ client, table }).forgetAuthor('7', NOW + 1)
    expect(writes).toBe(2)
    expect(await ledgerIn(table).find(KEY)).toMatchObject({ kind: 'settled', outcome: { reason: 'forgotten' } })
  })

  test('an author is not forgotten where a row cannot be read or the table cannot be scanned', async () => {
    const table = await dynamo.table('reply')
    await ledgerIn(table).claim(KEY, claimOf('a', NOW))
    const row = await dynamo.rawRow(table, 'reply', NAME)
    await dynamo.putRaw(table, { ...row, v: { N: '2' } })
    await expect(ledgerIn(table).forgetAuthor('7', NOW)).rejects.toMatchObject({ code: 'STORE_ROW_VERSION' })
    await expect(ledgerIn('no_such_table').forgetAuthor('7', NOW)).rejects.toMatchObject({ code: 'STORE_REFUSED' })
  })

  test('of twenty functions that claim at once, each over its own connection, exactly one wins', async () => {
    const table = await dynamo.table('reply')
    const ledgers = Array.from({ length: 20 }, () => new DynamoReplyLedger({ client: dynamo.another(), table }))
    const claimed = await Promise.all(ledgers.map((ledger, index) => ledger.claim(KEY, claimOf(`${index}`, NOW))))
    expect(claimed.filter(({ kind }) => kind === 'acquired')).toHaveLength(1)
    expect(claimed.filter(({ kind }) => kind === 'held')).toHaveLength(19)
  })

  test('a claim whose answer was lost is won, with one try recorded', async () => {
    const table = await dynamo.table('reply')
    const ledger = await lossyLedger(table, 'PutItem')
    expect(await ledger.claim(KEY, claimOf('a', NOW))).toEqual({ kind: 'acquired' })
    expect(await ledgerIn(table).find(KEY)).toMatchObject({ kind: 'claimed', tries: 1 })
  })

  test('a further try whose answer was lost is recorded once', async () => {
    const table = await dynamo.table('reply')
    await ledgerIn(table).claim(KEY, claimOf('a', NOW))
    const lost = new Set<string>()
    const client = await lossyClient(dynamo.port, lost)
    // The first write of this claim is refused, for there is a row; the second is done and its answer lost.
    let reads = 0
    client.middlewareStack.add((next, { commandName }) => async (args) => {
      if (commandName === 'GetItemCommand' && ++reads === 1) lost.add('PutItem')
      return next(args)
    })
    const ledger = new DynamoReplyLedger({ client, table })
    expect(await ledger.claim(KEY, claimOf('a', NOW + 1))).toEqual({ kind: 'acquired' })
    expect(lost).toEqual(new Set())
    expect(await ledgerIn(table).find(KEY)).toMatchObject({ kind: 'claimed', tries: 2 })
  })

  test('a doubt whose answer was lost is told to whoever has the lease now', async () => {
    const table = await dynamo.table('reply')
    await ledgerIn(table).claim(KEY, claimOf('a', NOW))
    const ledger = await lossyLedger(table, 'GetItem')
    const claimed = await ledger.claim(KEY, claimOf('b', NOW + TIMES.lease))
    expect(claimed).toMatchObject({ kind: 'expired', tries: 1, since: NOW })
  })

  test('an end whose answer was lost is settled, and told as such', async () => {
    const table = await dynamo.table('reply')
    const ledger = await lossyLedger(table, 'PutItem')
    expect(await ledger.settle(KEY, REPLIED, NOW)).toEqual(REPLIED)
    expect(await ledgerIn(table).find(KEY)).toEqual({ kind: 'settled', outcome: REPLIED, at: NOW })
  })

  test.each([1, 3])('a release whose answer was lost takes back one try of %i', async (tries) => {
    const table = await dynamo.table('reply')
    for (let time = 0; time < tries; time++) await ledgerIn(table).claim(KEY, claimOf('a', NOW))
    const ledger = await lossyLedger(table, tries === 1 ? 'DeleteItem' : 'PutItem')
    await ledger.release(KEY, 'a')
    const entry = await ledgerIn(table).find(KEY)
    expect(entry?.kind === 'claimed' ? entry.tries : 0).toBe(tries - 1)
  })

  test('a release in doubt whose answer was lost is done, and a try stays in doubt', async () => {
    const table = await dynamo.table('reply')
    await ledgerIn(table).claim(KEY, claimOf('a', NOW))
    const ledger = await lossyLedger(table, 'PutItem')
    await ledger.release(KEY, 'a', NOW + 9)
    await ledger.release(KEY, 'a')
    expect(await ledgerIn(table).find(KEY)).toMatchObject({ kind: 'claimed', tries: 1, until: 0 })
  })

  test('a release that another write comes before is done all the same, on top of that', async () => {
    const table = await dynamo.table('reply')
    await ledgerIn(table).claim(KEY, claimOf('a', NOW))
    const client = dynamo.another()
    client.middlewareStack.add((next, { commandName }) => async (args) => {
      if (commandName === 'DeleteItemCommand') await ledgerIn(table).claim(KEY, claimOf('a', NOW + 1))
      return next(args)
    })
    await new DynamoReplyLedger({ client, table }).release(KEY, 'a')
    expect(await ledgerIn(table).find(KEY)).toMatchObject({ kind: 'claimed', tries: 1, until: 0 })
  })

  test('a row of another version is neither claimed nor settled nor released, and stays', async () => {
    const table = await dynamo.table('reply')
    await ledgerIn(table).claim(KEY, claimOf('a', NOW))
    const row = { ...(await dynamo.rawRow(table, 'reply', NAME)), v: { N: '2' } }
    await dynamo.putRaw(table, row)
    const refusal = { code: 'STORE_ROW_VERSION' }
    await expect(ledgerIn(table).claim(KEY, claimOf('a', NOW))).rejects.toMatchObject(refusal)
    await expect(ledgerIn(table).settle(KEY, REPLIED, NOW)).rejects.toMatchObject(refusal)
    await expect(ledgerIn(table).release(KEY, 'a')).rejects.toMatchObject(refusal)
    await expect(ledgerIn(table).find(KEY)).rejects.toMatchObject(refusal)
    expect(await dynamo.rawRow(table, 'reply', NAME)).toEqual(row)
  })

  test.each([
    [{ M: { kind: { S: 'replied' } } }],
    [{ M: { kind: { S: 'refused' }, reason: { S: 'rejected' } } }],
    [{ M: { kind: { S: 'forgotten' } } }],
    [{ M: {} }],
    [{ S: 'replied' }],
  ])('an end that makes no sense is not taken for one: %j', async (outcome) => {
    const table = await dynamo.table('reply')
    await ledgerIn(table).settle(KEY, REPLIED, NOW)
    await dynamo.putRaw(table, { ...(await dynamo.rawRow(table, 'reply', NAME)), outcome })
    await expect(ledgerIn(table).find(KEY)).rejects.toMatchObject({ code: 'STORE_ROW_UNREADABLE' })
  })
})

describe('known faults of the originals', () => {
  test('a redelivered event was answered twice: what is settled is not claimed again, by whichever function', async () => {
    const table = await dynamo.table('reply')
    await ledgerIn(table).claim(KEY, claimOf('a', NOW))
    await ledgerIn(table).settle(KEY, REPLIED, NOW + 1)
    const elsewhere = new DynamoReplyLedger({ client: dynamo.another(), table })
    const claimed = await elsewhere.claim(KEY, claimOf('redelivery', NOW + TIMES.deadLetters))
    expect(claimed).toEqual({ kind: 'settled', outcome: REPLIED })
  })

  test('a mark set before the work lost the event when the work failed: the claim passes on', async () => {
    const table = await dynamo.table('reply')
    await ledgerIn(table).claim(KEY, claimOf('a', NOW))
    const claimed = await ledgerIn(table).claim(KEY, claimOf('redelivery', NOW + TIMES.visibility))
    expect(claimed).toMatchObject({ kind: 'expired', tries: 1 })
  })
})

async function lossyLedger(table: string, lost: string) {
  return new DynamoReplyLedger({ client: await lossyClient(dynamo.port, new Set([lost])), table })
}

const NOW = 2_840_140_800_000
const KEY = { botId: '42', about: '1999999999999999999' }
const NAME = '42#1999999999999999999'
const REPLIED = { kind: 'replied', replyId: '9007199254740993' } as const

const claimOf = (owner: string, now: number): ReplyClaim => ({
  owner,
  intent: { tweetId: '1999999999999999999', text: 'a dog' },
  now,
  until: now + TIMES.lease,
})
