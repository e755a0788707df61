import type { Context, MiddlewareHandler, Next } from 'hono'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { type HandleForm, isForm, only } from './forms.js'
import { isAtOrigin, isFromOurPage, isNavigation, looksAhead } from './guards.js'
import { createCookies } from './sign-in/cookies.js'
import { choicesOf, isClear } from './sign-in/form.js'
import { complete, disconnect, showPage, showResult, signOut, start, startByLink } from './sign-in/handlers.js'
import { securityHeaders } from './sign-in/headers.js'
import { checkedSettings, type SignInAppOptions } from './sign-in/options.js'
import { createPages } from './sign-in/pages.js'
import { broken, end, refuse, type Site, wrongMethod } from './sign-in/site.js'
import { styleWith } from './sign-in/style.js'
import { STATUS } from './status.js'

const MAX_FORM_BYTES = 16 * 1024

/**
 * Creates the sign-in pages: the page itself, the start, the callback from X, the result, disconnecting and signing out. The
 * logic is the bot's; this app only handles browsers, and keeps out other sites and other browsers.
 *
 * @throws SignInAppError `OPTIONS_INVALID`, with every fault in the options
 */
export function createSignInApp(options: SignInAppOptions): Hono {
  const settings = checkedSettings(options)
  const style = styleWith(settings.styles)
  const site: Site = { ...settings, cookies: createCookies(settings), pages: createPages(settings, style) }
  const { paths } = settings
  const app = new Hono()

  app.use(withHeaders(site, Object.entries(securityHeaders(settings, style.hash))))
  for (const path of [paths.page, paths.start, paths.callback, paths.result]) app.get(path, atOrigin(site, path))

  app.get(paths.page, (context) => showPage(site, context))
  app.get(paths.start, navigationOnly(site, 'GET, POST'), (context) => startByLink(site, context))
  app.get(paths.callback, navigationOnly(site, 'GET'), (context) => complete(site, context))
  app.get(paths.result, (context) => showResult(site, context))

  const onForm = (path: string, handle: HandleForm) =>
    app.post(path, ownFormsOnly(site), formLimit(site), withForm(site, handle))
  onForm(paths.start, (context, form) => start(site, context, choicesOf(form)))
  onForm(paths.disconnect, (context) => disconnect(site, context))
  onForm(paths.signOut, (context) => signOut(site, context))

  for (const [path, allow] of [
    [paths.page, 'GET, HEAD'],
    [paths.start, 'GET, POST'],
    [paths.callback, 'GET'],
    [paths.result, 'GET, HEAD'],
    [paths.disconnect, 'POST'],
    [paths.signOut, 'POST'],
  ] as const) {
    app.all(path, (context) => wrongMethod(site, context, allow))
  }
  app.notFound((context) => end(site, context, 'not-found'))
  app.onError((error, context) => broken(site, context, error))
  return app
}

function withHeaders(site: Site, headers: readonly (readonly [name: string, value: string])[]): MiddlewareHandler {
  return async (context, next) => {
    for (const [name, value] of headers) context.header(name, value)
    try {
      return await next()
    } catch (error) {
      // Hono rethrows values that aren't Errors.
      return broken(site, context, error)
    }
  }
}

/** Redirects requests for another host to this origin. */
function atOrigin({ cookies, origin }: Site, path: string): MiddlewareHandler {
  return async (context, next) => {
    if (isAtOrigin(context.req.raw, origin) || cookies.wasLed(context)) return next()
    cookies.lead(context)
    return context.redirect(`${origin}${path}${new URL(context.req.url).search}`, STATUS.seeOther)
  }
}

/** Refuses HEAD, for which Hono would run the GET handler, and requests that aren't navigations. */
function navigationOnly(site: Site, allow: string) {
  return async (context: Context, next: Next) => {
    if (context.req.raw.method === 'HEAD') return wrongMethod(site, context, allow)
    return isNavigation(context.req.raw) ? next() : refuse(site, context, 'no-navigation')
  }
}

/** Refuses forms that none of our pages sent, without reading them. */
function ownFormsOnly(site: Site): MiddlewareHandler {
  return async (context, next) => {
    if (!isFromOurPage(context.req.raw, site.origin)) return refuse(site, context, 'foreign')
    if (looksAhead(context.req.raw)) return refuse(site, context, 'no-navigation')
    return isForm(context.req.header('content-type')) ? next() : refuse(site, context, 'not-a-form')
  }
}

const formLimit = (site: Site) =>
  bodyLimit({ maxSize: MAX_FORM_BYTES, onError: (context) => refuse(site, context, 'too-large') })

/** Handles a form only if one of our pages made it for this browser. */
function withForm(site: Site, handle: HandleForm) {
  return async (context: Context): Promise<Response> => {
    const text = await context.req.text().catch(() => undefined)
    if (text === undefined) return refuse(site, context, 'unclear')
    const form = new URLSearchParams(text)
    if (!site.cookies.isOurForm(context, only(form, 'csrf'))) return refuse(site, context, 'no-token')
    return isClear(form) ? handle(context, form) : refuse(site, context, 'unclear')
  }
}
