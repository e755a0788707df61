import type { Limits } from '../policy/charges.js'
import type { Platform } from '../policy/platform.js'
import type { BotAccount } from '../policy/should-reply.js'

/** How an action is offered: through X's API, as a link to X's own page for it, or not at all. */
export type ActionMode = 'api' | 'link' | 'off'

/** Options of the sign-in. */
export interface SignInOptions {
  /** The URL that X redirects back to. It must be exactly one of the app's callback URLs at X. */
  readonly callback: string
  /** The account that people can follow and message. */
  readonly account: BotAccount
  /** Default: `link`, because self-serve apps have not been allowed to follow since 2026-04-20. */
  readonly follow?: ActionMode
  /**
   * Default: `link`, because X allows automated messages only to people who wrote first. With `api`, people message
   * themselves.
   */
  readonly message?: ActionMode
  /** The text of a message sent through the API. */
  readonly messageText?: string
  /** The exact URLs that a sign-in may redirect to. Default: none. */
  readonly returnTo?: readonly string[]
  /** How many sign-ins one address may start per hour. Default: 20. */
  readonly startsPerHour?: number
  readonly limits?: Partial<Limits>
  readonly platform?: Platform
}

/** The options with every default filled in. */
export type SignInSettings = Required<Omit<SignInOptions, 'limits'>> & { readonly limits: Limits }
