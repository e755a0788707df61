import type { Context, MiddlewareHandler } from 'hono'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { getCookie, setCookie } from 'hono/cookie'
import { type HandleForm, isForm, only } from '../forms.js'
import { isFromOurPage } from '../guards.js'
import { LOGO } from '../logo.js'
import { safeCallback } from '../safe-callback.js'
import { createSeal, isEqual } from '../seal.js'
import { STATUS } from '../status.js'
import { METRICS_TYPE, metricsOf } from './metrics.js'
import { endingPage, isNotice, type Notice, STATUS_PATHS, signInPage, statusPage } from './pages.js'
import { STATUS_CSS_HASH } from './style.js'
import type { StatusAction, StatusView } from './view.js'

/** The path that Prometheus scrapes. */
export const METRICS_PATH = '/metrics'

/** Options of the status page. */
export interface StatusAppOptions {
  /** At least 32 random characters. Anyone who has it can see the whole page and stop the bot. */
  readonly token: string
  /** Reads the data for the page and the metrics. */
  readonly read: () => Promise<StatusView>
  /** Carries out an action; `false` if its target no longer exists. */
  readonly act: (action: StatusAction) => Promise<boolean>
  /** Returns the URL of a tweet. Default: at x.com. */
  readonly tweetUrl?: (id: string) => string
  /** Called with errors from `read` and `act`. */
  readonly onError?: (error: unknown) => void
  /** The time in epoch milliseconds. Default: the system's clock. */
  readonly now?: () => number
}

const LEAST_TOKEN = 32
const COOKIE = 'hexbird-status'
const SESSION = 12 * 60 * 60 * 1000
const MAX_FORM_BYTES = 16 * 1024
const LONGEST_REASON = 200

/** No scripts, nothing from other hosts, no framing, no caching. The referrer policy lets forms send their origin. */
const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    `style-src '${STATUS_CSS_HASH}'`,
    "img-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const

/**
 * Creates the status page and the Prometheus metrics of a bot on one machine. Serve them on loopback.
 *
 * A browser signs in with the token and gets a cookie for twelve hours; a new token invalidates all cookies. Pages answer
 * only under a loopback name, which prevents DNS rebinding by other sites. Forms are accepted only from this origin and with
 * a form token. `/metrics` needs `Authorization: Bearer <token>`.
 *
 * @throws RangeError if the token is too short
 */
