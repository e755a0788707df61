import { signInContract } from '@hexbird/core/contracts'
import { describe, expect, test } from '@jest/globals'
import { CallbackNotAllowedError, MemorySignIn } from '../src/memory-sign-in.js'
import { testFaults } from './broken-outside/faults.js'
import { CALLBACK, memorySignIn, SIGN_IN_FAULTS } from './broken-outside/sign-in.js'

const ADA = { uid: '1790000000000000001', username: 'ada' }

describe('MemorySignIn', () => {
  for (const { name, check } of signInContract) test(name, () => check(memorySignIn))

  test('a callback that is not on the list is refused by name', async () => {
    const signIn = new MemorySignIn({ callbacks: [CALLBACK] })
    await expect(signIn.requestToken({ callback: 'https://evil.example/' })).rejects.toThrow(CallbackNotAllowedError)
  })

  test("a token without its own secret is refused, and stays the person's", async () => {
    const signIn = new MemorySignIn({ callbacks: [CALLBACK] })
    const { token, secret } = await signIn.requestToken({ callback: CALLBACK })
    const verifier = signIn.approve(token, ADA) ?? ''
    expect(await signIn.accessToken({ token, secret: 'guessed', verifier })).toMatchObject({ kind: 'refused' })
    expect(await signIn.accessToken({ token, secret, verifier })).toMatchObject({ kind: 'granted', ...ADA })
  })

  test('what was never asked for, or is traded, cannot be approved', async () => {
    const signIn = new MemorySignIn({ callbacks: [CALLBACK] })
    const { token, secret } = await signIn.requestToken({ callback: CALLBACK })
    await signIn.accessToken({ token, secret, verifier: signIn.approve(token, ADA) ?? '' })
    expect(signIn.approve(token, ADA)).toBeUndefined()
    expect(signIn.approve('made-up', ADA)).toBeUndefined()
  })

  test('tokens, secrets and verifiers are made of the ids that it is given', async () => {
    let made = 0
    const newId = () => {
      made += 1
      return `id-${made}`
    }
    const signIn = new MemorySignIn({ callbacks: [CALLBACK], newId })
    expect(await signIn.requestToken({ callback: CALLBACK })).toMatchObject({ token: 'id-1', secret: 'id-2' })
  })
})

describe('the contract of a sign-in', () => testFaults(signInContract, SIGN_IN_FAULTS, memorySignIn))

describe('known faults of the originals', () => {
  test('user ids do not go through floating point', async () => {
    const signIn = new MemorySignIn({ callbacks: [CALLBACK] })
    const { token, secret } = await signIn.requestToken({ callback: CALLBACK })
    const verifier = signIn.approve(token, { uid: '9007199254740993', username: 'ada' }) ?? ''
    expect(await signIn.accessToken({ token, secret, verifier })).toMatchObject({ uid: '9007199254740993' })
  })
})
