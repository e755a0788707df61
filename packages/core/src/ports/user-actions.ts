/** What the bot does in a person's name, each only after that person's choice. */
export interface UserActions {
  /** The person's account follows `targetUid`. Self-serve apps have not been allowed to since 2026-04-20. */
  follow(as: UserTokens, targetUid: string): Promise<UserActionResult>
  /** A direct message from the person's account; people may message themselves. */
  message(as: UserTokens, recipientUid: string, text: string): Promise<UserActionResult>
  /** The tokens work no more from now on: what people expect when they disconnect. */
  invalidate(as: UserTokens): Promise<UserActionResult>
}

/** In whose name something is done, with that person's OAuth 1.0a tokens. */
export interface UserTokens {
  readonly uid: string
  readonly accessToken: string
  readonly accessSecret: string
}

/** What became of it. `revoked`: the person has withdrawn the app's access. */
export type UserActionResult =
  | { readonly kind: 'done' }
  /** Follow only: the account is protected and has to agree. */
  | { readonly kind: 'pending' }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'revoked'; readonly detail: string }
  | { readonly kind: 'deferred'; readonly until?: number; readonly detail: string }
