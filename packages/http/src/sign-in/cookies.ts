import { createHash, randomBytes } from 'node:crypto'
import type { Completed, Login } from '@hexbird/core/host'
import { defined } from '@hexbird/core/util'
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { createSeal } from '../seal.js'
import type { SignInAppSettings } from './options.js'

/* Subdomains and pages without TLS can't set or replace `__Host-` cookies. */
const LOGIN = '__Host-hexbird-login'
const OUTCOME = '__Host-hexbird-outcome'
const BROWSER = '__Host-hexbird-browser'
const FLOW = '__Host-hexbird-flow-'
const LED = '__Host-hexbird-led'
/** Identifies a browser, so that one person's form token doesn't work in another person's browser. */
const A_BROWSER = /^[\w-]{22}$/
const A_FLOW = /^__Host-hexbird-flow-[\w-]{16}$/

/** How many sign-ins one browser can have in progress. A new one replaces the oldest. */
const MOST_FLOWS = 10
const SECOND = 1000
const LOGIN_LASTS = 60 * 60 * SECOND
const OUTCOME_LASTS = 15 * 60 * SECOND
const FLOW_LASTS_AT_MOST = 60 * 60 * SECOND
const LED_LASTS = 60 * SECOND

type SignedIn = Extract<Completed, { kind: 'signed-in' }>
/** The outcomes of the choices, without the details for the operator. */
type Shown = { readonly kind: Exclude<SignedIn['follow']['kind'], 'link' | 'not-done'> } | WithPage
type WithPage = { readonly kind: 'link' | 'not-done'; readonly url: string }
export type Outcome = Login & { readonly follow: Shown; readonly message: Shown; readonly returnTo?: string }

/** Reads and writes the cookies of the sign-in. */
export function createCookies({ cookieKeys, origin, now }: Pick<SignInAppSettings, 'cookieKeys' | 'origin' | 'now'>) {
  const seals = createSeal(cookieKeys, origin)

  return {
    /** Each sign-in has its own cookie, so that a second tab doesn't end the sign-in of the first. */
    beginFlow(context: Context, requestToken: string, flowSecret: string, expiresAt: number): void {
      const name = flowName(requestToken)
      // Browsers send the oldest first: https://www.rfc-editor.org/rfc/rfc6265#section-5.4
      const others = Object.keys(getCookie(context)).filter((other) => A_FLOW.test(other) && other !== name)
      for (const oldest of others.slice(0, Math.max(0, others.length - MOST_FLOWS + 1))) remove(context, oldest)
      keep(context, name, flowSecret, Math.min(expiresAt - now(), FLOW_LASTS_AT_MOST))
    },
    flow: (context: Context, requestToken: string): string | undefined => getCookie(context, flowName(requestToken)),

    signIn(context: Context, { uid, signedInAt, follow, message, returnTo }: SignedIn): void {
      const login: Login & Ending = { uid, signedInAt, endsAt: now() + LOGIN_LASTS }
      const shown = { follow: shownOf(follow), message: shownOf(message), ...defined({ returnTo }) }
      const outcome: Outcome & Ending = { uid, signedInAt, endsAt: now() + OUTCOME_LASTS, ...shown }
      keep(context, LOGIN, seals.seal('login-1', JSON.stringify(login)), LOGIN_LASTS)
      keep(context, OUTCOME, seals.seal('outcome-1', JSON.stringify(outcome)), OUTCOME_LASTS)
    },
    login(context: Context): Login | undefined {
      const login = opened<Login & Ending>(context, LOGIN, 'login-1')
      return login && { uid: login.uid, signedInAt: login.signedInAt }
    },
    /** Returns the outcome of this sign-in; `undefined` if the cookie is too old, or belongs to another sign-in. */
    outcome(context: Context, { uid, signedInAt }: Login): Outcome | undefined {
      const outcome = opened<Outcome & Ending>(context, OUTCOME, 'outcome-1')
      return outcome?.uid === uid && outcome.signedInAt === signedInAt ? outcome : undefined
    },
    signOut(context: Context): void {
      for (const name of [LOGIN, OUTCOME]) if (getCookie(context, name) !== undefined) remove(context, name)
    },

    /**
     * Makes a form token for this browser. Each differs, so the length of a compressed page reveals nothing about it.
     */
    formToken(context: Context): string {
      const known = getCookie(context, BROWSER) ?? ''
      if (A_BROWSER.test(known)) return seals.seal('form-1', random(), known)
      const browser = random()
      keep(context, BROWSER, browser)
      return seals.seal('form-1', random(), browser)
    },
    /**
     * Marks a browser as redirected to the origin. Behind a proxy that hides the host, it would be redirected forever.
     */
    lead: (context: Context): void => keep(context, LED, '1', LED_LASTS),
    wasLed: (context: Context): boolean => getCookie(context, LED) !== undefined,
    isOurForm(context: Context, token: string | undefined): boolean {
      return token !== undefined && seals.open('form-1', token, getCookie(context, BROWSER) ?? '') !== undefined
    },
  }

  function opened<T extends Ending>(context: Context, name: string, purpose: 'login-1' | 'outcome-1'): T | undefined {
    const text = seals.open(purpose, getCookie(context, name) ?? '')
    if (text === undefined) return undefined
    // Only we can seal a text for this purpose, so it has the right type.
    const kept = JSON.parse(text) as T
    return kept.endsAt > now() ? kept : undefined
  }
}

type Ending = { readonly endsAt: number }

const flowName = (requestToken: string): string =>
  FLOW + createHash('sha256').update(requestToken).digest('base64url').slice(0, 16)
const random = (): string => randomBytes(16).toString('base64url')

const shownOf = (outcome: SignedIn['follow']): Shown =>
  'url' in outcome ? { kind: outcome.kind, url: outcome.url } : { kind: outcome.kind }

const SAFE = { path: '/', secure: true, httpOnly: true, sameSite: 'Lax' } as const

/** Sets a cookie for `lasts` milliseconds, or until the browser closes. */
function keep(context: Context, name: string, value: string, lasts?: number): void {
  const maxAge = lasts === undefined ? {} : { maxAge: Math.max(0, Math.ceil(lasts / SECOND)) }
  setCookie(context, name, value, { ...SAFE, ...maxAge })
}

const remove = (context: Context, name: string): void => keep(context, name, '', 0)
