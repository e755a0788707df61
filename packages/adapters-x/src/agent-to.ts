import { Agent } from 'node:http'
import { connect, type Socket } from 'node:net'

/**
 * An agent for a local X: each connection goes to `port` on this machine over plain TCP, while URLs, `Host` headers and
 * signatures stay those of X (`https://api.x.com/…`). Never for the real X: there is no encryption, so it goes nowhere
 * but to the loopback address. Call `destroy()` when done; it keeps connections open.
 */
export function agentTo({ port }: { readonly host?: '127.0.0.1'; readonly port: number }): Agent {
  return new LoopbackAgent(port)
}

class LoopbackAgent extends Agent {
  // What Node asks of an agent that is to carry https: URLs.
  readonly protocol = 'https:'
  readonly defaultPort = 443
  readonly #port: number

  constructor(port: number) {
    super({ keepAlive: true })
    this.#port = port
  }

  override createConnection(): Socket {
    return connect({ host: '127.0.0.1', port: this.#port })
  }
}
