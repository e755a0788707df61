import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a webhook answers; without a body it has none. */
interface Said {
  readonly status: number
  readonly body?: string
  readonly location?: string
}

/** A webhook of one's own, as others write them: what a test leaves out is done rightly. */
export interface EndpointOptions {
  readonly secret: string
  /** To a challenge with these tokens. */
  readonly challenged?: (tokens: readonly string[], sign: Sign) => Said
  /** To a delivery, with the signature that came. */
  readonly delivered?: (body: string, signature: string | undefined, sign: Sign) => Said
}

type Sign = (message: string) => string

export async function startEndpoint({
  secret,
  challenged = challengedRightly,
  delivered = deliveredRightly,
}: EndpointOptions) {
  const sign: Sign = (message) => `sha256=${createHmac('sha256', secret).update(message).digest('base64')}`
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const url = new URL(request.url ?? '/', 'http://localhost')
      const signature = [request.headers['x-twitter-webhooks-signature']].flat()[0]
      const said =
        request.method === 'GET'
          ? challenged(url.searchParams.getAll('crc_token'), sign)
          : delivered(body, signature, sign)
      response.writeHead(said.status, said.location === undefined ? {} : { location: said.location }).end(said.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const challengedRightly: NonNullable<EndpointOptions['challenged']> = ([token, ...others], sign) =>
  token === undefined || others.length > 0 || token.includes('{')
    ? { status: 400 }
    : { status: 200, body: JSON.stringify({ response_token: sign(token) }) }

const deliveredRightly: NonNullable<EndpointOptions['delivered']> = (body, signature, sign) => ({
  status: signature === sign(body) ? 200 : 401,
})

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
