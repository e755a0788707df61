import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo, Socket, Server as TcpServer } from 'node:net'

/** What the server does with a request. */
export type Script = (response: ServerResponse, request: Received) => void

export interface Received {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface ScriptedServer {
  readonly port: number
  readonly requests: readonly Received[]
  connections(): number
  close(): Promise<void>
}

/** Answers the first request with the first script, and so on; the last one stands for all that follow. */
export async function startScripted(...scripts: readonly Script[]): Promise<ScriptedServer> {
  const requests: Received[] = []
  const server = createServer((request, response) => {
    const run = (received: Received) => {
      requests.push(received)
      scripts[Math.min(requests.length, scripts.length) - 1]?.(response, received)
    }
    // A request that its client gave up is not one that was received.
    receive(request).then(run, () => {})
  })
  const { port, connections, close } = await listen(server)
  return { port, requests, connections, close }
}

/** Listens on any free port; `close` cuts what is open. */
export async function listen(server: TcpServer | Server) {
  const sockets = new Set<Socket>()
  let connections = 0
  server.on('connection', (socket: Socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

async function receive(request: IncomingMessage): Promise<Received> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk)
  const body = Buffer.concat(chunks).toString()
  return { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body }
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }

export const answer =
  (status: number, body: unknown = '', headers: Readonly<Record<string, string>> = JSON_TYPE): Script =>
  (response) => {
    response.writeHead(status, headers)
    response.end(typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body))
  }

export const cut: Script = (response) => void response.socket?.destroy()

/** Promises more than it sends, then cuts. */
export const cutWithin =
  (status: number, part: string, headers: Readonly<Record<string, string>> = {}): Script =>
  (response) => {
    response.writeHead(status, { ...JSON_TYPE, 'content-length': String(part.length + 100), ...headers })
    response.write(part, () => response.socket?.destroy())
  }

/** Answers with something else than HTTP. */
export const nonsense =
  (text: string | ((received: Received) => string)): Script =>
  (response, received) =>
    void response.socket?.end(typeof text === 'string' ? text : text(received))

export const silence: Script = () => {}

/** Those that nothing but a limit ends. */
const endless = new WeakSet<Script>([silence])

/** The limit for a call that this answers, in milliseconds: however slow the machine, what comes is never too late. */
export const patienceWith = (script: Script | undefined): number => (script && endless.has(script) ? 1000 : 60_000)

/** Begins an answer that never ends; a byte every few milliseconds, so that the connection is never idle. */
export function trickle(
  status: number,
  first: string | Uint8Array = ' ',
  headers: Readonly<Record<string, string>> = JSON_TYPE,
): Script {
  const script: Script = (response) => {
    response.writeHead(status, headers)
    response.write(first)
    const timer = setInterval(() => response.write(' '), 5)
    response.once('close', () => clearInterval(timer))
  }
  endless.add(script)
  return script
}
