import { Agent } from 'node:http'
import { Duplex } from 'node:stream'

/** One connection of a client, without a network. */
export interface MemoryLine {
  /** The request's head, as it came. */
  readonly head: string
  /** Answers 200, and from then on sends bodies. */
  open(): void
  /** A part of the body; false if the client does not read as fast. */
  send(bytes: Uint8Array | string): boolean
  end(): void
  cut(): void
}

/** An agent whose connections lead into this process, each to `serve`. */
export class MemoryAgent extends Agent {
  readonly protocol = 'https:'
  readonly defaultPort = 443
  /** Connections that are not closed. */
  open = 0
  readonly #serve: (line: MemoryLine, count: number) => void
  #count = 0

  constructor(serve: (line: MemoryLine, count: number) => void) {
    super()
    this.#serve = serve
  }

  override createConnection(): Duplex {
    let head = ''
    this.open += 1
    this.#count += 1
    const count = this.#count
    const socket = new Duplex({
      read() {},
      write: (chunk: Buffer, _encoding, done) => {
        head += chunk.toString()
        if (head.endsWith('\r\n\r\n')) this.#serve(lineOf(socket, head), count)
        done()
      },
    })
    socket.once('close', () => {
      this.open -= 1
    })
    return socket
  }
}

function lineOf(socket: Duplex, head: string): MemoryLine {
  const push = (text: string) => socket.push(text)
  return {
    head,
    open: () => void push('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'),
    send(bytes) {
      const body = Buffer.from(bytes)
      if (body.length === 0) return true
      return socket.push(Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n')]))
    },
    end: () => void push('0\r\n\r\n'),
    // As a socket ends that the other side has closed.
    cut: () => void socket.push(null),
  }
}
