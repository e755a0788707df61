import type { Event } from '@hexbird/core'
import type { JournalEntry } from '@hexbird/core/adapter'
import { expect } from '@jest/globals'
import type { Store } from '../src/index.js'
import { box } from './temporary.js'

/** When all of it was stored. */
export const AT = 1_790_000_000_000

const HOUR = 3_600_000
const BOT = '1604089349832232960'
const key = (about: string) => ({ botId: BOT, about })
const intent = { tweetId: '1790000000000000001', text: 'I see a dog. 🐕', authorId: '7' }
const claim = { owner: 'first', intent, now: AT, until: AT + HOUR }
const charge = { kind: 'author', window: 'author:7', call: 'reply:1', amount: 3, limit: 10, endsAt: AT + HOUR } as const
const session = {
  requestToken: 'token',
  requestSecret: 'the secret of the request',
  expiresAt: AT + HOUR,
  flowSecretHash: 'hash',
  follow: true,
  message: false,
  tracked: { page: '/start' },
}
const account = {
  uid: '9007199254740993',
  username: 'ada',
  accessToken: 'the token of ada',
  accessSecret: 'the secret of ada',
  signedInAt: AT,
  tracked: { page: '/start' },
}
const journalEntry: JournalEntry = {
  tweetId: '1790000000000000001',
  authorId: '7',
  username: 'ada',
  at: AT,
  kind: 'replied',
  replyId: '8',
  cost: 12_000,
}
const photo = new Uint8Array([0xff, 0xd8, 0, 1, 2])
const event: Event = { kind: 'message', id: '1790000000000000003', botId: BOT, senderId: '7', text: 'stop \ud83d' }

export const SECRETS = [session.requestSecret, account.accessToken, account.accessSecret]

/** Puts something of each kind into a store. */
export async function fill(store: Store): Promise<void> {
  const { budget, cursor, killSwitch, ledger, optOuts } = store.ports
  const { accounts, sessions } = store.signIn(box)
  await ledger.claim(key('1'), claim)
  await ledger.claim(key('1'), { ...claim, intent: { ...intent, text: 'I see a cat.' } })
  await ledger.settle(key('2'), { kind: 'replied', replyId: '8' }, AT)
  await budget.reserve([charge, { ...charge, kind: 'day', window: 'day' }], AT)
  await killSwitch.claimStore(BOT)
  await killSwitch.trip('the account is locked', AT)
  await killSwitch.wait('mentions', AT + HOUR)
  await killSwitch.strike('1790000000000000004')
  await cursor.advance({ id: '1790000000000000005', seen: ['1790000000000000002'] })
  await optOuts.add('9', AT)
  await sessions.put(session)
  await accounts.put(account)
  await store.ports.journal.note(journalEntry)
  await store.blobs().put('photos/7/1/0', photo, 'image/jpeg')
  const queue = store.queue<Event>('events', { now: () => AT, maxReceives: 1 })
  await queue.put([event])
  const stop = queue.consume(async () => {
    throw new Error('the labeler is away')
  })
  await queue.idle()
  await stop()
  await queue.put([event])
}

/** What `fill` has told the journal is there. Version 1 had none. */
export async function expectJournal({ ports: { journal } }: Store): Promise<void> {
  expect(await journal.recent(10)).toEqual([journalEntry])
  const day = { day: '2026-09-21', replied: 1, ignored: 0, refused: 0, unresolved: 0, failed: 0, cost: 12_000 }
  expect(await journal.days('2026-09-01')).toEqual([day])
}

/** All that `fill` has put in is there, and does what it is for. */
export async function expectFilled(store: Store): Promise<void> {
  const { budget, cursor, killSwitch, ledger, optOuts } = store.ports
  const { accounts, sessions } = store.signIn(box)
  expect(await ledger.find(key('1'))).toEqual({
    kind: 'claimed',
    intent: { ...intent, text: 'I see a cat.' },
    until: AT + HOUR,
    tries: 2,
  })
  expect(await ledger.claim(key('1'), { ...claim, owner: 'second' })).toEqual({ kind: 'held', until: AT + HOUR })
  await ledger.release(key('1'), 'first')
  expect(await ledger.find(key('1'))).toMatchObject({ intent, tries: 1 })
  expect(await ledger.find(key('2'))).toEqual({ kind: 'settled', outcome: { kind: 'replied', replyId: '8' }, at: AT })
  expect(await budget.reserve([{ ...charge, amount: 10 }], AT)).toEqual({ kind: 'granted' })
  expect(await budget.reserve([{ ...charge, window: 'day', call: 'reply:2', amount: 8 }], AT)).toMatchObject({
    kind: 'refused',
    until: AT + HOUR,
  })
  expect(await killSwitch.claimStore('another bot')).toBe(BOT)
  expect(await killSwitch.state()).toMatchObject({
    stopped: { reason: 'the account is locked', since: AT },
    waits: { mentions: AT + HOUR },
    strikes: ['1790000000000000004'],
  })
  expect(await cursor.read()).toEqual({ id: '1790000000000000005', seen: ['1790000000000000002'] })
  expect(await optOuts.has('9')).toBe(true)
  expect(await sessions.consume('token', 'hash', AT)).toEqual({ kind: 'consumed', session })
  expect(await accounts.find(account.uid)).toEqual(account)
  expect(await store.blobs().get('photos/7/1/0')).toEqual({ bytes: photo, type: 'image/jpeg' })
  const queue = store.queue<Event>('events', { now: () => AT })
  expect(queue.deadLetters).toEqual([{ id: 1, item: event, receives: 1, reason: 'Error: the labeler is away', at: AT }])
  const received: Event[] = []
  const stop = queue.consume(async (item) => {
    received.push(item)
    return 'done'
  })
  await queue.idle()
  await stop()
  expect(received).toEqual([event])
}
