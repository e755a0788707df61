/** A sign-in that has begun: kept from the request token until the callback consumes it, once. */
export interface Session {
  readonly requestToken: string
  readonly requestSecret: string
  /** Epoch milliseconds; from this moment on the session is not there any more. */
  readonly expiresAt: number
  /** Hash of the flow secret, the random value that the browser which began keeps in a cookie. */
  readonly flowSecretHash: string
  /** The person's choice on the sign-in page: their account follows the configured one. */
  readonly follow: boolean
  /** The person's consent on the sign-in page to a direct message. */
  readonly message: boolean
  /** Free data that comes back when the sign-in is complete. */
  readonly tracked: Readonly<Record<string, string>>
  /** Where the person wants to go on afterwards: one of the allowed addresses. */
  readonly returnTo?: string
}
