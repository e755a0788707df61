import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { clientTo } from './dynamo-fixture.js'

/** What a server that is no DynamoDB does with a request; `operation` is for example `GetItem`. */
export type Script = (response: ServerResponse, operation: string, body: string) => void

export interface ScriptedServer {
  readonly client: DynamoDBClient
  /** The operations that were asked for, in order. */
  readonly asked: readonly string[]
  connections(): number
}

const open = new Set<() => Promise<void>>()

/** For `afterEach`: what a test has started and, where it failed, did not end. */
export async function closeServers(): Promise<void> {
  for (const close of open) await close()
  open.clear()
}

/** A server that follows these scripts: one for each request, the last for all that follow. */
export async function startScripted(...scripts: readonly Script[]): Promise<ScriptedServer> {
  const asked: string[] = []
  const { port, connections } = await listen(async (incoming, response) => {
    const body = await textOf(incoming)
    const operation = operationOf(incoming)
    asked.push(operation)
    scripts[Math.min(asked.length, scripts.length) - 1]?.(response, operation, body)
  })
  return { client: closing(clientTo(port)), asked, connections }
}

/**
 * A client of the server at `port` that loses the answers to the operations that are in `lost` at that time, each once:
 * they are done, and nobody hears of it.
 */
export async function lossyClient(port: number, lost: Set<string>): Promise<DynamoDBClient> {
  const { port: own } = await listen(async (incoming, response) => {
    const body = await textOf(incoming)
    const { method = '', url = '', headers } = incoming
    const outgoing = request({ host: '127.0.0.1', port, method, path: url, headers })
    outgoing.end(body)
    const [answered] = (await once(outgoing, 'response')) as [IncomingMessage]
    const text = await textOf(answered)
    if (lost.delete(operationOf(incoming))) {
      response.destroy()
      return
    }
    response.writeHead(answered.statusCode ?? 500, answered.headers)
    response.end(text)
  })
  return closing(clientTo(own))
}

export const answer =
  (body: unknown, status = 200): Script =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

export const refusal = (name: string, message = 'no', status = 400): Script =>
  answer({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message }, status)

export const silence: Script = () => {}

export const hangUp: Script = (response) => {
  response.destroy()
}

async function listen(handle: (incoming: IncomingMessage, response: ServerResponse) => Promise<void>) {
  const sockets = new Set<Socket>()
  let connections = 0
  const server: Server = createServer((incoming, response) => {
    // A request that its client gave up is not one that was received.
    handle(incoming, response).catch(() => response.destroy())
  })
  server.on('connection', (socket: Socket) => {
    connections += 1
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.add(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  )
  return { port: (server.address() as AddressInfo).port, connections: () => connections }
}

function closing(client: DynamoDBClient): DynamoDBClient {
  open.add(async () => client.destroy())
  return client
}

const operationOf = ({ headers }: IncomingMessage) => String(headers['x-amz-target']).split('.')[1] ?? ''

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
