import type { Session } from '@hexbird/core'
import { sessionStoreContract } from '@hexbird/core/contracts'
import { describe, expect, test } from '@jest/globals'
import { MemorySessionStore } from '../src/memory-session-store.js'
import { testAgainstFaults } from './broken/contract-tests.js'
import { faultySessionStore, SESSION_STORE_FAULTS } from './broken/session-store.js'

describe('MemorySessionStore', () => {
  for (const { name, check } of sessionStoreContract) test(name, () => check(() => new MemorySessionStore()))

  test('sessions that nobody came back for do not pile up: any take drops those that have expired', async () => {
    const sessions = new MemorySessionStore()
    for (const requestToken of ['d', 'a', 'b', 'c']) await sessions.put({ ...SESSION, requestToken, expiresAt: 1_000 })
    await sessions.put({ ...SESSION, requestToken: 'd', expiresAt: 2_000 })
    await sessions.take('unknown', 1_000)
    for (const requestToken of ['a', 'b', 'c']) expect(await sessions.take(requestToken, 0)).toBeUndefined()
    expect(await sessions.take('d', 0)).toMatchObject({ requestToken: 'd' })
  })
})

describe('the contract of a session store', () =>
  testAgainstFaults(sessionStoreContract, SESSION_STORE_FAULTS, faultySessionStore))

describe('known faults of the originals', () => {
  test('a session row was never consumed: it is taken once', async () => {
    const sessions = new MemorySessionStore()
    await sessions.put(SESSION)
    expect(await sessions.take(SESSION.requestToken, 0)).toEqual(SESSION)
    expect(await sessions.take(SESSION.requestToken, 0)).toBeUndefined()
  })

  test('a session row never expired: it is gone at its end', async () => {
    const sessions = new MemorySessionStore()
    await sessions.put(SESSION)
    expect(await sessions.take(SESSION.requestToken, SESSION.expiresAt)).toBeUndefined()
  })
})

const SESSION: Session = {
  requestToken: 'token',
  requestSecret: 'secret',
  expiresAt: 1_000,
  browserHash: 'hash',
  follow: true,
  message: false,
  tracked: { page: '/start' },
}
