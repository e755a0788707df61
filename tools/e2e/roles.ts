import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** Whether a function may do that. */
export type May = (name: string, action: string, resource: string) => boolean

export interface Gate {
  readonly url: string
  readonly close: () => Promise<void>
}

export interface GateOptions {
  readonly service: 'dynamodb' | 's3' | 'sqs' | 'rekognition'
  /** The emulator. */
  readonly url: string
  readonly may: May
  /** Told of each request that no role allows. */
  readonly onRefused: (line: string) => void
}

/**
 * What AWS does and no emulator: a request that the role of its function does not allow is refused. Whose request it is
 * says the access key, which has the name of the function.
 */
export async function startGate({ service, url, may, onRefused }: GateOptions): Promise<Gate> {
  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy())
  })

  async function pass(request: IncomingMessage, response: ServerResponse) {
    const body = await buffer(request)
    const [, name = 'nobody'] = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '') ?? []
    const refused = askedOf[service](request, body).find(([action, resource]) => !may(name, action, resource))
    if (refused) {
      onRefused(`${name}: ${refused.join(' ')}`)
      const type = service === 's3' ? 'application/xml' : 'application/x-amz-json-1.0'
      const denied =
        service === 's3' ? '<Error><Code>AccessDenied</Code></Error>' : '{"__type":"AccessDeniedException"}'
      return response.writeHead(403, { 'content-type': type }).end(denied)
    }
    const { method, headers } = request
    const passed = forward(new URL(request.url ?? '/', url), { method, headers }, (answer) => {
      answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers))
    })
    passed.on('error', () => response.destroy())
    return passed.end(body)
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

type Asked = readonly (readonly [action: string, resource: string])[]

/** What a request asks for, as a policy names it. */
const askedOf: Readonly<Record<GateOptions['service'], (request: IncomingMessage, body: Buffer) => Asked>> = {
  dynamodb(request, body) {
    const { TableName, RequestItems } = JSON.parse(body.toString()) as { TableName?: string; RequestItems?: object }
    const tables = RequestItems ? Object.keys(RequestItems) : [TableName ?? '']
    return tables.map((table) => [`dynamodb:${operationOf(request)}`, table])
  },
  sqs(request, body) {
    const { QueueUrl = '' } = JSON.parse(body.toString()) as { QueueUrl?: string }
    return [[`sqs:${operationOf(request).replace(/Batch$/, '')}`, QueueUrl.split('/').at(-1) ?? '']]
  },
  rekognition: (request) => [[`rekognition:${operationOf(request)}`, '*']],
  s3({ method = '', url = '/' }, body) {
    const { pathname, searchParams } = new URL(url, 'http://s3')
    const key = decodeURIComponent(pathname.split('/').slice(2).join('/'))
    if (method === 'GET' && key === '') return [['s3:ListBucket', 'bucket']]
    if (method === 'POST' && searchParams.has('delete')) {
      return [...body.toString().matchAll(/<Key>([^<]*)/g)].map(([, each]) => ['s3:DeleteObject', `bucket/${each}`])
    }
    return [[`s3:${method.charAt(0)}${method.slice(1).toLowerCase()}Object`, `bucket/${key}`]]
  },
}

const operationOf = ({ headers }: IncomingMessage): string => String(headers['x-amz-target']).split('.').at(-1) ?? ''
