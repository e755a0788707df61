import type { Definition } from '@hexbird/core'
import type { LocalCredentials } from '@hexbird/local-x'

/**
 * What is proven: a definition, or a function that makes it. The function is called for each start of the bot's process, so
 * that a crash loses what the bot kept in memory.
 */
export type Subject = Definition | ((lab: Lab) => Definition)

/** What a bot under test may use besides its context. */
export interface Lab {
  /** The local X, for a client of the bot's own: it takes the place of https://api.x.com. */
  readonly x: {
    readonly url: string
    readonly credentials: LocalCredentials
    readonly bot: { readonly id: string; readonly username: string }
  }
  /**
   * Like the global one. Requests to X's addresses, such as `https://api.x.com/2/tweets`, go to the local X, signed in as
   * the bot unless they bring a header `authorization`; each of them may go wrong. All others are refused.
   */
  readonly fetch: typeof globalThis.fetch
  /** The virtual time, epoch milliseconds. */
  readonly now: () => number
  /** A stub of another service, such as a language model: its methods give promises, and each call may go wrong. */
  readonly port: <Port extends object>(name: string, port: Port) => Port
}

/** Where a stub says that a side effect has happened. */
export interface Effects {
  /** The effect `name` has taken place for `key`. More than once in one conversation breaks the rule `effects`. */
  readonly happened: (name: string, key: string) => Promise<void>
}
