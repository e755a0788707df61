import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface HttpResult {
  readonly statusCode: number
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: readonly string[]
  readonly body?: string
  readonly isBase64Encoded?: boolean
}

export interface Gateway {
  readonly origin: string
  readonly route: (path: string, invoke: (event: unknown) => Promise<unknown>) => void
  readonly close: () => Promise<void>
}

/** An HTTP API of API Gateway, payload format 2.0: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export async function startGateway(): Promise<Gateway> {
  const routes = new Map<string, (event: unknown) => Promise<unknown>>()
  // Whoever asks may be killed half-way; what becomes of that is told elsewhere.
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const url = new URL(request.url ?? '/', 'http://gateway')
    const invoke = routes.get(url.pathname)
    if (!invoke) return response.writeHead(404).end()
    try {
      const result = (await invoke(eventOf(request, url, await bodyOf(request)))) as HttpResult
      for (const [name, value] of Object.entries(result.headers ?? {})) response.setHeader(name, value)
      if (result.cookies && result.cookies.length > 0) response.setHeader('set-cookie', [...result.cookies])
      response.writeHead(result.statusCode)
      return response.end(Buffer.from(result.body ?? '', result.isBase64Encoded ? 'base64' : 'utf8'))
    } catch {
      // What API Gateway answers where the function failed.
      return response.writeHead(500, { 'content-type': 'application/json' }).end('{"message":"Internal Server Error"}')
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    route: (path, invoke) => void routes.set(path, invoke),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Headers in lower case, cookies apart, a text as text and all else in base64. */
function eventOf(request: IncomingMessage, url: URL, body: Buffer) {
  const { cookie, ...others } = request.headers
  const headers = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, String(value)]))
  const isText = /^(text\/|application\/(json|xml|javascript))/.test(headers['content-type'] ?? '')
  return {
    version: '2.0',
    routeKey: `${request.method} ${url.pathname}`,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers,
    ...(cookie !== undefined && { cookies: cookie.split('; ') }),
    requestContext: {
      accountId: '123456789012',
      apiId: 'local',
      domainName: headers.host,
      requestId: 'local',
      stage: '$default',
      time: new Date().toUTCString(),
      timeEpoch: Date.now(),
      http: {
        method: request.method,
        path: url.pathname,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
    },
    ...(body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
