import { startCharges } from '../policy/charges.js'
import { TIMES } from '../policy/times.js'
import type { Ports } from '../ports/index.js'
import { SignInError } from '../sign-in/errors.js'
import { flowSecretHash } from '../sign-in/flow-secret-hash.js'
import type { SignInSettings } from '../sign-in/settings.js'
import { defined } from '../util/defined.js'

/** What a person asks for when they begin to sign in. */
export interface StartRequest {
  readonly follow: boolean
  readonly message: boolean
  /** Free data that comes back when the sign-in is complete. */
  readonly tracked: Readonly<Record<string, string>>
  /** Where to go on afterwards. */
  readonly returnTo?: string
  /** X asks even those who approved before. A choice makes it ask in any case. */
  readonly prompt?: boolean
  /** What starts are counted by: the network address, or a hash of it. */
  readonly address: string
}

/** What became of the start. */
export type Started =
  | {
      readonly kind: 'started'
      readonly requestToken: string
      /** X's page, where the browser is to go. */
      readonly page: string
      /** For the browser to keep, and to come back with: whoever has it can finish this sign-in. */
      readonly flowSecret: string
      /** Epoch milliseconds. */
      readonly expiresAt: number
    }
  /** This address has started as many as it may until then. */
  | { readonly kind: 'too-many'; readonly until: number }
  | { readonly kind: 'refused'; readonly reason: 'tracked-too-large' | 'return-not-allowed'; readonly detail: string }

/** In UTF-16 units, names and values together. */
const MOST_TRACKED = { entries: 20, length: 2_048 }

/** @throws SignInError `CALLBACK_NOT_CONFIRMED`, and whatever `SignIn` throws where X gives no request token */
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
    return { kind: 'refused', reason: 'return-not-allowed', detail: 'The address is not on the list of those allowed.' }
  }
  const counted = await budget.reserve(startCharges(request.address, settings.startsPerHour, now()), now())
  if (counted.kind === 'refused') return { kind: 'too-many', until: counted.until }

  // What nobody can do is not asked for: of the choices, those that are switched off do not count.
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

/** No more than is needed. Only the app's whole level, which has no name of its own here, includes messages. */
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
