import { startCharges } from '../policy/charges.js'
import { TIMES } from '../policy/times.js'
import type { Ports } from '../ports/index.js'
import { SignInError } from '../sign-in/errors.js'
import { flowSecretHash } from '../sign-in/flow-secret-hash.js'
import type { SignInSettings } from '../sign-in/settings.js'
import { defined } from '../util/defined.js'

/** A request to start a sign-in. */
export interface StartRequest {
  readonly follow: boolean
  readonly message: boolean
  /**
   * Custom data that is returned when the sign-in is complete. At most 20 values, and 2,048 UTF-16 units with their
   * names.
   */
  readonly tracked: Readonly<Record<string, string>>
  /** The URL to redirect to afterwards. It must be one of the options' `returnTo`. */
  readonly returnTo?: string
  /** Whether X asks even people who approved before. It always does if they chose to follow or message. */
  readonly prompt?: boolean
  /** The network address, or a hash of it, for the limit on starts per hour. */
  readonly address: string
}

/** The result of starting a sign-in. */
export type Started =
  | {
      readonly kind: 'started'
      readonly requestToken: string
      /** The URL of X's page to redirect the browser to. */
      readonly page: string
      /** A secret for the browser to keep and to send with the callback. Anyone who has it can finish this sign-in. */
      readonly flowSecret: string
      /** Epoch milliseconds. */
      readonly expiresAt: number
    }
  /** This address has used up its starts until then (epoch milliseconds). */
  | { readonly kind: 'too-many'; readonly until: number }
  | { readonly kind: 'refused'; readonly reason: 'tracked-too-large' | 'return-not-allowed'; readonly detail: string }

/** The most tracked values, and the most UTF-16 units of their names and values together. */
const MOST_TRACKED = { entries: 20, length: 2_048 }

/**
 * Starts a sign-in.
 *
 * @throws SignInError `CALLBACK_NOT_CONFIRMED`, or whatever `SignIn` throws if X issues no request token
 */
export async function startSession(
  ports: Pick<Ports, 'sessions' | 'signIn' | 'budget' | 'now' | 'newId'>,
  settings: SignInSettings,
  request: StartRequest,
): Promise<Started> {
  const { sessions, signIn, budget, now, newId } = ports
  const { follow, message, tracked, returnTo } = request
  const detail = tooMuch(tracked)
  if (detail !== undefined) return { kind: 'refused', reason: 'tracked-too-large', detail }
  if (returnTo !== undefined && !settings.returnTo.includes(returnTo)) {
    return { kind: 'refused', reason: 'return-not-allowed', detail: 'The return URL is not one of the allowed ones.' }
  }
  const counted = await budget.reserve(startCharges(request.address, settings.startsPerHour, now()), now())
  if (counted.kind === 'refused') return { kind: 'too-many', until: counted.until }

  // Drop choices that are switched off, so that X is not asked for needless permissions.
  const chosen = { follow: follow && settings.follow !== 'off', message: message && settings.message !== 'off' }
  const accessType = accessTypeFor(chosen, settings)
  const { token, secret, callbackConfirmed } = await signIn.requestToken({
    callback: settings.callback,
    ...defined({ accessType }),
  })
  if (!callbackConfirmed) {
    throw new SignInError('CALLBACK_NOT_CONFIRMED', 'X did not confirm the callback. Check the list in the app at X.')
  }
  const flowSecret = newId()
  const expiresAt = now() + TIMES.session
  await sessions.put({
    requestToken: token,
    requestSecret: secret,
    expiresAt,
    flowSecretHash: flowSecretHash(flowSecret, settings),
    ...chosen,
    tracked,
    ...defined({ returnTo }),
  })
  const prompt = request.prompt === true || chosen.follow || chosen.message
  return { kind: 'started', requestToken: token, page: await signIn.page(token, { prompt }), flowSecret, expiresAt }
}

/** Requests no more access than needed. Messages need the app's full access, which X grants if no type is given. */
function accessTypeFor(chosen: { follow: boolean; message: boolean }, settings: SignInSettings) {
  if (chosen.message && settings.message === 'api') return undefined
  return chosen.follow && settings.follow === 'api' ? 'write' : 'read'
}

function tooMuch(tracked: Readonly<Record<string, string>>): string | undefined {
  const entries = Object.entries(tracked)
  if (entries.length > MOST_TRACKED.entries) return `At most ${MOST_TRACKED.entries} tracked values.`
  const length = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  return length > MOST_TRACKED.length ? `At most ${MOST_TRACKED.length} characters of tracked data.` : undefined
}
