import { createHmac } from 'node:crypto'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { deflateSync } from 'node:zlib'
import { ApiResponseError, TwitterApi } from 'twitter-api-v2'
import { type LocalX, type LocalXOptions, startLocalX } from '../src/index.js'

/** Sends what is addressed to X over plain TCP to the local X; URLs, headers and signatures stay X's. */
export class LocalAgent extends http.Agent {
  constructor(private readonly target: number) {
    super()
    Object.assign(this, { protocol: 'https:', defaultPort: 443 })
  }

  override createConnection(): net.Socket {
    return net.connect({ host: '127.0.0.1', port: this.target })
  }
}

/** A client of the bot's account, and one of the app alone. */
export function clientsOf(
  x: LocalX,
  wrong: Partial<LocalX['credentials']> = {},
): { readonly asBot: TwitterApi; readonly asApp: TwitterApi } {
  const { consumerKey, consumerSecret, accessToken, accessSecret, bearerToken } = { ...x.credentials, ...wrong }
  const httpAgent = new LocalAgent(x.port)
  const tokens = { appKey: consumerKey, appSecret: consumerSecret, accessToken, accessSecret }
  return { asBot: new TwitterApi(tokens, { httpAgent }), asApp: new TwitterApi(bearerToken, { httpAgent }) }
}

type Received = { readonly signature: string | undefined; readonly raw: Buffer }

export type TestWebhook = {
  readonly url: string
  readonly received: Received[]
  readonly challenges: URLSearchParams[]
  /** How challenges and deliveries are answered. */
  crc: 'right' | 'wrong' | 'redirect' | 'down'
  status: number
  /** Never answer a delivery. */
  hang: boolean
}

/** A consumer of webhooks that knows nothing of the sources under test. */
export async function startWebhook(consumerSecret: string, stack: Closers): Promise<TestWebhook> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.method === 'GET') return challenge(new URL(request.url ?? '', webhook.url), response)
      const signature = request.headers['x-twitter-webhooks-signature']
      webhook.received.push({ signature: String(signature), raw: Buffer.concat(chunks) })
      if (!webhook.hang) response.writeHead(webhook.status).end()
    })
  })
  function challenge(url: URL, response: http.ServerResponse): void {
    webhook.challenges.push(url.searchParams)
    if (webhook.crc === 'down') return void response.writeHead(503).end()
    const secret = webhook.crc === 'wrong' ? 'another secret' : consumerSecret
    const answer = JSON.stringify({ response_token: hmac(secret, url.searchParams.get('crc_token') ?? '') })
    const status = webhook.crc === 'redirect' ? 302 : 200
    response.writeHead(status, { 'content-type': 'application/json', location: '/elsewhere' }).end(answer)
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stack.push(() => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  })
  const webhook: TestWebhook = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received: [],
    challenges: [],
    crc: 'right',
    status: 200,
    hang: false,
  }
  return webhook
}

export function hmac(secret: string, message: string | Buffer): string {
  return `sha256=${createHmac('sha256', secret).update(message).digest('base64')}`
}

export type Closers = (() => Promise<unknown>)[]

/** Starts a local X for one test; `closeAll` in `afterEach` ends it. */
export async function start(stack: Closers, options: LocalXOptions = {}): Promise<LocalX> {
  const x = await startLocalX(options)
  stack.push(() => x.close())
  return x
}

export async function closeAll(stack: Closers): Promise<void> {
  for (const close of stack.splice(0)) await close()
}

/** The status and the body of a call that must fail. */
export async function refusal(call: Promise<unknown>): Promise<{ readonly code: number; readonly data: Problem }> {
  try {
    await call
  } catch (error) {
    if (!(error instanceof ApiResponseError)) throw error
    return { code: error.code, data: error.data as Problem }
  }
  throw new Error('The call should have been refused, and was not.')
}

export type Problem = {
  readonly title?: string
  readonly detail?: string
  readonly status?: number
  readonly errors?: readonly { readonly message?: string; readonly code?: number }[]
}

export type Answered = { readonly status: number; readonly headers: http.IncomingHttpHeaders; readonly body: Buffer }

/** A request as it is, for what no client library would send. */
export function request(
  x: LocalX,
  path: string,
  options: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string } = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options
    const outgoing = http.request({ host: '127.0.0.1', port: x.port, path, method, headers, agent: false })
    outgoing.on('error', reject)
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      )
    })
    outgoing.end(body)
  })
}

/** A gray PNG of 640 × 480, and a text in it. */
export function png(text = ''): Uint8Array {
  const size = Buffer.alloc(8)
  size.writeUInt32BE(640, 0)
  size.writeUInt32BE(480, 4)
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', Buffer.concat([size, Buffer.from([8, 0, 0, 0, 0])])),
    chunk('tEXt', Buffer.from(`Comment\0${text}`)),
    chunk('IDAT', deflateSync(Buffer.alloc(641 * 480, 0))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Uint8Array): Buffer {
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  const body = Buffer.concat([Buffer.from(type), data])
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** https://www.w3.org/TR/png-3/#D-CRCAppendix */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}

/** A gray JPEG of 300 × 200, and a comment in it. */
export function jpeg(comment = 'dog'): Uint8Array {
  const text = Buffer.from(comment)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(text.length + 2)
  return Buffer.concat([GRAY.subarray(0, 2), Buffer.from('fffe', 'hex'), length, text, GRAY.subarray(2)])
}

const GRAY = Buffer.from(
  '/9j/2wBDACgoKCgrKC0yMi0/RDxEP11VTk5VXYxkbGRsZIzVhZuFhZuF1bzkua255Lz//+vr////////////////////////2wBDASgoKCgrKC0yMi0/RDxEP11VTk5VXYxkbGRsZIzVhZuFhZuF1bzkua255Lz//+vr////////////////////////wgARCADIASwDASIAAhEBAxEB/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQBAQAAAAAAAAAAAAAAAAAAAAD/2gAMAwEAAhADEAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAP//EABQQAQAAAAAAAAAAAAAAAAAAAJD/2gAIAQEAAQUCbb//xAAUEQEAAAAAAAAAAAAAAAAAAABw/9oACAEDAQE/AXf/xAAUEQEAAAAAAAAAAAAAAAAAAABw/9oACAECAQE/AXf/xAAUEAEAAAAAAAAAAAAAAAAAAACQ/9oACAEBAAY/Am2//8QAFBABAAAAAAAAAAAAAAAAAAAAkP/aAAgBAQABPyFtv//aAAwDAQACAAMAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA//8QAFBEBAAAAAAAAAAAAAAAAAAAAcP/aAAgBAwEBPxB3/8QAFBEBAAAAAAAAAAAAAAAAAAAAcP/aAAgBAgEBPxB3/8QAFBABAAAAAAAAAAAAAAAAAAAAkP/aAAgBAQABPxBtv//Z',
  'base64',
)
