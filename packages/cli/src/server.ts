import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Fetch } from '@hexbird/http'
import { serve } from '@hono/node-server'
import { UsageError } from './usage-error.js'

/** How long requests may take that are being answered when the server closes, in milliseconds. */
const PATIENCE = 10_000

/** Where to listen. */
export interface Listening {
  /** Default: this machine alone. */
  readonly host?: string
  /** 0, the default, is a free one. */
  readonly port?: number
  /** How a person chooses another port. */
  readonly choosePort?: string
}

/** Listens. Until it is told what to serve it answers 503. @throws UsageError if the address cannot be used */
export async function listenAt({ host = '127.0.0.1', port = 0, choosePort = 'Pass --port' }: Listening = {}) {
  let fetch: Fetch = () => new Response(null, { status: 503 })
  const server = serve({ fetch: (request, env) => fetch(request, env), port, hostname: host }) as Server
  await once(server, 'listening').catch((cause: unknown) => {
    throw usageErrorOf(cause, host, port, choosePort) ?? cause
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

/** Why an address cannot be listened at, if a person can mend that. */
export function usageErrorOf(
  cause: unknown,
  host: string,
  port: number,
  choosePort = 'Pass --port',
): UsageError | undefined {
  const why = REASONS[(cause as NodeJS.ErrnoException).code ?? '']
  return why && new UsageError(`${host}:${port} ${why(choosePort)}`, { cause })
}

const NOT_HERE = () => 'is not an address of this machine. Pass --host to choose another.'

const REASONS: Readonly<Record<string, (choosePort: string) => string>> = {
  EADDRINUSE: (choosePort) => `is already in use. ${choosePort} to choose another port.`,
  EACCES: (choosePort) => `needs administrator rights. ${choosePort} to choose a port above 1023.`,
  EADDRNOTAVAIL: NOT_HERE,
  ENOTFOUND: NOT_HERE,
}
