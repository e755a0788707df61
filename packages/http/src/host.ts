import type { Hono } from 'hono'
import { WEBHOOK_PATH } from './challenge.js'
import { STATUS } from './status.js'

/** Where whoever watches over the process asks whether it takes requests. */
export const HEALTH_PATH = '/health'

/** Answers one request. `env` is the server's own: what an `addressOf` finds in its context. */
export type Fetch = (request: Request, env?: unknown) => Response | Promise<Response>

/** What a process serves. */
export interface HostOptions {
  readonly webhook?: Pick<Hono, 'fetch'> | undefined
  readonly webhookPath?: string | undefined
  /** Has all other paths. */
  readonly signIn?: Pick<Hono, 'fetch'> | undefined
  /** Where it says no, every request is answered 503. */
  readonly isOpen: () => boolean
}

/** Leads each request to its app, and answers `/health` itself: whether the process takes requests, and no more. */
export function createHost({ webhook, webhookPath = WEBHOOK_PATH, signIn, isOpen }: HostOptions): Fetch {
  return (request, env) => {
    if (!isOpen()) return answer('closing', STATUS.closing)
    const { pathname } = new URL(request.url)
    if (pathname === HEALTH_PATH) return answer('ok', STATUS.ok)
    const app = pathname === webhookPath ? (webhook ?? signIn) : (signIn ?? webhook)
    return app?.fetch(request, env) ?? answer('Nothing here.', STATUS.notFound)
  }
}

const answer = (text: string, status: number) =>
  new Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' } })
