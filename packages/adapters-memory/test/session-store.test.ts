import type { ConsumeResult, Session } from '@hexbird/core/adapter'
import { sessionStoreContract } from '@hexbird/core/contracts'
import { describe, expect, test } from '@jest/globals'
import { MemorySessionStore } from '../src/memory-session-store.js'
import { testAgainstFaults } from './broken/contract-tests.js'
import { faultySessionStore, SESSION_STORE_FAULTS } from './broken/session-store.js'

describe('MemorySessionStore', () => {
  for (const { name, check } of sessionStoreContract) test(name, () => check(() => new MemorySessionStore()))

  test('sessions that nobody came back for do not pile up: each call of consume drops those that have expired', async () => {
    const sessions = new MemorySessionStore()
    for (const requestToken of ['d', 'a', 'b', 'c']) await sessions.put({ ...SESSION, requestToken, expiresAt: 1_000 })
    await sessions.put({ ...SESSION, requestToken: 'd', expiresAt: 2_000 })
    await sessions.consume('unknown', HASH, 1_000)
    for (const requestToken of ['a', 'b', 'c']) expect(await sessions.consume(requestToken, HASH, 0)).toEqual(UNKNOWN)
    expect(await sessions.consume('d', HASH, 0)).toMatchObject({ kind: 'consumed', session: { requestToken: 'd' } })
  })

  test('what is remembered of used sessions does not pile up: each call of consume drops it once they would have expired', async () => {
    const sessions = new MemorySessionStore()
    for (const requestToken of ['a', 'b', 'c']) await sessions.put({ ...SESSION, requestToken })
    await sessions.put({ ...SESSION, requestToken: 'd', expiresAt: 2_000 })
    for (const requestToken of ['d', 'b', 'a', 'c']) await sessions.consume(requestToken, HASH, 0)
    await sessions.consume('unknown', HASH, 999)
    for (const requestToken of ['a', 'b', 'c', 'd']) expect(await sessions.consume(requestToken, HASH, 0)).toEqual(USED)
    await sessions.consume('unknown', HASH, 1_000)
    for (const requestToken of ['a', 'b', 'c']) expect(await sessions.consume(requestToken, HASH, 0)).toEqual(UNKNOWN)
    expect(await sessions.consume('d', HASH, 0)).toEqual(USED)
  })

  test('a session that has expired is said to be so, until a call of consume has swept it away', async () => {
    const sessions = new MemorySessionStore()
    await sessions.put(SESSION)
    expect(await sessions.consume(SESSION.requestToken, HASH, 1_000)).toEqual({ kind: 'expired' })
    expect(await sessions.consume(SESSION.requestToken, HASH, 1_000)).toEqual(UNKNOWN)
  })
})

describe('the contract of a session store', () =>
  testAgainstFaults(sessionStoreContract, SESSION_STORE_FAULTS, faultySessionStore))

describe('known faults of the originals', () => {
  test('a session row was never used up: it is consumed once', async () => {
    const sessions = new MemorySessionStore()
    await sessions.put(SESSION)
    expect(await sessions.consume(SESSION.requestToken, HASH, 0)).toEqual({ kind: 'consumed', session: SESSION })
    expect(await sessions.consume(SESSION.requestToken, HASH, 0)).toEqual(USED)
  })

  test('a session was tied to no browser: a callback led into another one signs nobody in', async () => {
    const sessions = new MemorySessionStore()
    await sessions.put(SESSION)
    expect(await sessions.consume(SESSION.requestToken, 'hash of another', 0)).toEqual({ kind: 'wrong-browser' })
    expect(await sessions.consume(SESSION.requestToken, HASH, 0)).toEqual({ kind: 'consumed', session: SESSION })
  })

  test('a session row never expired: it is gone at its end', async () => {
    const sessions = new MemorySessionStore()
    await sessions.put(SESSION)
    expect(await sessions.consume(SESSION.requestToken, HASH, SESSION.expiresAt)).toEqual({ kind: 'expired' })
  })
})

const HASH = 'hash'
const UNKNOWN: ConsumeResult = { kind: 'unknown' }
const USED: ConsumeResult = { kind: 'used' }

const SESSION: Session = {
  requestToken: 'token',
  requestSecret: 'secret',
  expiresAt: 1_000,
  flowSecretHash: HASH,
  follow: true,
  message: false,
  tracked: { page: '/start' },
}
