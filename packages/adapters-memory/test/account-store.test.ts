import type { Account } from '@hexbird/core/adapter'
import { accountStoreContract } from '@hexbird/core/contracts'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { MemoryAccountStore } from '../src/memory-account-store.js'
import { ACCOUNT_STORE_FAULTS, faultyAccountStore } from './broken/account-store.js'
import { testAgainstFaults } from './broken/contract-tests.js'

describe('MemoryAccountStore', () => {
  for (const { name, check } of accountStoreContract) test(name, () => check(() => new MemoryAccountStore()))
})

describe('the contract of an account store', () =>
  testAgainstFaults(accountStoreContract, ACCOUNT_STORE_FAULTS, faultyAccountStore))

test('a property of a contract tries as many cases as fast-check is told to', async () => {
  const property = accountStoreContract.find(({ name }) => name.startsWith('any sequence'))
  let made = 0
  fc.configureGlobal({ numRuns: 3 })
  await property?.check(() => {
    made += 1
    return new MemoryAccountStore()
  })
  fc.resetConfigureGlobal()
  expect(made).toBe(3)
})

describe('known faults of the originals', () => {
  test('user ids went through floating point: all digits of an id count', async () => {
    const accounts = new MemoryAccountStore()
    await accounts.put({ ...ACCOUNT, uid: '9007199254740993' })
    expect(await accounts.find('9007199254740992')).toBeUndefined()
    expect(await accounts.find('9007199254740993')).toEqual({ ...ACCOUNT, uid: '9007199254740993' })
  })

  test('signing in again did not update the tokens: the last sign-in counts', async () => {
    const accounts = new MemoryAccountStore()
    await accounts.put(ACCOUNT)
    await accounts.put({ ...ACCOUNT, accessToken: 'new', accessSecret: 'new too' })
    expect(await accounts.find(ACCOUNT.uid)).toEqual({ ...ACCOUNT, accessToken: 'new', accessSecret: 'new too' })
  })
})

const ACCOUNT: Account = {
  uid: '42',
  username: 'somebody',
  accessToken: 'old',
  accessSecret: 'old too',
  signedInAt: 0,
  tracked: {},
}
