import type { Account } from '../domain/account.js'

/** Stores the accounts of people who signed in. */
export interface AccountStore {
  /** Saves the account under its `uid`. A new sign-in replaces the earlier one. */
  put(account: Account): Promise<void>
  /** Returns the account with this `uid`, or `undefined` if there is none. */
  find(uid: string): Promise<Account | undefined>
  /**
   * Removes the account, if there is one. With `signedInUntil` (epoch milliseconds), removes it only if the last
   * sign-in was at or before that time: a revocation that arrives late must not remove a newer sign-in. Check and
   * removal are atomic.
   */
  remove(uid: string, signedInUntil?: number): Promise<void>
  /** Permanently removes every account. */
  removeAll(): Promise<void>
}
