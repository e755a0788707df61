import type { SignInBot } from '@hexbird/core/host'
import { defined } from '@hexbird/core/util'
import type { Context } from 'hono'
import { safeCallback } from '../safe-callback.js'
import type { SignInAppEvent } from './events.js'

/** The default paths of the sign-in. */
export const SIGN_IN_PATHS = {
  page: '/sign-in',
  /** `POST` with the page's form, or `GET` without choices and tracking. */
  start: '/api/twitter-session',
  /** Where X redirects back to. With the origin in front, it is the callback URL for the bot and for the app at X. */
  callback: '/api/twitter-session/callback',
  result: '/api/twitter-session/result',
  disconnect: '/api/twitter-session/disconnect',
  signOut: '/api/twitter-session/sign-out',
} as const

/** The paths of the sign-in pages, without the origin. */
export type SignInPaths = { readonly [name in keyof typeof SIGN_IN_PATHS]: string }

/** The origins of X's own pages and their redirects. */
export const X_ORIGINS: readonly string[] = [
  'https://api.x.com',
  'https://x.com',
  'https://twitter.com',
  'https://api.twitter.com',
]

/** Options of the sign-in pages. */
export interface SignInAppOptions {
  readonly bot: SignInBot
  /** The one public origin, such as `https://bot.example`. Plain http only for 127.0.0.1, [::1] and localhost. */
  readonly origin: string
  /** The name of the service that people sign in to. */
  readonly service: string
  readonly privacyPolicyUrl: string
  readonly termsUrl?: string
  /**
   * Keys of at least 32 random characters, newest first. The first one signs cookies and forms; all are accepted. Every
   * instance of a stage needs the same keys.
   */
  readonly cookieKeys: readonly string[]
  /**
   * Returns the network address for counting sign-in starts. Take it from a source that nobody can forge: the socket, API
   * Gateway's request context, or a header that your own proxy sets. IPv6 addresses are counted by their /64, and all unknown
   * addresses as one.
   */
  readonly addressOf: (context: Context) => string | undefined
  /** The origins that a sign-in may redirect to. Default: `X_ORIGINS`. */
  readonly xOrigins?: readonly string[]
  readonly paths?: Partial<SignInPaths>
  /** CSS to add to the pages' own. */
  readonly styles?: string
  /** Called for each event, for logs, metrics and alarms. */
  readonly onEvent?: (event: SignInAppEvent) => void
  /** The time in epoch milliseconds. Default: the system's clock. */
  readonly now?: () => number
}

/** The options with every default filled in. */
export type SignInAppSettings = Required<Omit<SignInAppOptions, 'termsUrl' | 'paths'>> &
  Pick<SignInAppOptions, 'termsUrl'> &
  SignInBot['offers'] & { readonly paths: SignInPaths }

/** The code of a `SignInAppError`. */
export type SignInAppErrorCode =
  /** The options are invalid. */
  | 'OPTIONS_INVALID'
  /** The bot returned a page whose origin is not in `xOrigins`. */
  | 'PAGE_NOT_AT_X'

/** The app is set up incorrectly. `faults` has one line per mistake. */
export class SignInAppError extends Error {
  override readonly name = 'SignInAppError'
  readonly code: SignInAppErrorCode
  readonly faults: readonly string[]

  constructor(code: SignInAppErrorCode, faults: readonly string[]) {
    super(faults.join('\n'))
    this.code = code
    this.faults = faults
  }
}

/** Fills in the defaults. @throws SignInAppError `OPTIONS_INVALID` with every fault, but without the keys */
export function checkedSettings(options: SignInAppOptions): SignInAppSettings {
  const settings: SignInAppSettings = {
    ...options.bot.offers,
    xOrigins: X_ORIGINS,
    styles: '',
    now: Date.now,
    ...defined(options),
    onEvent: safeCallback(options.onEvent),
    paths: { ...SIGN_IN_PATHS, ...defined(options.paths ?? {}) },
  }
  const faults = [...faultsOf(settings)]
  if (faults.length > 0) throw new SignInAppError('OPTIONS_INVALID', faults)
  return settings
}

const LEAST_KEY = 32

function* faultsOf(settings: SignInAppSettings): Iterable<string> {
  const { origin, account, service, privacyPolicyUrl, termsUrl, cookieKeys, xOrigins, paths, styles } = settings
  if (!isOrigin(origin)) yield `origin: ${ORIGIN}`
  if (!/^\d{1,20}$/.test(account.id)) yield 'account.id: must be the decimal id of the account.'
  if (!/^\w{1,20}$/.test(account.username)) yield 'account.username: must be the name of the account, without the @.'
  if (service.trim() === '') yield 'service: must name what people sign in to.'
  if (!isPageUrl(privacyPolicyUrl)) yield `privacyPolicyUrl: ${PAGE_URL}`
  if (termsUrl !== undefined && !isPageUrl(termsUrl)) yield `termsUrl: ${PAGE_URL}`
  if (cookieKeys.length === 0) yield 'cookieKeys: must have at least one key.'
  for (const [n, key] of cookieKeys.entries()) {
    if (key.length < LEAST_KEY) yield `cookieKeys[${n}]: must have at least ${LEAST_KEY} characters.`
  }
  if (xOrigins.length === 0) yield 'xOrigins: must have at least one origin.'
  for (const [n, xOrigin] of xOrigins.entries()) if (!isOrigin(xOrigin)) yield `xOrigins[${n}]: ${ORIGIN}`
  for (const [name, path] of Object.entries(paths)) if (!PATH.test(path)) yield `paths.${name}: ${A_PATH}`
  if (new Set(Object.values(paths)).size < Object.keys(paths).length) yield 'paths: must differ from each other.'
  if (styles.includes('</')) yield 'styles: must be CSS, without "</".'
}

const ORIGIN = 'must be an origin, such as https://bot.example, without a path; http only for this machine.'
const PAGE_URL = 'must be the https address of a page.'
const A_PATH = 'must begin with a slash, not end with one, and have letters, digits, ".", "_", "~" and "-" only.'
const PATH = /^(\/[\w~-][\w.~-]*)+$/

/** Whether the text is an origin exactly as browsers write it, without characters that have a meaning in a policy. */
const isOrigin = (text: string): boolean =>
  /^https?:\/\/[\w.:[\]-]+$/.test(text) && isSafe(text) && new URL(text).origin === text
const isPageUrl = (text: string): boolean => isSafe(text)

function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname))
}
