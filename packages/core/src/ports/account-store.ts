import type { Account } from '../domain/account.js'

/** Keeps the people who signed in. */
export interface AccountStore {
  /** Saves the account under its `uid`; signing in again replaces what was there. */
  put(account: Account): Promise<void>
  /** The account with this `uid`; `undefined` where nobody with it has signed in. */
  find(uid: string): Promise<Account | undefined>
  /**
   * Removes the account. With `signedInUntil`, epoch milliseconds, only where the last sign-in was at that moment or
   * before, in one step: what somebody withdrew a while ago must not take a new sign-in away. Nothing happens where there
   * is none.
   */
  remove(uid: string, signedInUntil?: number): Promise<void>
  /** Removes every account, for good. */
  removeAll(): Promise<void>
}
