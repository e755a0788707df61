import type { Session } from '@hexbird/core/adapter'
import { sessionStoreContract } from '@hexbird/core/contracts'
import { createSecretBox, newKey } from '@hexbird/secret-box'
import { runs } from '@hexbird/testkit/runs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { DynamoSessionStore } from '../../src/dynamo/session-store.js'
import { box, type DynamoFixture, startDynamo } from '../dynamo-fixture.js'
import { closeServers, lossyClient } from '../dynamo-servers.js'

let dynamo: DynamoFixture
beforeAll(async () => {
  dynamo = await startDynamo()
})
afterEach(closeServers)
afterAll(() => dynamo.close())

const storeOf = (table: string) => new DynamoSessionStore({ client: dynamo.client, table, box })
const fresh = async () => storeOf(await dynamo.table('session'))

describe('DynamoSessionStore', () => {
  for (const { name, check } of sessionStoreContract) test(name, () => check(fresh))

  test('what is stored is a row under its request token, with its times, and without its secret', async () => {
    const table = await dynamo.table('session')
    await storeOf(table).put(SESSION)
    const row = await dynamo.rawRow(table, 'session', SESSION.requestToken)
    expect(row).toEqual({
      request_token: { S: SESSION.requestToken },
      v: { N: '1' },
      request_secret: { S: expect.any(String) },
      expires_at: { N: '2840140800001' },
      ttl: { N: '2840140801' },
      browser_hash: { S: SESSION.flowSecretHash },
      follow: { BOOL: true },
      message: { BOOL: false },
      tracked: { S: '{"page":"/start"}' },
      return_to: { S: 'https://example.com/' },
    })
    expect(JSON.stringify(row)).not.toContain(SESSION.requestSecret)
  })

  test('of a session that was consumed nothing is kept but that it was, for that browser and that time', async () => {
    const table = await dynamo.table('session')
    await storeOf(table).put(SESSION)
    await storeOf(table).consume(SESSION.requestToken, SESSION.flowSecretHash, NOW)
    expect(await dynamo.rawRow(table, 'session', SESSION.requestToken)).toEqual({
      request_token: { S: SESSION.requestToken },
      v: { N: '1' },
      expires_at: { N: '2840140800001' },
      ttl: { N: '2840140801' },
      browser_hash: { S: SESSION.flowSecretHash },
      taken_by: { S: expect.any(String) },
    })
  })

  test('DynamoDB sweeps no session before it has expired, and any within a second of that', async () => {
    const table = await dynamo.table('session')
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: NOW }), async (expiresAt) => {
        await storeOf(table).put({ ...SESSION, expiresAt })
        const { ttl } = await dynamo.rawRow(table, 'session', SESSION.requestToken)
        const late = Number(ttl?.N) * 1000 - expiresAt
        expect(late).toBeGreaterThanOrEqual(0)
        expect(late).toBeLessThan(1000)
      }),
      { numRuns: runs(20, 5) },
    )
  })

  test('of twenty functions that consume it at once, each over its own connection, exactly one gets the session', async () => {
    const table = await dynamo.table('session')
    await storeOf(table).put(SESSION)
    const callers = Array.from({ length: 20 }, () => new DynamoSessionStore({ client: dynamo.another(), table, box }))
    const consumed = await Promise.all(
      callers.map((caller) => caller.consume(SESSION.requestToken, SESSION.flowSecretHash, NOW)),
    )
    expect(consumed.filter(({ kind }) => kind === 'consumed')).toEqual([{ kind: 'consumed', session: SESSION }])
    expect(consumed.filter(({ kind }) => kind === 'used')).toHaveLength(19)
  })

  test('a session that was consumed without an answer is lost, and not said to be used by somebody', async () => {
    const table = await dynamo.table('session')
    await storeOf(table).put(SESSION)
    const client = await lossyClient(dynamo.port, new Set(['UpdateItem']))
    const store = new DynamoSessionStore({ client, table, box })
    const consuming = store.consume(SESSION.requestToken, SESSION.flowSecretHash, NOW)
    await expect(consuming).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
    expect(await storeOf(table).consume(SESSION.requestToken, SESSION.flowSecretHash, NOW)).toEqual({ kind: 'used' })
  })

  test('a row of another version is refused, and stays', async () => {
    const table = await dynamo.table('session')
    await storeOf(table).put(SESSION)
    const row = { ...(await dynamo.rawRow(table, 'session', SESSION.requestToken)), v: { N: '2' } }
    await dynamo.putRaw(table, row)
    const consuming = storeOf(table).consume(SESSION.requestToken, SESSION.flowSecretHash, NOW)
    await expect(consuming).rejects.toMatchObject({ name: 'AwsError', code: 'STORE_ROW_VERSION' })
    expect(await dynamo.rawRow(table, 'session', SESSION.requestToken)).toEqual(row)
  })
})

describe('the secret of a session', () => {
  test('that was moved to another row is refused', async () => {
    const table = await dynamo.table('session')
    await storeOf(table).put(SESSION)
    await storeOf(table).put({ ...SESSION, requestToken: 'other' })
    const stolen = await dynamo.rawRow(table, 'session', SESSION.requestToken)
    await dynamo.putRaw(table, { ...stolen, request_token: { S: 'other' } })
    const consuming = storeOf(table).consume('other', SESSION.flowSecretHash, NOW)
    await expect(consuming).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' })
  })

  test('that was sealed with an older key is opened as long as there is that key', async () => {
    const table = await dynamo.table('session')
    const [older, newer] = [newKey('2026-05'), newKey('2026-11')]
    const storeWith = (keys: readonly ReturnType<typeof newKey>[]) =>
      new DynamoSessionStore({ client: dynamo.client, table, box: createSecretBox({ stage: 'test', keys }) })
    const consume = (store: DynamoSessionStore) => store.consume(SESSION.requestToken, SESSION.flowSecretHash, NOW)
    await storeWith([older]).put(SESSION)
    expect(await consume(storeWith([newer, older]))).toEqual({ kind: 'consumed', session: SESSION })
    await storeWith([older]).put(SESSION)
    await expect(consume(storeWith([newer]))).rejects.toMatchObject({ code: 'SECRET_KEY_UNKNOWN' })
  })
})

describe('known faults of the originals', () => {
  test('a session row was never used up and never expired: it is consumed once, and DynamoDB sweeps it', async () => {
    const table = await dynamo.table('session')
    await storeOf(table).put(SESSION)
    const consume = () => storeOf(table).consume(SESSION.requestToken, SESSION.flowSecretHash, NOW)
    expect(await consume()).toEqual({ kind: 'consumed', session: SESSION })
    expect(await consume()).toEqual({ kind: 'used' })
    expect(await dynamo.rawRow(table, 'session', SESSION.requestToken)).toHaveProperty('ttl')
  })

  test('a session row was not bound to a browser: another one takes nothing away', async () => {
    const table = await dynamo.table('session')
    await storeOf(table).put(SESSION)
    const other = await storeOf(table).consume(SESSION.requestToken, 'another browser', NOW)
    expect(other).toEqual({ kind: 'wrong-browser' })
    const own = await storeOf(table).consume(SESSION.requestToken, SESSION.flowSecretHash, NOW)
    expect(own).toEqual({ kind: 'consumed', session: SESSION })
  })
})

const NOW = 2_840_140_800_000

const SESSION: Session = {
  requestToken: 'a-request-token',
  requestSecret: 'nobody-may-read-this',
  expiresAt: NOW + 1,
  flowSecretHash: 'b'.repeat(64),
  follow: true,
  message: false,
  tracked: { page: '/start' },
  returnTo: 'https://example.com/',
}
