import type { Login, SignInBot } from '@hexbird/core'
import type { Context, Next } from 'hono'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { countedAddress } from './sign-in/address.js'
import { createCookies } from './sign-in/cookies.js'
import type { EndingName } from './sign-in/endings.js'
import { endingOf, isReason } from './sign-in/endings.js'
import { carriedOver, choicesOf, isClear, only } from './sign-in/form.js'
import { cameFrom, isAtOrigin, isFromOurPage, isNavigation, looksAhead } from './sign-in/guards.js'
import { securityHeaders } from './sign-in/headers.js'
import type { NotOurs } from './sign-in/notice.js'
import type { SignInAppOptions } from './sign-in/options.js'
import { checkedSettings, SignInAppError } from './sign-in/options.js'
import { createPages } from './sign-in/pages.js'
import { styleWith } from './sign-in/style.js'
import { STATUS } from './status.js'

const MAX_FORM_BYTES = 16 * 1024

/**
 * The pages with which people sign in: the page itself, the start, X's way back, the result, and the ways out. The bot
 * decides; here is only what a browser needs, and what keeps other sites and other browsers out.
 *
 * @throws SignInAppError `OPTIONS_INVALID`, with every fault of the options
 */
export function createSignInApp(options: SignInAppOptions): Hono {
  const settings = checkedSettings(options)
  const { bot, origin, paths, addressOf, xOrigins, notice, now } = settings
  const style = styleWith(settings.styles)
  const cookies = createCookies(settings)
  const pages = createPages(settings, style)
  const headers = Object.entries(securityHeaders(settings, style.hash))
  const app = new Hono()

  app.use(async (context, next) => {
    for (const [name, value] of headers) context.header(name, value)
    try {
      return await next()
    } catch (error) {
      // Hono hands on what is no Error.
      return broken(error, context)
    }
  })

  // To this origin and these paths alone, whatever host was asked for.
  for (const path of [paths.page, paths.start, paths.callback, paths.result]) {
    app.get(path, async (context, next) => {
      if (isAtOrigin(context.req.raw, origin) || cookies.wasLed(context)) return next()
      cookies.lead(context)
      return context.redirect(`${origin}${path}${new URL(context.req.url).search}`, STATUS.seeOther)
    })
  }

  app.get(paths.page, async (context) => {
    const account = await accountFor(cookies.login(context))
    if (account) return context.html(pages.account(cookies.formToken(context), account))
    return context.html(pages.signIn(cookies.formToken(context), carriedOver(queryOf(context))))
  })

  app.get(paths.start, navigationOnly('GET, POST'), async (context) => {
    const from = cameFrom(context.req.raw)
    // Nobody is signed in because another site wants it: they see the page, and decide.
    if (from === 'elsewhere') return context.redirect(paths.page, STATUS.seeOther)
    // Only a link of ours was followed by somebody who sees where they are; all others X asks.
    return start(context, { follow: false, message: false, tracked: {}, prompt: from !== 'own-page' })
  })

  postForm(paths.start, (context, form) => start(context, choicesOf(form)))

  app.get(paths.callback, navigationOnly('GET'), async (context) => {
    const query = queryOf(context)
    const [requestToken, verifier, denied] = ['oauth_token', 'oauth_verifier', 'denied'].map((name) =>
      only(query, name),
    )
    // It stays until its time is over: without it, a callback that comes again would seem to be of another browser.
    const browser = cookies.flow(context, denied ?? requestToken ?? '')
    const completed = await orFailed(bot.completeAuth({ requestToken, verifier, denied, browser }))
    switch (completed.kind) {
      case 'failed':
        notice({ kind: 'callback-failed', error: completed.error })
        return toResult(context, nameOfFailure(completed.error))
      case 'denied':
        notice({ kind: 'denied' })
        return toResult(context, 'denied')
      case 'refused': {
        const { reason, detail } = completed
        notice({ kind: 'callback-refused', reason, ...(detail !== undefined && { detail }) })
        // Somebody who went back, or loads the page anew, is where they wanted to be.
        return reason === 'used' && cookies.login(context) ? toResult(context) : toResult(context, reason)
      }
      case 'signed-in': {
        const { uid, username, follow, message } = completed
        notice({ kind: 'signed-in', uid, username, follow, message })
        cookies.signIn(context, completed)
        return toResult(context)
      }
    }
  })

  app.get(paths.result, async (context) => {
    const reason = only(queryOf(context), 'reason')
    if (isReason(reason)) return end(context, reason)
    const login = cookies.login(context)
    const account = await accountFor(login)
    if (!login || !account) return end(context, 'not-signed-in')
    return context.html(pages.result(cookies.formToken(context), account, cookies.outcome(context, login)))
  })

  postForm(paths.disconnect, async (context) => {
    const login = cookies.login(context)
    const disconnected = login ? await bot.disconnect(login) : undefined
    cookies.signOut(context)
    if (!login || disconnected?.kind !== 'disconnected') return end(context, 'not-signed-in')
    const { atX } = disconnected
    notice({ kind: 'disconnected', uid: login.uid, atX })
    return end(context, atX.kind === 'done' || atX.kind === 'revoked' ? 'disconnected' : 'disconnected-here')
  })

  postForm(paths.signOut, async (context) => {
    cookies.signOut(context)
    notice({ kind: 'signed-out' })
    return end(context, 'signed-out')
  })

  for (const [path, allow] of [
    [paths.page, 'GET, HEAD'],
    [paths.start, 'GET, POST'],
    [paths.callback, 'GET'],
    [paths.result, 'GET, HEAD'],
    [paths.disconnect, 'POST'],
    [paths.signOut, 'POST'],
  ] as const) {
    app.all(path, (context) => wrongMethod(context, allow))
  }
  app.notFound((context) => end(context, 'not-found'))
  app.onError(broken)
  return app

  async function start(context: Context, choices: Omit<StartRequest, 'address'>): Promise<Response> {
    const started = await orFailed(begin({ ...choices, address: countedAddress(addressOf(context)) }))
    switch (started.kind) {
      case 'failed':
        notice({ kind: 'start-failed', error: started.error })
        return end(context, nameOfFailure(started.error))
      case 'too-many':
        notice({ kind: 'start-refused', reason: 'too-many' })
        context.header('retry-after', String(Math.max(1, Math.ceil((started.until - now()) / 1000))))
        return end(context, 'too-many')
      case 'refused':
        notice({ kind: 'start-refused', reason: started.reason })
        return end(context, started.reason)
      case 'started':
        notice({ kind: 'started', follow: choices.follow, message: choices.message })
        cookies.beginFlow(context, started.requestToken, started.browser, started.expiresAt)
        return context.redirect(started.page, STATUS.seeOther)
    }
  }

  /** @throws SignInAppError `PAGE_NOT_AT_X`: a browser would follow nowhere else, and neither should a person */
  async function begin(request: StartRequest) {
    const started = await bot.startSession(request)
    if (started.kind !== 'started') return started
    const page = new URL(started.page)
    if (xOrigins.includes(page.origin)) return { ...started, page: page.href }
    throw new SignInAppError('PAGE_NOT_AT_X', [`X's page is at ${page.origin}, which is not among xOrigins.`])
  }

  function accountFor(login: Login | undefined) {
    return login && bot.accountOf(login)
  }

  /** A clean address, so that neither token nor verifier stays in the history. */
  function toResult(context: Context, reason?: EndingName): Response {
    return context.redirect(reason === undefined ? paths.result : `${paths.result}?reason=${reason}`, STATUS.seeOther)
  }

  function end(context: Context, name: EndingName): Response | Promise<Response> {
    const ending = endingOf(name)
    return context.html(pages.ending(ending), ending.status)
  }

  /** A form that a page of ours made for this browser, and this browser sent; anything else is refused unread. */
  function postForm(path: string, handle: (context: Context, form: URLSearchParams) => Promise<Response> | Response) {
    const limit = bodyLimit({ maxSize: MAX_FORM_BYTES, onError: (context) => notOurs(context, 'too-large') })
    app.post(path, ownFormsOnly, limit, async (context) => {
      const text = await context.req.text().catch(() => undefined)
      if (text === undefined) return notOurs(context, 'unclear')
      const form = new URLSearchParams(text)
      if (!cookies.isOurForm(context, only(form, 'csrf'))) return notOurs(context, 'no-token')
      return isClear(form) ? handle(context, form) : notOurs(context, 'unclear')
    })
  }

  async function ownFormsOnly(context: Context, next: Next) {
    const type = (context.req.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase()
    if (!isFromOurPage(context.req.raw, origin)) return notOurs(context, 'foreign')
    if (looksAhead(context.req.raw)) return notOurs(context, 'no-navigation')
    return type === 'application/x-www-form-urlencoded' ? next() : notOurs(context, 'not-a-form')
  }

  /** Nothing happens for those who only look: Hono runs what is for GET for HEAD too. */
  function navigationOnly(allow: string) {
    return async (context: Context, next: Next) => {
      if (context.req.raw.method === 'HEAD') return wrongMethod(context, allow)
      return isNavigation(context.req.raw) ? next() : notOurs(context, 'no-navigation')
    }
  }

  function notOurs(context: Context, reason: NotOurs) {
    notice({ kind: 'request-refused', path: context.req.path, reason })
    return end(context, reason)
  }

  function wrongMethod(context: Context, allow: string) {
    context.header('allow', allow)
    return end(context, 'wrong-method')
  }

  function broken(error: unknown, context: Context) {
    notice({ kind: 'broken', error })
    return end(context, 'broken')
  }
}

type StartRequest = Parameters<SignInBot['startSession']>[0]

const queryOf = (context: Context): URLSearchParams => new URL(context.req.url).searchParams

const orFailed = <T>(work: Promise<T>) => work.catch((error: unknown) => ({ kind: 'failed' as const, error }))

/** What is wrong for everybody until somebody mends it at X, by the codes of core and of whoever asks X. */
const NOT_SET_UP: readonly unknown[] = [
  'CALLBACK_NOT_CONFIRMED',
  'X_CALLBACK_NOT_ALLOWED',
  'X_UNAUTHORIZED',
  'X_ACCOUNT_LOCKED',
]

const nameOfFailure = (error: unknown) =>
  error instanceof Error && 'code' in error && NOT_SET_UP.includes(error.code) ? 'not-set-up' : 'unreachable'
