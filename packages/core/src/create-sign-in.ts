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

/** What people can do with the bot in a browser: give it its driven ports, get its use cases. */
export interface SignInBot {
  /** What people are offered, for the page that asks them. */
  readonly offers: Pick<SignInSettings, 'account' | 'follow' | 'message'>
  /** A sign-in begins: X is asked for a request token, and what was chosen is kept until the callback. */
  startSession(request: StartRequest): Promise<Started>
  /** The person comes back from X: the session is consumed, the account saved, and what they chose is done. */
  completeAuth(callback: Callback): Promise<Completed>
  /** Who is signed in with this login; `undefined` once they disconnected, or signed in anew elsewhere. */
  accountOf(login: Login): Promise<BotAccount | undefined>
  /** The person wants the bot out: their tokens are made invalid at X, and the account is removed. */
  disconnect(login: Login): Promise<Disconnected>
}

/** The driven ports that signing in needs. */
export type SignInPorts = Pick<Ports, 'sessions' | 'accounts' | 'signIn' | 'userActions' | 'budget' | 'now' | 'newId'>

/**
 * The constructor of what people do in a browser: apart from `createBot`, so that neither needs the other's ports.
 *
 * @throws SignInError `OPTIONS_INVALID` where an action is offered in a way that there is not
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
    if (!MODES.includes(mode)) throw new SignInError('OPTIONS_INVALID', `An action is offered as ${MODES.join(', ')}.`)
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
