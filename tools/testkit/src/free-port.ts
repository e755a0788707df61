import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Picks a loopback port that nobody listens on. It lies below the ports that the operating system gives to outgoing
 * connections and to servers on port 0 (Linux: from 32768), so that none of them takes it before the caller does, or
 * while a server of the caller's starts again.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_768)
    const server = createServer()
    const listens = await once(server.listen(port, '127.0.0.1'), 'listening').then(
      () => true,
      () => false,
    )
    if (!listens) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
