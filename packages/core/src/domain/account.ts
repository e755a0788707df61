/** A person who signed in. `uid` is a decimal string of up to 19 digits, which is too long for a JavaScript number. */
export interface Account {
  readonly uid: string
  readonly username: string
  readonly accessToken: string
  readonly accessSecret: string
  /** Epoch milliseconds of the last sign-in. */
  readonly signedInAt: number
  readonly tracked: Readonly<Record<string, string>>
}
