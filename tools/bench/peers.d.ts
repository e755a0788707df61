/** Types for the parts that we use of libraries without types. */

declare module 'twitter-webhooks' {
  import type { EventEmitter } from 'node:events'

  type Middleware = EventEmitter &
    ((request: object, response: { sendStatus(status: number): void }, next: () => void) => void)
  const twitterWebhooks: {
    userActivity(config: {
      readonly consumerKey: string
      readonly consumerSecret: string
      readonly serverUrl: string
      readonly route: string
    }): Middleware
  }
  export = twitterWebhooks
}

declare module 'body-parser' {
  import type { IncomingMessage } from 'node:http'

  const bodyParser: {
    /** `verify` gets the bytes, and throws if it refuses them. */
    json(options: {
      readonly verify: (request: IncomingMessage, response: unknown, body: Buffer) => void
    }): (request: IncomingMessage, response: unknown, next: (error?: unknown) => void) => void
  }
  export = bodyParser
}

declare module 'autocannon' {
  interface Request {
    readonly method: string
    readonly path: string
    readonly headers: Readonly<Record<string, string>>
    readonly body: Buffer
  }
  interface Result {
    readonly errors: number
    readonly timeouts: number
    readonly non2xx: number
    readonly '2xx': number
  }
  function autocannon(options: {
    readonly url: string
    readonly connections: number
    /** Seconds. */
    readonly duration?: number
    /** The number of requests, instead of a duration. */
    readonly amount?: number
    /** Requests a second, over all connections. */
    readonly overallRate?: number
    /** Milliseconds. */
    readonly sampleInt?: number
    readonly requests: readonly Request[]
  }): Promise<Result> & {
    on(event: 'response', listener: (client: unknown, status: number, bytes: number, ms: number) => void): unknown
  }
  export = autocannon
}

declare module 'twitter-text' {
  const twitterText: {
    parseTweet(text: string): { readonly weightedLength: number; readonly valid: boolean }
  }
  export = twitterText
}
