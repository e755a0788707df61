/** Actions in a person's name. The bot takes each only if that person chose it. */
export interface UserActions {
  /** Makes the person's account follow `targetUid`. X has not allowed this to self-serve apps since 2026-04-20. */
  follow(as: UserTokens, targetUid: string): Promise<UserActionResult>
  /** Sends a direct message from the person's account. People may message themselves. */
  message(as: UserTokens, recipientUid: string, text: string): Promise<UserActionResult>
  /** Invalidates the tokens at X. People expect this when they disconnect. */
  invalidate(as: UserTokens): Promise<UserActionResult>
}

/** The person in whose name to act, with their OAuth 1.0a tokens. */
export interface UserTokens {
  readonly uid: string
  readonly accessToken: string
  readonly accessSecret: string
}

/** The result of an action. `revoked` means that the person has withdrawn the app's access. */
export type UserActionResult =
  | { readonly kind: 'done' }
  /** Only for `follow`: the account is protected, and its owner has to approve. */
  | { readonly kind: 'pending' }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'revoked'; readonly detail: string }
  | { readonly kind: 'deferred'; readonly until?: number; readonly detail: string }
