import type { Account, AccountStore } from '@hexbird/core/adapter'
import { turns } from './turns.js'

const ROUND_TRIP = 'an account is found as it was put, every time'
const DIGITS = 'ids that differ in the last digit only are different people'
const UNKNOWN = 'an account that was never put is not there'
const REPLACED = 'signing in again replaces the account'
const REMOVED = 'a removed account is gone, and only that one'
const NOT_THERE = 'removing an account that is not there does nothing'
const UNTIL = 'a remove up to a moment removes a sign-in at that moment or before it, and leaves a later one'
const UNTIL_ALONE = 'a remove up to a moment takes nothing from anybody else, and leaves nothing where there was nobody'
const NEWER = 'a sign-in that is newer stays, however many older ones are removed meanwhile'
const ALL_REMOVED = 'once all are removed none is found, and others can sign in'
const WHOLE = 'many concurrent sign-ins of one person leave one of them whole'
const ALL_KEPT = 'many concurrent sign-ins of different people are all kept'
const COPY_IN = 'changing what was put changes nothing inside'
const COPY_OUT = 'changing what was found changes nothing inside'
const MODEL = 'any sequence of puts, finds and removals does what one map of accounts does'

export const ACCOUNT_STORE_FAULTS = {
  'ids go through floating point': [ROUND_TRIP, DIGITS, UNKNOWN, MODEL],
  'an account is found once': [ROUND_TRIP],
  'tracked data is not kept': [ROUND_TRIP],
  'somebody is found for any id': [UNKNOWN, REMOVED],
  'the first sign-in is kept': [REPLACED, MODEL],
  'a sign-in adds to the tracked data that was there': [REPLACED],
  'remove does nothing': [REMOVED, MODEL],
  'remove takes every id that begins alike': [REMOVED, UNTIL_ALONE],
  'remove asks for no moment': [UNTIL, NEWER, MODEL],
  'remove up to a moment leaves that moment': [UNTIL, UNTIL_ALONE, MODEL],
  'remove up to a moment takes that moment alone': [UNTIL, MODEL],
  'moments are compared as text': [UNTIL],
  'the moment 0 is none': [UNTIL],
  'no moment is the moment 0': [UNTIL, REMOVED, MODEL],
  'remove up to a moment leaves a mark': [UNTIL_ALONE],
  'remove waits between reading and removing': [NEWER],
  'removing all does nothing': [ALL_REMOVED, MODEL],
  'removing all removes a hundred': [ALL_REMOVED],
  'removing all closes the store': [ALL_REMOVED, MODEL],
  'removing whom nobody knows empties the store': [NOT_THERE],
  'put waits between the token and the rest': [WHOLE],
  'put waits between reading and writing the whole table': [ALL_KEPT],
  'put keeps what it was given': [COPY_IN],
  'put keeps the tracked data that it was given': [COPY_IN],
  'find gives out what is inside': [COPY_OUT],
  'find gives out the tracked data that is inside': [COPY_OUT],
} as const

export type AccountStoreFault = keyof typeof ACCOUNT_STORE_FAULTS

export function faultyAccountStore(fault?: AccountStoreFault): AccountStore {
  let accounts = new Map<string, Account>()
  let puts = 0
  let closed = false
  const nameOf = (uid: string) => (fault === 'ids go through floating point' ? `${Number(uid)}` : uid)

  function kept(account: Account, before: Account | undefined): Account {
    if (fault === 'put keeps what it was given') return account
    if (fault === 'put keeps the tracked data that it was given') return { ...account }
    if (fault === 'the first sign-in is kept' && before) return before
    if (fault === 'tracked data is not kept') return { ...account, tracked: {} }
    if (fault === 'ids go through floating point') return { ...structuredClone(account), uid: nameOf(account.uid) }
    const added = fault === 'a sign-in adds to the tracked data that was there' ? before?.tracked : {}
    return { ...account, tracked: { ...added, ...account.tracked } }
  }

  function given(account: Account): Account {
    if (fault === 'find gives out what is inside') return account
    if (fault === 'find gives out the tracked data that is inside') return { ...account }
    return structuredClone(account)
  }

  function mayRemove({ signedInAt }: Account, until: number | undefined): boolean {
    if (fault === 'no moment is the moment 0') return signedInAt <= (until ?? 0)
    if (until === undefined || fault === 'remove asks for no moment') return true
    if (fault === 'the moment 0 is none' && until === 0) return true
    if (fault === 'moments are compared as text') return `${signedInAt}` <= `${until}`
    if (fault === 'remove up to a moment leaves that moment') return signedInAt < until
    if (fault === 'remove up to a moment takes that moment alone') return signedInAt === until
    return signedInAt <= until
  }

  return {
    async put(account) {
      if (closed) return
      const name = nameOf(account.uid)
      const before = accounts.get(name)
      const table = new Map(accounts)
      if (fault === 'put waits between the token and the rest') {
        accounts.set(name, { ...(before ?? account), accessToken: account.accessToken })
        await turns(puts++ % 2 === 0 ? 2 : 1)
        accounts.set(name, { ...account, accessToken: accounts.get(name)?.accessToken ?? '' })
      } else if (fault === 'put waits between reading and writing the whole table') {
        await Promise.resolve()
        accounts = table.set(name, kept(account, before))
      } else {
        accounts.set(name, kept(account, before))
      }
    },
    async find(uid) {
      const account = accounts.get(nameOf(uid))
      if (fault === 'somebody is found for any id') return account ?? accounts.values().next().value
      if (fault === 'an account is found once') accounts.delete(nameOf(uid))
      return account && given(account)
    },
    async remove(uid, signedInUntil) {
      if (fault === 'remove does nothing') return
      const account = accounts.get(nameOf(uid))
      if (fault === 'remove up to a moment leaves a mark' && !account && signedInUntil !== undefined) {
        accounts.set(uid, MARK)
        return
      }
      if (account && !mayRemove(account, signedInUntil)) return
      if (fault === 'remove waits between reading and removing') await Promise.resolve()
      if (fault === 'removing whom nobody knows empties the store' && !accounts.has(uid)) accounts.clear()
      accounts.delete(nameOf(uid))
      if (fault !== 'remove takes every id that begins alike') return
      for (const other of accounts.keys()) if (other.startsWith(uid)) accounts.delete(other)
    },
    async removeAll() {
      if (fault === 'removing all does nothing') return
      const uids = [...accounts.keys()]
      for (const uid of fault === 'removing all removes a hundred' ? uids.slice(0, 100) : uids) accounts.delete(uid)
      closed = fault === 'removing all closes the store'
    },
  }
}

const MARK: Account = { uid: '', username: '', accessToken: '', accessSecret: '', signedInAt: 0, tracked: {} }
