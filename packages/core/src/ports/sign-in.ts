/** Sign in with X: the two token steps of OAuth 1.0a. */
export interface SignIn {
  /** Asks X for a request token. `callback` must be on the app's allow-list at X, letter for letter. */
  requestToken(input: {
    readonly callback: string
    readonly accessType?: 'read' | 'write'
  }): Promise<{ readonly token: string; readonly secret: string; readonly callbackConfirmed: boolean }>
  /**
   * Where the person approves, with this request token. With `prompt` X always asks; without, it may lead people who
   * approved before straight back.
   */
  page(requestToken: string, options: { readonly prompt: boolean }): Promise<string>
  /** Trades the verified request token for the person's own tokens, once. */
  accessToken(input: {
    readonly token: string
    readonly secret: string
    readonly verifier: string
  }): Promise<AccessTokenResult>
}

/** The person's own tokens, or X's refusal. */
export type AccessTokenResult =
  | {
      readonly kind: 'granted'
      readonly uid: string
      readonly username: string
      readonly accessToken: string
      readonly accessSecret: string
    }
  /** X does not know the token or the verifier, or has traded them before. */
  | { readonly kind: 'refused'; readonly detail: string }
