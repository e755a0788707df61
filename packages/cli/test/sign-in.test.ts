import { readFileSync } from 'node:fs'
import {
  MemoryBlobStore,
  MemoryBudget,
  MemoryKillSwitch,
  MemoryOptOuts,
  MemoryReplyLedger,
} from '@hexbird/adapters-memory'
import type { Outcome } from '@hexbird/core'
import { forget, purge, storedJobs } from '@hexbird/core/host'
import { SIGN_IN_PATHS } from '@hexbird/http'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { Dialect } from '../src/local-bot.js'
import { API, BOTH, closeAll, start } from './sign-in-fixture.js'

const dialects: Dialect[] = ['x-activity', 'account-activity']
const { start: START, result: RESULT, disconnect: DISCONNECT } = SIGN_IN_PATHS
const photo = { bytes: readFileSync(new URL('../../local-x/samples/photos/cat.jpg', import.meta.url)) }

afterEach(closeAll)

const unhandled: unknown[] = []
const note = (reason: unknown) => void unhandled.push(reason)
beforeAll(() => void process.on('unhandledRejection', note))
afterAll(() => {
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})

const SIGNED_IN = 'You are signed in'

test('of twenty callbacks at once one signs in, and what was chosen happens once', async () => {
  const { x, browser, account, appEvents } = await start(API)
  const person = browser()
  const callback = await person.approved('alice', BOTH)
  const pages = await Promise.all(Array.from({ length: 20 }, () => person.get(callback)))
  expect(appEvents.filter(({ kind }) => kind === 'signed-in')).toHaveLength(1)
  expect(appEvents.filter((event) => event.kind === 'callback-refused' && event.reason === 'used')).toHaveLength(19)
  expect(pages.filter(({ cookies }) => cookies.some((line) => line.includes('-login=')))).toHaveLength(1)
  expect(pages.every(({ status }) => status === 303)).toBe(true)
  expect((await person.get(RESULT)).heading).toBe(SIGNED_IN)
  expect(await account('alice')).toMatchObject({ username: 'alice' })
  expect(x.messages()).toHaveLength(1)
  expect(x.followersOf('hexbird')).toHaveLength(1)
})

test('twenty other browsers with the address of a callback take nothing from the one that began', async () => {
  const { browser, account } = await start()
  const person = browser()
  const callback = await person.approved('alice')
  const others = await Promise.all(Array.from({ length: 20 }, () => browser().get(callback)))
  for (const { location } of others) expect(location).toBe(`${RESULT}?reason=wrong-browser`)
  expect(await account('alice')).toBeUndefined()
  expect((await person.get((await person.get(callback)).location)).heading).toBe(SIGNED_IN)
})

describe.each(dialects)('told of over %s', (dialect) => {
  test('a revocation removes the account, and ends the login', async () => {
    const { x, local, browser, account } = await start({ dialects: [dialect] })
    const [alice, bob] = [browser(), browser()]
    await alice.signIn('alice')
    await bob.signIn('bob')
    await x.revoke('alice')
    await local.idle()
    expect(await account('alice')).toBeUndefined()
    expect((await alice.get(RESULT)).heading).toBe('You are not signed in')
    expect((await bob.get(RESULT)).heading).toBe(SIGNED_IN)
  })

  test('a revocation that comes late, or again, leaves a newer sign-in alone', async () => {
    const { x, local, clock, browser, account } = await start({ dialects: [dialect] })
    const alice = browser()
    await alice.signIn('alice')
    const before = x.deliveries().length
    await x.revoke('alice')
    await local.idle()
    const told = x.deliveries().slice(before)
    expect(told.length).toBeGreaterThan(0)
    clock.now += 60_000
    await alice.signIn('alice')
    const newer = await account('alice')
    expect(newer).toBeDefined()
    for (const { id } of told) await x.redeliver(id)
    await local.idle()
    expect(await account('alice')).toEqual(newer)
    expect((await alice.get(RESULT)).heading).toBe(SIGNED_IN)
  })

  test('"stop" in a direct message is honoured from then on, for its sender alone', async () => {
    const { x, local } = await start({ dialects: [dialect] })
    const repliesTo = async (username: string) => {
      const { id } = await x.tweet({ as: username, text: '@hexbird what is this?' })
      await local.idle()
      return x.repliesTo(id).length
    }
    await x.message({ from: 'alice', text: 'please do not stop' })
    await local.idle()
    expect(await repliesTo('alice')).toBe(1)
    await x.message({ from: 'alice', text: 'Stop!' })
    await local.idle()
    expect([await repliesTo('alice'), await repliesTo('bob')]).toEqual([0, 1])
  })
})

