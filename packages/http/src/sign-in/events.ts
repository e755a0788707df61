import type { ActionOutcome, Completed, Disconnected, Started } from '@hexbird/core/host'

/** Why a request was refused before it reached the bot. */
export type NotOurs =
  /** The form came from another site, or from an unknown one. */
  | 'foreign'
  /** The form has no token for this browser: another site made it, or the browser blocks cookies. */
  | 'no-token'
  | 'not-a-form'
  | 'too-large'
  /** A field appears twice or has no name. */
  | 'unclear'
  /** The browser prefetched the page, or didn't request it as a page to show. */
  | 'no-navigation'

/** One thing that happened at the sign-in. It contains no secrets; user ids and errors are for the operator. */
export type SignInAppEvent =
  | { readonly kind: 'started'; readonly follow: boolean; readonly message: boolean }
  | { readonly kind: 'start-refused'; readonly reason: StartReason }
  /** X issued no request token, or a service that the sign-in needs failed. */
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
  /** X issued no access token, or a service that the sign-in needs failed. */
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
