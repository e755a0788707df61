import { defaultLimits } from './policy/charges.js'
import { selfServe2026 } from './policy/platform.js'
import type { BotAccount } from './policy/should-reply.js'
import type { Ports } from './ports/index.js'
import { SignInError } from './sign-in/errors.js'
import type { ActionMode, SignInOptions, SignInSettings } from './sign-in/settings.js'
import type { Callback, Completed } from './use-cases/complete-auth.js'
import { completeAuth } from './use-cases/complete-auth.js'
import type { Disconnected, Login } from './use-cases/disconnect.js'
import { accountOf, disconnect } from './use-cases/disconnect.js'
import type { Started, StartRequest } from './use-cases/start-session.js'
import { startSession } from './use-cases/start-session.js'
import { defined } from './util/defined.js'

/** The use cases of the sign-in, for people in a browser. */
export interface SignInBot {
  /** What the sign-in page offers. */
  readonly offers: Pick<SignInSettings, 'account' | 'follow' | 'message'>
  /** Starts a sign-in: requests a token from X, and keeps the person's choices until the callback. */
  startSession(request: StartRequest): Promise<Started>
  /**
   * Completes a sign-in when the person returns from X: consumes the session, saves the account, and carries out their
   * choices.
   */
  completeAuth(callback: Callback): Promise<Completed>
  /** Returns who is signed in with this login. `undefined` if they have disconnected, or signed in again elsewhere. */
  accountOf(login: Login): Promise<BotAccount | undefined>
  /** Disconnects the person: invalidates their tokens at X, and deletes the account. */
  disconnect(login: Login): Promise<Disconnected>
}

/** The ports of the sign-in. */
export type SignInPorts = Pick<Ports, 'sessions' | 'accounts' | 'signIn' | 'userActions' | 'budget' | 'now' | 'newId'>

/**
 * Creates the sign-in. It is separate from `createBot`, so that neither needs the other's ports.
 *
 * @throws SignInError `OPTIONS_INVALID` if an action has an unknown mode
 */
export function createSignIn(ports: SignInPorts, options: SignInOptions): SignInBot {
  const settings: SignInSettings = {
    follow: 'link',
    message: 'link',
    messageText: `You signed in at @${options.account.username}.`,
    returnTo: [],
    startsPerHour: 20,
    platform: selfServe2026,
    ...defined(options),
    limits: { ...defaultLimits, ...defined(options.limits ?? {}) },
  }
  const { account, follow, message } = settings
  for (const mode of [follow, message]) {
    if (!MODES.includes(mode)) throw new SignInError('OPTIONS_INVALID', `The mode must be one of ${MODES.join(', ')}.`)
  }
  return {
    offers: { account, follow, message },
    startSession: (request) => startSession(ports, settings, request),
    completeAuth: (callback) => completeAuth(ports, settings, callback),
    accountOf: (login) => accountOf(ports, login),
    disconnect: (login) => disconnect(ports, login),
  }
}

const MODES: readonly string[] = ['api', 'link', 'off'] satisfies readonly ActionMode[]
