import type { Account } from '../account.js'

/** Keeps the people who signed in. */
export interface AccountStore {
  /** Saves the account under its `uid`; signing in again replaces what was there. */
  put(account: Account): Promise<void>
  find(uid: string): Promise<Account | undefined>
  /** Nothing happens where there is none. */
  remove(uid: string): Promise<void>
}
