import { XError } from './errors.js'
import { isId } from './problem.js'

/** What names an app to X: its consumer key and secret, which X also calls API key and secret. */
export interface XAppKeys {
  readonly consumerKey: string
  readonly consumerSecret: string
}

/** The OAuth 1.0a credentials of an app and of the account it acts as. */
export interface XCredentials extends XAppKeys {
  readonly accessToken: string
  readonly accessSecret: string
}

/** @throws XError that names what is missing */
export function appKeysOf({ consumerKey, consumerSecret }: XAppKeys) {
  needAll({ consumerKey, consumerSecret })
  return { appKey: consumerKey, appSecret: consumerSecret }
}

/** @throws XError that names what is missing: with half of the tokens the library would call X as the app alone */
export function tokensOf(credentials: XCredentials) {
  const { accessToken, accessSecret } = credentials
  const keys = appKeysOf(credentials)
  needAll({ accessToken, accessSecret })
  return { ...keys, accessToken, accessSecret }
}

function needAll(credentials: Readonly<Record<string, string>>): void {
  const missing = Object.keys(credentials).find((name) => !credentials[name])
  if (missing) throw new XError('X_UNAUTHORIZED', `The credential ${missing} is missing.`)
}

/** An id is part of a path: nothing but digits gets there. */
export function checkedId(id: string): string {
  if (isId(id)) return id
  throw new XError('X_REQUEST_REFUSED', `X's ids are 1 to 19 digits, and this is not one: ${String(id).slice(0, 30)}`)
}

/** A time as X takes it, in whole seconds: one more is listed rather than one less. */
export const dateOf = (time: number) => `${new Date(time).toISOString().slice(0, 19)}Z`
