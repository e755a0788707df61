import { createStatusApp, type StatusAppOptions } from '@hexbird/http'
import { actOnStatus, readStatus, type StatusOptions, type StatusPorts } from '@hexbird/runner'
import { listenAt } from '../server.js'
import { UsageError } from '../usage-error.js'

/** Where the page is served, and what it shows. */
export interface StatusServerOptions
  extends StatusPorts,
    StatusOptions,
    Pick<StatusAppOptions, 'token' | 'tweetUrl' | 'onError'> {
  /** On this machine alone. */
  readonly port: number
}

/**
 * Serves the status page and the metrics, until it is closed.
 *
 * @throws UsageError if the token is too short, or the port cannot be used
 */
export async function startStatus(options: StatusServerOptions) {
  const app = appOf(options)
  const server = await listenAt({ port: options.port, choosePort: 'Set HEXBIRD_STATUS_PORT' })
  server.serve(app.fetch)
  return { url: `${server.origin}/status`, close: () => server.close() }
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
