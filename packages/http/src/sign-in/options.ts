import type { SignInBot } from '@hexbird/core/host'
import { defined } from '@hexbird/core/util'
import type { Context } from 'hono'
import { safeCallback } from '../safe-callback.js'
import type { SignInAppEvent } from './events.js'

/** Where the sign-in lives, unless the options say otherwise. Each is a path of its own. */
export const SIGN_IN_PATHS = {
  page: '/sign-in',
  /** `POST` with the page's form; `GET` where nothing is chosen and nothing tracked. */
  start: '/api/twitter-session',
  /** Where X leads back to: with the origin before it, the callback that the bot and the app at X are given. */
  callback: '/api/twitter-session/callback',
  result: '/api/twitter-session/result',
  disconnect: '/api/twitter-session/disconnect',
  signOut: '/api/twitter-session/sign-out',
} as const

/** Where each page of the sign-in is, without the origin. */
export type SignInPaths = { readonly [name in keyof typeof SIGN_IN_PATHS]: string }

/** Where X's own pages are, and what they lead through. */
export const X_ORIGINS: readonly string[] = [
  'https://api.x.com',
  'https://x.com',
  'https://twitter.com',
  'https://api.twitter.com',
]

/** What the pages need to sign people in at the bot. */
export interface SignInAppOptions {
  readonly bot: SignInBot
  /** The one public origin, such as `https://bot.example`. Plain http only for 127.0.0.1, [::1] and localhost. */
  readonly origin: string
  /** What people sign in to, as they call it. */
  readonly service: string
  readonly privacyPolicyUrl: string
  readonly termsUrl?: string
  /**
   * Keys of at least 32 random characters, the newest first. The first signs cookies and forms, all are accepted. Every
   * instance of one stage needs the same.
   */
  readonly cookieKeys: readonly string[]
  /**
   * The network address that starts are counted by, from where nobody can forge it: the socket, or API Gateway's request
   * context; a header only if a proxy of yours sets it. IPv6 addresses count by their /64; unknown ones count as one.
   */
  readonly addressOf: (context: Context) => string | undefined
  /** The origins that a sign-in may lead to. Default `X_ORIGINS`. */
  readonly xOrigins?: readonly string[]
  readonly paths?: Partial<SignInPaths>
  /** CSS that is added to the pages' own. */
  readonly styles?: string
  /** Told what happened, for logs, counts and alarms. */
  readonly onEvent?: (event: SignInAppEvent) => void
  /** Epoch milliseconds. Default the system's clock. */
  readonly now?: () => number
}

/** The options with every default filled in. */
export type SignInAppSettings = Required<Omit<SignInAppOptions, 'termsUrl' | 'paths'>> &
  Pick<SignInAppOptions, 'termsUrl'> &
  SignInBot['offers'] & { readonly paths: SignInPaths }

/** What a `SignInAppError` is about. */
export type SignInAppErrorCode =
  /** The app cannot be made from these options. */
  | 'OPTIONS_INVALID'
  /** The bot names a page at an origin that is not among `xOrigins`. */
  | 'PAGE_NOT_AT_X'

/** The app is put together wrongly: `faults` has one line for each mistake. */
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

/** @throws SignInAppError `OPTIONS_INVALID` with every fault, and no key, in it */
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
  if (service.trim() === '') yield 'service: must say what people sign in to.'
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

/** Letter for letter as browsers write it, and nothing that means more in a policy's header. */
const isOrigin = (text: string): boolean =>
  /^https?:\/\/[\w.:[\]-]+$/.test(text) && isSafe(text) && new URL(text).origin === text
const isPageUrl = (text: string): boolean => isSafe(text)

function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname))
}
