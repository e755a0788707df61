import type { Account, AccountStore } from '@hexbird/core/adapter'

/** Stores accounts in memory until the process ends. Their tokens aren't encrypted. */
export class MemoryAccountStore implements AccountStore {
  readonly #accounts = new Map<string, Account>()

  async put(account: Account): Promise<void> {
    this.#accounts.set(account.uid, copyOf(account))
  }

  async find(uid: string): Promise<Account | undefined> {
    const account = this.#accounts.get(uid)
    return account && copyOf(account)
  }

  async remove(uid: string, signedInUntil = Number.POSITIVE_INFINITY): Promise<void> {
    const account = this.#accounts.get(uid)
    if (account && account.signedInAt <= signedInUntil) this.#accounts.delete(uid)
  }

  async removeAll(): Promise<void> {
    this.#accounts.clear()
  }
}

const copyOf = (account: Account): Account => ({ ...account, tracked: { ...account.tracked } })
