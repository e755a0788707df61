import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Fetch } from '@hexbird/http'
import { serve } from '@hono/node-server'
import { UsageError } from '../usage-error.js'

/** How long requests may take that are being answered when the server closes, in milliseconds. */
const PATIENCE = 10_000

/** Listens. Until it is told what to serve it answers 503. @throws UsageError where the port cannot be had */
export async function listenAt({ host, port }: { readonly host: string; readonly port: number }) {
  let fetch: Fetch = () => new Response(null, { status: 503 })
  const server = serve({ fetch: (request, env) => fetch(request, env), port, hostname: host }) as Server
  await once(server, 'listening').catch((cause: unknown) => {
    const why = REASONS[(cause as NodeJS.ErrnoException).code ?? '']
    throw why === undefined ? cause : new UsageError(`${host}:${port} ${why}`, { cause })
  })
  const { port: actual } = server.address() as AddressInfo
  return {
    origin: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    serve(what: Fetch) {
      fetch = what
    },
    /** Takes no more requests, and answers those that it has. */
    async close() {
      const timer = setTimeout(() => server.closeAllConnections(), PATIENCE)
      server.close()
      server.closeIdleConnections()
      await once(server, 'close')
      clearTimeout(timer)
    },
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is already in use. Pass --port to choose another port.',
  EACCES: 'may not be listened on by this user. Pass --port to choose a port above 1023.',
  EADDRNOTAVAIL: 'is not an address of this machine. Pass --host to choose another.',
  ENOTFOUND: 'is not an address of this machine. Pass --host to choose another.',
}
