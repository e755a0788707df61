import type { Login, SignInBot } from '@hexbird/core/host'
import { defined } from '@hexbird/core/util'
import type { Context } from 'hono'
import { only } from '../forms.js'
import { cameFrom } from '../guards.js'
import { STATUS } from '../status.js'
import { countedAddress } from './address.js'
import { isReason } from './endings.js'
import { carriedOver } from './form.js'
import { SignInAppError } from './options.js'
import { end, type Site, toResult } from './site.js'

type StartRequest = Parameters<SignInBot['startSession']>[0]

/** Shows the account that is signed in with this browser, or the form. */
export async function showPage({ bot, cookies, pages }: Site, context: Context): Promise<Response> {
  const account = await accountFor(bot, cookies.login(context))
  if (account) return context.html(pages.account(cookies.formToken(context), account))
  return context.html(pages.signIn(cookies.formToken(context), carriedOver(queryOf(context))))
}

/** Starts a sign-in by link, without the form: no choices, and no tracked data. */
export async function startByLink(site: Site, context: Context): Promise<Response> {
  const from = cameFrom(context.req.raw)
  // Another site can't start a sign-in. Show the page, and let the person decide.
  if (from === 'elsewhere') return context.redirect(site.paths.page, STATUS.seeOther)
  // Only our own page says where the link leads. For everyone else, X asks for confirmation.
  return start(site, context, { follow: false, message: false, tracked: {}, prompt: from !== 'own-page' })
}

export async function start(site: Site, context: Context, choices: Omit<StartRequest, 'address'>): Promise<Response> {
  const { cookies, onEvent } = site
  const started = await orFailed(begin(site, { ...choices, address: countedAddress(site.addressOf(context)) }))
  switch (started.kind) {
    case 'failed':
      onEvent({ kind: 'start-failed', error: started.error })
      return end(site, context, nameOfFailure(started.error))
    case 'too-many':
      onEvent({ kind: 'start-refused', reason: 'too-many' })
      context.header('retry-after', String(Math.max(1, Math.ceil((started.until - site.now()) / 1000))))
      return end(site, context, 'too-many')
    case 'refused':
      onEvent({ kind: 'start-refused', reason: started.reason })
      return end(site, context, started.reason)
    case 'started':
      onEvent({ kind: 'started', follow: choices.follow, message: choices.message })
      cookies.beginFlow(context, started.requestToken, started.flowSecret, started.expiresAt)
      return context.redirect(started.page, STATUS.seeOther)
  }
}

/** @throws SignInAppError `PAGE_NOT_AT_X` if the bot's page isn't at X, so that people can't be sent elsewhere */
async function begin({ bot, xOrigins }: Site, request: StartRequest) {
  const started = await bot.startSession(request)
  if (started.kind !== 'started') return started
  const page = new URL(started.page)
  if (xOrigins.includes(page.origin)) return { ...started, page: page.href }
  throw new SignInAppError('PAGE_NOT_AT_X', [
    `The sign-in page is at ${page.origin}, which is not in xOrigins. Add that origin if it is X's.`,
  ])
}

/** Handles X's callback. */
export async function complete(site: Site, context: Context): Promise<Response> {
  const { bot, cookies, onEvent } = site
  const query = queryOf(context)
  const [requestToken, verifier, denied] = ['oauth_token', 'oauth_verifier', 'denied'].map((name) => only(query, name))
  // Keep the cookie until it expires. Otherwise a repeated callback would look as if it came from another browser.
  const flowSecret = cookies.flow(context, denied ?? requestToken ?? '')
  const completed = await orFailed(bot.completeAuth({ requestToken, verifier, denied, flowSecret }))
  switch (completed.kind) {
    case 'failed':
      onEvent({ kind: 'callback-failed', error: completed.error })
      return toResult(site, context, nameOfFailure(completed.error))
    case 'denied':
      onEvent({ kind: 'denied' })
      return toResult(site, context, 'denied')
    case 'refused': {
      const { reason, detail } = completed
      onEvent({ kind: 'callback-refused', reason, ...defined({ detail }) })
      // The person went back or reloaded the page, and is already signed in.
      return toResult(site, context, reason === 'used' && cookies.login(context) ? undefined : reason)
    }
    case 'signed-in': {
      const { uid, username, follow, message } = completed
      onEvent({ kind: 'signed-in', uid, username, follow, message })
      cookies.signIn(context, completed)
      return toResult(site, context)
    }
  }
}

export async function showResult(site: Site, context: Context): Promise<Response> {
  const { bot, cookies, pages } = site
  const reason = only(queryOf(context), 'reason')
  if (isReason(reason)) return end(site, context, reason)
  const login = cookies.login(context)
  const account = await accountFor(bot, login)
  if (!login || !account) return end(site, context, 'not-signed-in')
  return context.html(pages.result(cookies.formToken(context), account, cookies.outcome(context, login)))
}

export async function disconnect(site: Site, context: Context): Promise<Response> {
  const { bot, cookies, onEvent } = site
  const login = cookies.login(context)
  const disconnected = login ? await bot.disconnect(login) : undefined
  cookies.signOut(context)
  if (!login || disconnected?.kind !== 'disconnected') return end(site, context, 'not-signed-in')
  const { atX } = disconnected
  onEvent({ kind: 'disconnected', uid: login.uid, atX })
  return end(site, context, atX.kind === 'done' || atX.kind === 'revoked' ? 'disconnected' : 'disconnected-here')
}

export async function signOut(site: Site, context: Context): Promise<Response> {
  site.cookies.signOut(context)
  site.onEvent({ kind: 'signed-out' })
  return end(site, context, 'signed-out')
}

const accountFor = (bot: SignInBot, login: Login | undefined) => login && bot.accountOf(login)

const queryOf = (context: Context): URLSearchParams => new URL(context.req.url).searchParams

const orFailed = <T>(work: Promise<T>) => work.catch((error: unknown) => ({ kind: 'failed' as const, error }))

/** Error codes of core and of the X adapter for faults that affect everybody until the operator fixes them at X. */
const NOT_SET_UP: readonly unknown[] = [
  'CALLBACK_NOT_CONFIRMED',
  'X_CALLBACK_NOT_ALLOWED',
  'X_UNAUTHORIZED',
  'X_ACCOUNT_LOCKED',
]

const nameOfFailure = (error: unknown) =>
  error instanceof Error && 'code' in error && NOT_SET_UP.includes(error.code) ? 'not-set-up' : 'unreachable'