export function createStatusApp(options: StatusAppOptions): Hono {
  const { token, read, act, now = Date.now, tweetUrl = (id) => `https://x.com/i/web/status/${id}` } = options
  if (token.length < LEAST_TOKEN) throw new RangeError(`The token must have at least ${LEAST_TOKEN} characters.`)
  const onError = safeCallback(options.onError)
  const seals = createSeal([token], 'status')
  const app = new Hono()

  app.use(async (context, next) => {
    for (const [name, value] of Object.entries(HEADERS)) context.header(name, value)
    await next()
  })

  app.get(METRICS_PATH, async (context) => {
    const [scheme, given = ''] = (context.req.header('authorization') ?? '').split(' ', 2)
    if (scheme?.toLowerCase() !== 'bearer' || !isEqual(given, token)) return unauthorized(context, 'Send the token.\n')
    return context.body(metricsOf(await read()), STATUS.ok, { 'content-type': METRICS_TYPE })
  })

  app.use(onLoopbackOnly)
  app.get('/', (context) => context.redirect(STATUS_PATHS.page, STATUS.seeOther))
  app.get(STATUS_PATHS.icon, (context) => context.body(LOGO, STATUS.ok, { 'content-type': 'image/svg+xml' }))

  app.get(STATUS_PATHS.page, async (context) => {
    const session = sessionOf(context)
    if (session === undefined) return unauthorized(context, signInPage())
    const done = context.req.query('done')
    const formToken = seals.seal('form-1', 'status', session)
    const notice = isNotice(done) ? done : undefined
    return context.html(statusPage(await read(), { formToken, tweetUrl, notice }), STATUS.ok)
  })

  app.post(
    '*',
    ownFormsOnly,
    bodyLimit({ maxSize: MAX_FORM_BYTES, onError: (context) => refuse(context, STATUS.tooLarge, 'is too large') }),
  )
  app.post(STATUS_PATHS.signIn, async (context) => {
    const given = only(await formOf(context), 'token')
    if (given === undefined || !isEqual(given.trim(), token)) {
      return unauthorized(context, signInPage('This token is wrong. Check HEXBIRD_STATUS_TOKEN, and sign in again.'))
    }
    keep(context, seals.seal('status-1', `${now() + SESSION}`), SESSION)
    return context.redirect(STATUS_PATHS.page, STATUS.seeOther)
  })
  const onForm = (path: string, handle: HandleForm) => app.post(path, signedInOnly(handle))
  onForm(STATUS_PATHS.signOut, async (context) => {
    keep(context, '', 0)
    return context.redirect(STATUS_PATHS.page, STATUS.seeOther)
  })
  onForm(STATUS_PATHS.pause, async (context, form) => {
    const reason = only(form, 'reason')?.trim().slice(0, LONGEST_REASON) || 'by hand'
    return done(context, (await act({ kind: 'pause', reason })) ? 'paused' : 'gone')
  })
  onForm(STATUS_PATHS.resume, async (context) => done(context, (await act({ kind: 'resume' })) ? 'resumed' : 'gone'))
  onForm(STATUS_PATHS.retry, async (context, form) => {
    const [queue, id] = [only(form, 'queue'), only(form, 'id')]
    if (queue === undefined || id === undefined || !/^\d{1,15}$/.test(id)) {
      return refuse(context, STATUS.refused, 'names no dead letter')
    }
    return done(context, (await act({ kind: 'retry', queue, id: Number(id) })) ? 'retried' : 'gone')
  })

  app.notFound((context) =>
    context.html(endingPage('Page not found', 'There is no page at this address.'), STATUS.notFound),
  )
  app.onError((error, context) => {
    onError(error)
    const text = 'The bot’s state could not be read or changed. The bot’s log says why.'
    return context.html(endingPage('Something broke', text), STATUS.broken)
  })
  return app

  /** Returns the cookie if it was made with this token and has not expired. */
  function sessionOf(context: Context): string | undefined {
    const cookie = getCookie(context, COOKIE) ?? ''
    const endsAt = seals.open('status-1', cookie)
    return endsAt !== undefined && Number(endsAt) > now() ? cookie : undefined
  }

  /** Handles a form only if one of our pages made it for this session. */
  function signedInOnly(handle: HandleForm) {
    return async (context: Context): Promise<Response> => {
      const session = sessionOf(context)
      if (session === undefined) return unauthorized(context, signInPage('Sign in first, then do it again.'))
      const form = await formOf(context)
      if (seals.open('form-1', only(form, 'csrf') ?? '', session) === undefined) {
        return refuse(context, STATUS.forbidden, 'was not made for this sign-in')
      }
      return handle(context, form)
    }
  }
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i

/** Stops DNS rebinding: under a foreign name that resolves to us, the scripts of that site could read our answers. */
const onLoopbackOnly: MiddlewareHandler = async (context, next) => {
  if (LOOPBACK.test(context.req.header('host') ?? '')) return next()
  const text = 'Open this page at 127.0.0.1 or localhost. From another computer, use an SSH tunnel.'
  return context.html(endingPage('Wrong host name', text), STATUS.forbidden)
}

/** Refuses a form that none of our pages sent, without reading it. */
const ownFormsOnly: MiddlewareHandler = async (context, next) => {
  if (!isFromOurPage(context.req.raw, `http://${context.req.header('host')}`)) {
    return refuse(context, STATUS.forbidden, 'did not come from this page')
  }
  return isForm(context.req.header('content-type')) ? next() : refuse(context, STATUS.notAForm, 'has the wrong type')
}

const formOf = async (context: Context) => new URLSearchParams(await context.req.text())

const done = (context: Context, notice: Notice) =>
  context.redirect(`${STATUS_PATHS.page}?done=${notice}`, STATUS.seeOther)

type Html = ReturnType<typeof signInPage>
type Refused = typeof STATUS.refused | typeof STATUS.forbidden | typeof STATUS.tooLarge | typeof STATUS.notAForm

const refuse = (context: Context, status: Refused, why: string) =>
  context.html(endingPage('Nothing was done', `The form ${why}.`), status)

function unauthorized(context: Context, body: string | Html): Response | Promise<Response> {
  context.header('www-authenticate', 'Bearer realm="hexbird"')
  return typeof body === 'string' ? context.text(body, STATUS.notSigned) : context.html(body, STATUS.notSigned)
}

/** Sets the cookie. Not `Secure`, because loopback has no TLS. Browsers send it only to this page, from this site. */
function keep(context: Context, value: string, lasts: number): void {
  const options = { path: STATUS_PATHS.page, httpOnly: true, sameSite: 'Strict', maxAge: lasts / 1000 } as const
  setCookie(context, COOKIE, value, options)
}
