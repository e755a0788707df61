import type { Limits } from '../policy/charges.js'
import type { Platform } from '../policy/platform.js'
import type { BotAccount } from '../policy/should-reply.js'

/** How an action is offered: really made through X's API, as a link to X's own page for it, or not at all. */
export type ActionMode = 'api' | 'link' | 'off'

/** What signing in means at this bot. */
export interface SignInOptions {
  /** The address that X leads back to: on the app's list of callbacks at X, letter for letter. */
  readonly callback: string
  /** The account that people may follow, and write to. Names and ids are public. */
  readonly account: BotAccount
  /** Default `link`: self-serve apps have not been allowed to follow since 2026-04-20. */
  readonly follow?: ActionMode
  /** Default `link`: X wants automated messages only after the person wrote first. `api`: people message themselves. */
  readonly message?: ActionMode
  /** What a message made through the API says. */
  readonly messageText?: string
  /** The addresses that a sign-in may lead on to, letter for letter. Default: none. */
  readonly returnTo?: readonly string[]
  /** Sign-ins that one address may start in an hour. Default 20. */
  readonly startsPerHour?: number
  readonly limits?: Partial<Limits>
  readonly platform?: Platform
}

/** The options with every default filled in. */
export type SignInSettings = Required<Omit<SignInOptions, 'limits'>> & { readonly limits: Limits }
