/** Sign in with X: the two token steps of OAuth 1.0a. */
export interface SignIn {
  /** Requests a token from X. `callback` must be exactly one of the app's callback URLs at X. */
  requestToken(input: {
    readonly callback: string
    readonly accessType?: 'read' | 'write'
  }): Promise<{ readonly token: string; readonly secret: string; readonly callbackConfirmed: boolean }>
  /**
   * Returns the URL where the person approves the request token. With `prompt`, X always asks; without, it may redirect
   * people who approved before straight back.
   */
  page(requestToken: string, options: { readonly prompt: boolean }): Promise<string>
  /** Exchanges the verified request token for the person's own tokens. Works once. */
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
  /** X does not know the token or the verifier, or they were already exchanged. */
  | { readonly kind: 'refused'; readonly detail: string }
