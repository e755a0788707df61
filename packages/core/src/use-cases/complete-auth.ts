import type { Account } from '../domain/account.js'
import type { Session } from '../domain/session.js'
import { personCharges } from '../policy/charges.js'
import type { Ports } from '../ports/index.js'
import type { ConsumeResult } from '../ports/session-store.js'
import type { UserActionResult } from '../ports/user-actions.js'
import { flowSecretHash } from '../sign-in/flow-secret-hash.js'
import type { ActionMode, SignInSettings } from '../sign-in/settings.js'
import { defined } from '../util/defined.js'

/** The parameters of the callback. A parameter that is missing or repeated is `undefined`. */
export interface Callback {
  readonly requestToken?: string | undefined
  readonly verifier?: string | undefined
  /** The request token, if the person declined. */
  readonly denied?: string | undefined
  /** The flow secret from `Started`, which the browser has kept. */
  readonly flowSecret?: string | undefined
}

/** The result of a sign-in. */
export type Completed =
  | {
      readonly kind: 'signed-in'
      readonly uid: string
      readonly username: string
      /** Epoch milliseconds. */
      readonly signedInAt: number
      readonly follow: ActionOutcome
      readonly message: ActionOutcome
      readonly tracked: Readonly<Record<string, string>>
      readonly returnTo?: string
    }
  /** The person declined at X. Nothing is stored. */
  | { readonly kind: 'denied' }
  | {
      readonly kind: 'refused'
      readonly reason:
        | 'missing'
        | Exclude<ConsumeResult['kind'], 'consumed'>
        /** X refused to issue the person's tokens. */
        | 'not-granted'
        /** The person revoked the app's access while it was being used. */
        | 'revoked'
      readonly detail?: string
    }

/** The outcome of one of the person's choices. `url` is X's own page for the action. */
export type ActionOutcome =
  | { readonly kind: 'off' }
  | { readonly kind: 'not-chosen' }
  | { readonly kind: 'done' }
  /** The account is protected, and its owner has to approve. */
  | { readonly kind: 'pending' }
  | { readonly kind: 'link'; readonly url: string }
  /** The action failed. `error` is for the operator, if something was thrown. */
  | { readonly kind: 'not-done'; readonly url: string; readonly detail: string; readonly error?: unknown }

type CompletePorts = Pick<Ports, 'sessions' | 'accounts' | 'signIn' | 'userActions' | 'budget' | 'now'>

/** X's tokens have a few dozen characters. Anything longer than 256 is not one. */
const TOKEN = /^[\x21-\x7e]{1,256}$/

/**
 * Completes a sign-in.
 *
 * @throws whatever `SignIn` throws if X cannot be reached; the person then has to start again
 */
export async function completeAuth(
  ports: CompletePorts,
  settings: SignInSettings,
  { requestToken, verifier, denied, flowSecret = '' }: Callback,
): Promise<Completed> {
  const { sessions, accounts, signIn, now } = ports
  if (denied !== undefined) {
    if (TOKEN.test(denied)) await sessions.consume(denied, flowSecretHash(flowSecret, settings), now())
    return { kind: 'denied' }
  }
  if (requestToken === undefined || verifier === undefined) return refused('missing')
  if (!TOKEN.test(requestToken) || !TOKEN.test(verifier)) return refused('unknown')
  const consumed = await sessions.consume(requestToken, flowSecretHash(flowSecret, settings), now())
  if (consumed.kind !== 'consumed') return refused(consumed.kind)
  const { session } = consumed

  // Taken before the call to X, so that a revocation during the call counts as later than this sign-in.
  const signedInAt = now()
  const granted = await signIn.accessToken({ token: requestToken, secret: session.requestSecret, verifier })
  if (granted.kind === 'refused') return refused('not-granted', granted.detail)
  const { uid, username, accessToken, accessSecret } = granted
  const account: Account = { uid, username, accessToken, accessSecret, signedInAt, tracked: session.tracked }
  await accounts.put(account)

  const done = await doAsChosen(ports, settings, account, session)
  if (done.revoked) return refused('revoked')
  const { returnTo } = session
  return {
    kind: 'signed-in',
    uid,
    username,
    signedInAt,
    follow: done.follow,
    message: done.message,
    tracked: session.tracked,
    ...defined({ returnTo }),
  }
}

/** Follows and sends the message, concurrently, each only if chosen. A failure does not undo the sign-in. */
async function doAsChosen(ports: CompletePorts, settings: SignInSettings, account: Account, session: Session) {
  const { accounts, userActions, budget, now } = ports
  const { account: target, messageText, platform, limits } = settings
  let revoked = false
  const [follow, message] = await Promise.all([
    act(settings.follow, session.follow, {
      name: 'follow',
      url: `https://x.com/intent/follow?user_id=${target.id}`,
      price: platform.prices.follow,
      call: () => userActions.follow(account, target.id),
    }),
    act(settings.message, session.message, {
      name: 'message',
      url: `https://x.com/messages/compose?recipient_id=${target.id}`,
      price: platform.prices.message,
      call: () => userActions.message(account, account.uid, messageText),
    }),
  ])
  return { follow, message, revoked }

  async function act(mode: ActionMode, chosen: boolean, action: Action): Promise<ActionOutcome> {
    if (mode === 'off') return { kind: 'off' }
    if (!chosen) return { kind: 'not-chosen' }
    if (mode !== 'api') return { kind: 'link', url: action.url }
    return attempt(action).catch((error: unknown) => notDone(action, 'It could not be tried.', error))
  }

  async function attempt(action: Action): Promise<ActionOutcome> {
    const charges = personCharges(action.name, account.uid, action.price, limits, now())
    const reserved = await budget.reserve(charges, now())
    if (reserved.kind === 'refused') return notDone(action, 'The budget for today is used up.')
    const result = await action.call()
    const isDone = result.kind === 'done' || result.kind === 'pending'
    await budget.settle(
      isDone ? charges : charges.map((charge) => ({ ...charge, amount: 0, reserved: charge.amount })),
      now(),
    )
    if (isDone) return { kind: result.kind }
    if (result.kind === 'revoked') {
      revoked = true
      await accounts.remove(account.uid, account.signedInAt)
    }
    return notDone(action, result.detail)
  }
}

const notDone = ({ url }: Action, detail: string, error?: unknown): ActionOutcome => ({
  kind: 'not-done',
  url,
  detail,
  ...defined({ error }),
})

interface Action {
  readonly name: string
  readonly url: string
  readonly price: number
  readonly call: () => Promise<UserActionResult>
}

const refused = (reason: Extract<Completed, { kind: 'refused' }>['reason'], detail?: string): Completed => ({
  kind: 'refused',
  reason,
  ...defined({ detail }),
})
