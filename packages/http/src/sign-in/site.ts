import type { Context } from 'hono'
import { STATUS } from '../status.js'
import type { createCookies } from './cookies.js'
import { type EndingName, endingOf } from './endings.js'
import type { NotOurs } from './events.js'
import type { SignInAppSettings } from './options.js'
import type { createPages } from './pages.js'

/** The context of every sign-in route. */
export interface Site extends SignInAppSettings {
  readonly cookies: ReturnType<typeof createCookies>
  readonly pages: ReturnType<typeof createPages>
}

/** Answers with an ending page and its status. */
export function end({ pages }: Site, context: Context, name: EndingName): Response | Promise<Response> {
  const ending = endingOf(name)
  return context.html(pages.ending(ending), ending.status)
}

/** Redirects to a clean address, so that no token or verifier stays in the browser's history. */
export function toResult({ paths }: Site, context: Context, reason?: EndingName): Response {
  return context.redirect(reason === undefined ? paths.result : `${paths.result}?reason=${reason}`, STATUS.seeOther)
}

export function refuse(site: Site, context: Context, reason: NotOurs): Response | Promise<Response> {
  site.onEvent({ kind: 'request-refused', path: context.req.path, reason })
  return end(site, context, reason)
}

export function wrongMethod(site: Site, context: Context, allow: string): Response | Promise<Response> {
  context.header('allow', allow)
  return end(site, context, 'wrong-method')
}

export function broken(site: Site, context: Context, error: unknown): Response | Promise<Response> {
  site.onEvent({ kind: 'broken', error })
  return end(site, context, 'broken')
}
