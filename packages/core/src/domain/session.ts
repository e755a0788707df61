/** A sign-in that has been started. It is stored with its request token until the callback consumes it, once. */
export interface Session {
  readonly requestToken: string
  readonly requestSecret: string
  /** When the session expires, epoch milliseconds. */
  readonly expiresAt: number
  /** The hash of the flow secret, a random value in a cookie of the browser that started the sign-in. */
  readonly flowSecretHash: string
  /** Whether the person chose on the sign-in page to follow the configured account. */
  readonly follow: boolean
  /** Whether the person consented on the sign-in page to a direct message. */
  readonly message: boolean
  /** Custom data that is returned when the sign-in is complete. */
  readonly tracked: Readonly<Record<string, string>>
  /** The URL to redirect to afterwards. It is one of the allowed ones. */
  readonly returnTo?: string
}
