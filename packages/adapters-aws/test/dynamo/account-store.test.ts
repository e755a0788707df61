import type { Account } from '@hexbird/core/adapter'
import { accountStoreContract } from '@hexbird/core/contracts'
import { createSecretBox, newKey } from '@hexbird/secret-box'
import { runs } from '@hexbird/testkit/runs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { DynamoAccountStore } from '../../src/dynamo/account-store.js'
import { box, type DynamoFixture, startDynamo } from '../dynamo-fixture.js'

let dynamo: DynamoFixture
beforeAll(async () => {
  dynamo = await startDynamo()
})
afterAll(() => dynamo.close())

const storeOf = (table: string) => new DynamoAccountStore({ client: dynamo.client, table, box })
const fresh = async () => storeOf(await dynamo.table('twitter'))

describe('DynamoAccountStore', () => {
  for (const { name, check } of accountStoreContract) test(name, () => check(fresh))

  test('what is stored is a row under the number of the person, without their tokens, for good', async () => {
    const table = await dynamo.table('twitter')
    await storeOf(table).put(ACCOUNT)
    const row = await dynamo.rawRow(table, 'twitter', ACCOUNT.uid)
    expect(row).toEqual({
      uid: { N: '9007199254740993' },
      v: { N: '1' },
      username: { S: 'ada' },
      access_token: { S: expect.any(String) },
      access_secret: { S: expect.any(String) },
      signed_in_at: { N: '2840140800000' },
      tracked: { S: '{"page":"/start"}' },
    })
    for (const secret of [ACCOUNT.accessToken, ACCOUNT.accessSecret]) expect(JSON.stringify(row)).not.toContain(secret)
  })

  test('whatever the number of the person, every digit of it is stored and found', async () => {
    const table = await dynamo.table('twitter')
    await fc.assert(
      fc.asyncProperty(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String), async (uid) => {
        await storeOf(table).put({ ...ACCOUNT, uid })
        expect((await dynamo.rawRow(table, 'twitter', uid)).uid).toEqual({ N: uid })
        expect(await storeOf(table).find(uid)).toEqual({ ...ACCOUNT, uid })
      }),
      { numRuns: runs(30, 5) },
    )
  })

  test.each(['1e3', '007', '+1', '-1', '1.0', ' 1', '1\n', '0x1', 'NaN', '٣', '9'.repeat(39)])(
    'an id that would be read as the number of another is refused: %j',
    async (uid) => {
      const store = await fresh()
      const refusal = { name: 'AwsError', code: 'STORE_KEY_INVALID' }
      await expect(store.put({ ...ACCOUNT, uid })).rejects.toMatchObject(refusal)
      await expect(store.find(uid)).rejects.toMatchObject(refusal)
      await expect(store.remove(uid)).rejects.toMatchObject(refusal)
    },
  )

  test.each(['[]', '{"page":1}', 'null', '{"page":'])('tracked data that is none is refused: %s', async (tracked) => {
    const table = await dynamo.table('twitter')
    await storeOf(table).put(ACCOUNT)
    await dynamo.putRaw(table, { ...(await dynamo.rawRow(table, 'twitter', ACCOUNT.uid)), tracked: { S: tracked } })
    await expect(storeOf(table).find(ACCOUNT.uid)).rejects.toMatchObject({ code: 'STORE_ROW_UNREADABLE' })
  })

  test('whatever is tracked comes back', async () => {
    const store = await fresh()
    const tracked = fc.dictionary(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('__proto__')), fc.string())
    await fc.assert(
      fc.asyncProperty(tracked, async (each) => {
        await store.put({ ...ACCOUNT, tracked: each })
        expect(Object.entries((await store.find(ACCOUNT.uid))?.tracked ?? {})).toEqual(Object.entries(each))
      }),
      { numRuns: runs(30, 5) },
    )
  })

  test('a row of another version is refused', async () => {
    const table = await dynamo.table('twitter')
    await storeOf(table).put(ACCOUNT)
    await dynamo.putRaw(table, { ...(await dynamo.rawRow(table, 'twitter', ACCOUNT.uid)), v: { N: '2' } })
    await expect(storeOf(table).find(ACCOUNT.uid)).rejects.toMatchObject({ code: 'STORE_ROW_VERSION' })
  })

  test.each(['username', 'access_token', 'signed_in_at', 'tracked'])(
    'a row that lacks %s is refused, and nothing of it is told',
    async (attribute) => {
      const table = await dynamo.table('twitter')
      await storeOf(table).put(ACCOUNT)
      const { [attribute]: _, ...row } = await dynamo.rawRow(table, 'twitter', ACCOUNT.uid)
      await dynamo.putRaw(table, row)
      const error: unknown = await storeOf(table)
        .find(ACCOUNT.uid)
        .catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({
        code: 'STORE_ROW_UNREADABLE',
        message: `${table}: a row has no readable ${attribute}.`,
      })
    },
  )
})

