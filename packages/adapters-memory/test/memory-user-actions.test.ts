import { userActionsContract } from '@hexbird/core/contracts'
import { describe, expect, test } from '@jest/globals'
import { MemoryUserActions } from '../src/memory-user-actions.js'
import { testFaults } from './broken-outside/faults.js'
import { memoryUserActions, USER_ACTIONS_FAULTS } from './broken-outside/user-actions.js'

const ADA = { uid: '1790000000000000001', accessToken: 'token', accessSecret: 'secret' }

describe('MemoryUserActions', () => {
  for (const { name, check } of userActionsContract) test(name, () => check(memoryUserActions))

  test('one who takes no messages may still message themselves', async () => {
    const actions = new MemoryUserActions()
    actions.closeMessages(ADA.uid)
    expect(await actions.message(ADA, ADA.uid, 'Welcome.')).toEqual({ kind: 'done' })
  })

  test('a rate limit is met once, with its time', async () => {
    const actions = new MemoryUserActions()
    actions.limitNext(1_790_000_900_000)
    expect(await actions.follow(ADA, '7')).toMatchObject({ kind: 'deferred', until: 1_790_000_900_000 })
    expect(await actions.follow(ADA, '7')).toEqual({ kind: 'done' })
  })

  test('who signs in again after their tokens were made invalid can act again, with the new ones alone', async () => {
    const actions = new MemoryUserActions()
    await actions.invalidate(ADA)
    expect(await actions.follow({ ...ADA, accessToken: 'new' }, '7')).toEqual({ kind: 'done' })
    expect(await actions.follow(ADA, '7')).toMatchObject({ kind: 'revoked' })
  })

  test('neither tokens nor their secrets are kept', async () => {
    const actions = new MemoryUserActions()
    await actions.message(ADA, '7', 'Welcome.')
    expect(JSON.stringify(actions.messagesTo('7'))).not.toMatch(/token|secret/)
  })
})

describe('the contract of user actions', () => testFaults(userActionsContract, USER_ACTIONS_FAULTS, memoryUserActions))
