import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Counts the traffic to one port of this machine: bytes in both directions, and requests. */
export interface Relay {
  readonly port: number
  readonly url: string
  /** `GET pbs.twimg.com/media/abc`, in the order of the requests. */
  readonly requests: readonly string[]
  /** The bytes so far, including the heads of requests and answers. */
  readonly up: number
  readonly down: number
  close(): Promise<void>
}

const HEAD = /^([A-Z]+) ([^ ?]+)\S* HTTP\/1\.1\r\n/
const HOST = /\r\nhost: *([^\r:]+)/i

/** Requests on a connection come one after another, and each head is at the start of a chunk. */
export async function startRelay(to: number): Promise<Relay> {
  const requests: string[] = []
  const sockets = new Set<Socket>()
  const count = { up: 0, down: 0 }
  const server = createServer((near) => {
    const far = connect({ host: '127.0.0.1', port: to })
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => other.destroy())
      socket.on('close', () => other.destroy())
    }
    near.on('data', (chunk: Buffer) => {
      count.up += chunk.length
      const text = chunk.toString('latin1', 0, 8192)
      const [, method, path] = HEAD.exec(text) ?? []
      if (method !== undefined) requests.push(`${method} ${HOST.exec(text)?.[1] ?? ''}${path}`)
      far.write(chunk)
    })
    far.on('data', (chunk: Buffer) => {
      count.down += chunk.length
      near.write(chunk)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    get up() {
      return count.up
    },
    get down() {
      return count.down
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
