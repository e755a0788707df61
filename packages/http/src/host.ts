import type { Hono } from 'hono'
import { WEBHOOK_PATH } from './challenge.js'
import { STATUS } from './status.js'

/** The path of the health check. */
export const HEALTH_PATH = '/health'

/** Answers one request. `env` comes from the server; `addressOf` finds it in its context. */
export type Fetch = (request: Request, env?: unknown) => Response | Promise<Response>

/** What a process serves. */
export interface HostOptions {
  readonly webhook?: Pick<Hono, 'fetch'> | undefined
  readonly webhookPath?: string | undefined
  /** Serves all other paths. */
  readonly signIn?: Pick<Hono, 'fetch'> | undefined
  /** While it returns false, every request gets a 503. */
  readonly isOpen: () => boolean
}

/** Routes each request to its app. Answers `/health` itself, which only says whether the process accepts requests. */
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
