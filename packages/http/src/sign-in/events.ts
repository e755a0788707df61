import type { ActionOutcome, Completed, Disconnected, Started } from '@hexbird/core/host'

/** Why a request that would have done something did nothing, before the bot was asked. */
export type NotOurs =
  /** Another site, or nobody, sent the form. */
  | 'foreign'
  /** The form has no token of ours for this browser: another site made it, or the browser keeps no cookies. */
  | 'no-token'
  | 'not-a-form'
  | 'too-large'
  /** A field came twice, or has no name. */
  | 'unclear'
  /** The browser only looked ahead, or did not ask for a page to show. */
  | 'no-navigation'

/** One thing that happened at the sign-in. It contains no secrets; user ids and errors are for the operator. */
export type SignInAppEvent =
  | { readonly kind: 'started'; readonly follow: boolean; readonly message: boolean }
  | { readonly kind: 'start-refused'; readonly reason: StartReason }
  /** X gave no request token, or what a sign-in needs is broken. */
  | { readonly kind: 'start-failed'; readonly error: unknown }
  | {
      readonly kind: 'signed-in'
      readonly uid: string
      readonly username: string
      readonly follow: ActionOutcome
      readonly message: ActionOutcome
    }
  | { readonly kind: 'denied' }
  | { readonly kind: 'callback-refused'; readonly reason: CallbackReason; readonly detail?: string }
  /** X gave no access token, or what a sign-in needs is broken. */
  | { readonly kind: 'callback-failed'; readonly error: unknown }
  /** `atX`: whether X invalidated the tokens. */
  | {
      readonly kind: 'disconnected'
      readonly uid: string
      readonly atX: Extract<Disconnected, { kind: 'disconnected' }>['atX']
    }
  | { readonly kind: 'signed-out' }
  | { readonly kind: 'request-refused'; readonly path: string; readonly reason: NotOurs }
  | { readonly kind: 'broken'; readonly error: unknown }

export type StartReason = 'too-many' | Extract<Started, { kind: 'refused' }>['reason']
export type CallbackReason = Extract<Completed, { kind: 'refused' }>['reason']
