import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createStatusApp, type StatusAppOptions } from '@hexbird/http'
import { actOnStatus, readStatus, type StatusOptions, type StatusPorts } from '@hexbird/runner'
import { serve } from '@hono/node-server'
import { UsageError } from '../usage-error.js'

/** Where the page is served, and what it shows. */
export interface StatusServerOptions
  extends StatusPorts,
    StatusOptions,
    Pick<StatusAppOptions, 'token' | 'tweetUrl' | 'onError'> {
  readonly port: number
  /** Default: this machine alone. In a container all addresses, of which the host publishes one on its loopback. */
  readonly host?: string
}

/**
 * Serves the status page and the metrics, until it is closed.
 *
 * @throws UsageError where the token is too short, or the port cannot be had
 */
export async function startStatus(options: StatusServerOptions) {
  const { port, host = '127.0.0.1' } = options
  const app = appOf(options)
  const server = serve({ fetch: app.fetch, port, hostname: host }) as Server
  await once(server, 'listening').catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw cause
    const why = code === 'EADDRINUSE' ? 'is already in use' : 'may not be listened on by this user'
    throw new UsageError(`Port ${port} ${why}. Choose another for the status page: HEXBIRD_STATUS_PORT.`, { cause })
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/status`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function appOf(options: StatusServerOptions) {
  try {
    return createStatusApp({
      ...options,
      read: () => readStatus(options, options),
      act: (action) => actOnStatus(options, action),
    })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new UsageError(`HEXBIRD_STATUS_TOKEN: ${error.message}`, { cause: error })
  }
}
