import type { AddressInfo } from 'node:net'
import type { HttpBindings } from '@hono/node-server'
import { createAdaptorServer } from '@hono/node-server'
import { createApi, isApiPath } from './api-host.js'
import { createControlHost } from './control/control-host.js'
import type { Faults, Spoiling } from './control/faults.js'
import { createMediaHost } from './media-host.js'
import { createSignIn, isSignInPath } from './oauth/sign-in.js'
import { alreadySent } from './util/already-sent.js'
import type { Clock } from './util/clock.js'
import { foreignOrigin, isLoopbackName, withoutPort } from './util/loopback.js'
import type { World } from './world.js'

type Server = { readonly port: number; readonly close: () => Promise<void> }

type ServerOptions = { readonly port: number; readonly host: string; readonly rateLimits: boolean }

type Answer = (request: Request, env: HttpBindings) => Response | Promise<Response>

/**
 * One server for three hosts, told apart by the `Host` header as X's own are: the API, media, and this machine, which has the
 * API too, for clients that take a base URL. The pages of a sign-in have their paths on each. Anything else is answered 404.
 */
export async function startServer(world: World, faults: Faults, options: ServerOptions): Promise<Server> {
  const closing = new AbortController()
  const [api, media, controls, signIn] = [
    createApi(world, options.rateLimits),
    createMediaHost(world.media),
    createControlHost(world),
    createSignIn(world),
  ]

  const fetch: Answer = (request, env) => {
    const host = (env.incoming.headers.host ?? '').toLowerCase()
    const name = withoutPort(host)
    const path = new URL(request.url).pathname
    const isLocal = isLoopbackName(name)
    if (isSignInPath(path) && (isLocal || name === 'api.x.com' || name === 'x.com')) return signIn.fetch(request, env)
    const refused = isLocal ? foreignOrigin(request) : undefined
    if (refused !== undefined) return Response.json({ error: refused }, { status: 403 })
    if (isLocal && !isApiPath(path)) return controls.fetch(request, env)
    if (!isLocal && name !== 'api.x.com' && name !== 'pbs.twimg.com')
      return new Response(`No such host here: ${host}\n`, { status: 404 })
    const answer: Answer = (name === 'pbs.twimg.com' ? media : api).fetch
    const fault = faults.take(request.method, path)
    return fault === undefined
      ? answer(request, env)
      : spoil(fault, answer, request, env, {
          wait: (ms) => pause(world.clock, ms, closing.signal),
          useCut: () => world.switches.use('cutAfterPost'),
        })
  }

  const server = createAdaptorServer({
    // The adaptor's type leaves HTTP/2 open; without TLS it is HTTP/1.
    fetch: (request, env) => fetch(request, env as HttpBindings),
    // Global Request and Response stay as they are: this runs inside other people's tests.
    overrideGlobalObjects: false,
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve, reject) => {
        closing.abort()
        server.close((error) => (error === undefined ? resolve() : reject(error)))
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  }
}

async function spoil(
  fault: Spoiling,
  answer: Answer,
  request: Request,
  env: HttpBindings,
  { wait, useCut }: { readonly wait: (ms: number) => Promise<void>; readonly useCut: () => boolean },
): Promise<Response> {
  if (fault === 'drop-before') return cut(env)
  if (fault === 'drop-after') {
    await answer(request, env)
    return cut(env)
  }
  if (fault === 'drop-if-taken') {
    const response = await answer(request, env)
    return response.ok && useCut() ? cut(env) : response
  }
  if ('delayMs' in fault) {
    await wait(fault.delayMs)
    return answer(request, env)
  }
  const { status, headers = {}, body = '' } = fault
  return typeof body === 'string'
    ? new Response(body, { status, headers })
    : Response.json(body, { status, headers: { 'content-type': 'application/problem+json', ...headers } })
}

/** Cuts the connection. The header keeps the adaptor from writing an answer to it. */
function cut({ incoming }: HttpBindings): Response {
  incoming.socket.destroy()
  return alreadySent()
}

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = clock.setTimer(end, ms)
    function end() {
      clock.clearTimer(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    signal.addEventListener('abort', end)
  })
}
