import type { Definition } from '@hexbird/core'
import type { LocalCredentials } from '@hexbird/local-x'

/**
 * The bot under test: a definition, or a function that returns one. The function is called each time the bot's process
 * starts, so that a crash loses what the bot kept in memory.
 */
export type Subject = Definition | ((lab: Lab) => Definition)

/** What a bot under test may use besides its context. */
export interface Lab {
  /** The local X, for the bot's own client. It replaces https://api.x.com. */
  readonly x: {
    readonly url: string
    readonly credentials: LocalCredentials
    readonly bot: { readonly id: string; readonly username: string }
  }
  /**
   * Like the global `fetch`. Requests to X, such as `https://api.x.com/2/tweets`, go to the local X, signed in as the bot
   * unless they have an `authorization` header. Each one may fail. Requests to other hosts are refused.
   */
  readonly fetch: typeof globalThis.fetch
  /** The virtual time in epoch milliseconds. */
  readonly now: () => number
  /** Wraps a stub of another service, such as a language model. The wrapped methods return promises and may fail. */
  readonly port: <Port extends object>(name: string, port: Port) => Port
}

/** Records the side effects of stubs. */
export interface Effects {
  /** Records that the effect `name` happened for `key`. Doing so twice in a conversation breaks rule `effects`. */
  readonly happened: (name: string, key: string) => Promise<void>
}