describe('the tokens of a person', () => {
  test('that were moved to another row are refused', async () => {
    const table = await dynamo.table('twitter')
    await storeOf(table).put(ACCOUNT)
    const stolen = await dynamo.rawRow(table, 'twitter', ACCOUNT.uid)
    await dynamo.putRaw(table, { ...stolen, uid: { N: '42' } })
    await expect(storeOf(table).find('42')).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' })
  })

  test('that changed places are refused', async () => {
    const table = await dynamo.table('twitter')
    await storeOf(table).put(ACCOUNT)
    const { access_token: token, access_secret: secret, ...row } = await dynamo.rawRow(table, 'twitter', ACCOUNT.uid)
    if (!token || !secret) throw new Error('The row has no tokens.')
    await dynamo.putRaw(table, { ...row, access_token: secret, access_secret: token })
    await expect(storeOf(table).find(ACCOUNT.uid)).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' })
  })

  test('that were moved to the table of another stage are refused', async () => {
    const [ours, theirs] = [await dynamo.table('twitter'), await dynamo.table('twitter')]
    await storeOf(theirs).put(ACCOUNT)
    await dynamo.putRaw(ours, await dynamo.rawRow(theirs, 'twitter', ACCOUNT.uid))
    await expect(storeOf(ours).find(ACCOUNT.uid)).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' })
  })

  test('that another stage sealed, with the same key and for a table of the same name, are refused', async () => {
    const table = await dynamo.table('twitter')
    const keys = [newKey('2026-11')]
    const at = (stage: string) =>
      new DynamoAccountStore({ client: dynamo.client, table, box: createSecretBox({ stage, keys }) })
    await at('staging').put(ACCOUNT)
    expect(await at('staging').find(ACCOUNT.uid)).toEqual(ACCOUNT)
    await expect(at('production').find(ACCOUNT.uid)).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' })
  })
})

describe('known faults of the originals', () => {
  test('signing in again never updated the tokens: it does', async () => {
    const store = await fresh()
    await store.put(ACCOUNT)
    const again = { ...ACCOUNT, accessToken: 'a newer token', accessSecret: 'a newer secret' }
    await store.put(again)
    expect(await store.find(ACCOUNT.uid)).toEqual(again)
  })

  test('tokens were encrypted without authentication: one that was changed by a letter is refused', async () => {
    const table = await dynamo.table('twitter')
    await storeOf(table).put(ACCOUNT)
    const row = await dynamo.rawRow(table, 'twitter', ACCOUNT.uid)
    const sealed = row.access_token?.S ?? ''
    const middle = sealed.length - 10
    const changed = sealed.slice(0, middle) + (sealed[middle] === 'A' ? 'B' : 'A') + sealed.slice(middle + 1)
    await dynamo.putRaw(table, { ...row, access_token: { S: changed } })
    await expect(storeOf(table).find(ACCOUNT.uid)).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' })
  })
})

const ACCOUNT: Account = {
  uid: '9007199254740993',
  username: 'ada',
  accessToken: 'nobody-may-read-this-token',
  accessSecret: 'nobody-may-read-this-secret',
  signedInAt: 2_840_140_800_000,
  tracked: { page: '/start' },
}