test('tokens that X says are void when they are used take the account away', async () => {
  const { x, local, browser, account, appEvents } = await start(API)
  for (const path of [/^\/2\/users\/\d+\/following$/, /^\/2\/dm_conversations\//]) {
    const respond = { status: 401, body: { errors: [{ code: 89, message: 'Invalid or expired token.' }] } }
    x.failNext({ method: 'POST', path, respond })
  }
  const alice = browser()
  const { heading, status } = await alice.signIn('alice', BOTH)
  expect([heading, status]).toEqual(['Access was withdrawn', 403])
  expect(await account('alice')).toBeUndefined()
  expect(x.messages()).toEqual([])
  expect(appEvents.at(-1)).toEqual({ kind: 'callback-refused', reason: 'revoked' })

  await alice.signIn('alice')
  x.set({ drop: 1 })
  await x.revoke('alice')
  await local.idle()
  expect(await account('alice')).toBeDefined()
  expect((await alice.submit(DISCONNECT)).heading).toBe('You are disconnected')
  expect(await account('alice')).toBeUndefined()
})

test('who disconnects has no account any more, and the tokens are answered 401 at X', async () => {
  const { browser, account, userActions } = await start(API)
  const alice = browser()
  await alice.signIn('alice', BOTH)
  const held = await account('alice')
  if (!held) throw new Error('Alice is not signed in.')
  expect((await alice.submit(DISCONNECT)).heading).toBe('You are disconnected')
  expect(await account('alice')).toBeUndefined()
  expect(await userActions.message(held, held.uid, 'still here')).toMatchObject({ kind: 'revoked' })
  expect((await alice.get(RESULT)).heading).toBe('You are not signed in')
  expect((await alice.submit(DISCONNECT)).heading).toBe('You are not signed in')
})

test('forgetting one person leaves nothing of them, a purge nothing of anybody', async () => {
  const blobs = new MemoryBlobStore()
  // No queue is told of the jobs, so that they and their photos stay.
  const photosAndJobs = { blobs, jobs: storedJobs(blobs) }
  const stores = {
    ...photosAndJobs,
    ledger: new MemoryReplyLedger(),
    budget: new MemoryBudget(),
    optOuts: new MemoryOptOuts(),
  }
  const jobs: string[] = []
  const onOutcome = (outcome: Outcome) => void (outcome.kind === 'job-stored' && jobs.push(outcome.jobKey))
  const { x, local, browser, account, accounts, sessions, clock, userActions } = await start({
    onOutcome,
    ports: stores,
  })
  const tweet = async (as: string, photos: readonly { readonly bytes: Uint8Array }[]) => {
    const { id } = await x.tweet({ as, text: '@hexbird what is this?', photos })
    await local.idle()
    return { botId: x.bot.id, about: id }
  }
  for (const username of ['alice', 'bob']) {
    await browser().signIn(username)
    await tweet(username, [photo])
  }
  const answered = await tweet('bob', [])
  await x.message({ from: 'bob', text: 'stop' })
  await local.idle()
  const kept = async (jobKey = '') => {
    const keys = [jobKey, jobKey.replace(/^jobs(.*\/)(.*)\.json$/, 'photos$1$2/$2-0')]
    return (await Promise.all(keys.map((key) => blobs.get(key)))).filter((blob) => blob !== undefined).length
  }
  const [ofAlice, ofBob] = jobs
  const held = await account('alice')
  if (!held) throw new Error('Alice is not signed in.')
  expect([await kept(ofAlice), await kept(ofBob)]).toEqual([2, 2])

  expect(await forget({ accounts, userActions, blobs, ledger: stores.ledger, now: () => clock.now }, held.uid)).toEqual(
    { atX: { kind: 'done' } },
  )
  expect([await account('alice'), await kept(ofAlice), await kept(ofBob)]).toEqual([undefined, 0, 2])
  expect(await userActions.invalidate(held)).toMatchObject({ kind: 'revoked' })
  expect(await account('bob')).toBeDefined()
  expect(await stores.optOuts.has(x.person('bob').id)).toBe(true)
  expect(await stores.ledger.find(answered)).toBeDefined()

  await browser().submit(START)
  await purge({ sessions, accounts, ...stores, killSwitch: new MemoryKillSwitch(), now: () => clock.now })
  expect([await account('bob'), await kept(ofBob)]).toEqual([undefined, 0])
  expect(await stores.optOuts.has(x.person('bob').id)).toBe(false)
  expect(await stores.ledger.find(answered)).toBeUndefined()
  for (const { requestToken, flowSecretHash } of sessions.seen) {
    expect(await sessions.consume(requestToken, flowSecretHash, clock.now)).toEqual({ kind: 'unknown' })
  }
})
