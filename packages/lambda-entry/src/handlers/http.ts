import { defined } from '@hexbird/core/util'
import type { Hono } from 'hono'
import type { Run } from './entry.js'

/** What Lambda is answered. Which of the fields there are depends on who asked. */
export interface HttpResult {
  readonly statusCode: number
  readonly headers?: Readonly<Record<string, string>>
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>
  readonly cookies?: readonly string[]
  readonly body: string
  readonly isBase64Encoded: false
}

/** A load balancer that passes one value of a header alone would lose cookies. */
export class LoadBalancerError extends Error {
  override readonly name = 'LoadBalancerError'
  readonly code = 'MULTI_VALUE_HEADERS_OFF'
}

type Fields = Readonly<Record<string, unknown>>

interface Question {
  readonly method: string
  readonly path: string
  /** As it came, without the `?`. */
  readonly query: string
}

/** What an event asks for; `undefined` where it is no HTTP request. */
export function questionOf(received: unknown): Question | undefined {
  try {
    return questionIn(fieldsOf(received))
  } catch {
    return undefined
  }
}

function questionIn(event: Fields): Question {
  const { http } = fieldsOf(event.requestContext)
  const path = textOf(http ? event.rawPath : event.path)
  return {
    method: textOf(http ? fieldsOf(http).method : event.httpMethod),
    path: path.startsWith('/') ? path : `/${path}`,
    query: http ? textOf(event.rawQueryString) : queryOf(event),
  }
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly cookies?: readonly string[]
}

/**
 * An app behind whatever calls a function over HTTP: a function URL or an HTTP API (payload 2.0), a REST API or an HTTP
 * API (1.0), a load balancer. Bodies arrive byte for byte, headers whatever their case. What is no HTTP request is
 * answered 400, and nothing of it is logged. The apps answer with text alone.
 *
 * Hono has an adapter for this. It logs what it cannot read, makes a header with one letter beyond ASCII unreadable, all
 * cookies with it, and answers a load balancer without multi-value headers with the first cookie alone.
 *
 * @throws LoadBalancerError where an answer has several cookies, and the load balancer takes one
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 */
export function overHttp(app: Pick<Hono, 'fetch'>): Run<unknown, HttpResult> {
  return async (received) => {
    const event = fieldsOf(received)
    const request = requestOf(event)
    const response = request
      ? await app.fetch(request, { requestContext: event.requestContext })
      : new Response('This is not an HTTP request.', { status: 400, headers: { 'content-type': 'text/plain' } })
    const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== 'set-cookie'))
    const cookies = response.headers.getSetCookie()
    return answerOver(event, { status: response.status, headers, body: await response.text(), cookies })
  }
}

function requestOf(event: Fields): Request | undefined {
  try {
    const { method, path, query } = questionIn(event)
    if (method === '') return undefined
    // Who asked under which name is no matter: what the apps trust in is the origin that they were told.
    const url = new URL(`https://function${path}`)
    url.search = query
    const headers = headersOf(event)
    if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers })
    const body = Buffer.from(textOf(event.body), event.isBase64Encoded === true ? 'base64' : 'utf8')
    headers.set('content-length', String(body.length))
    return new Request(url, { method, headers, body })
  } catch {
    // Whatever cannot be made a request; the engine's message would quote it.
    return undefined
  }
}

function headersOf(event: Fields): Headers {
  const headers = new Headers()
  for (const [name, values] of valuesOf(event, 'headers', 'multiValueHeaders')) {
    for (const value of values) headers.append(name, inBytes(value))
  }
  if (Array.isArray(event.cookies)) headers.set('cookie', inBytes(event.cookies.join('; ')))
  return headers
}

/** A load balancer hands the query on as it came, API Gateway decodes it. */
function queryOf(event: Fields): string {
  const encode = isLoadBalancer(event) ? (text: string) => text : encodeURIComponent
  return valuesOf(event, 'queryStringParameters', 'multiValueQueryStringParameters')
    .flatMap(([name, values]) => values.map((value) => `${encode(name)}=${encode(value)}`))
    .join('&')
}

function valuesOf(event: Fields, one: string, many: string): readonly (readonly [string, readonly string[]])[] {
  const source = Object.entries(fieldsOf(event[many] ?? event[one]))
  return source.map(([name, value]) => [name, (Array.isArray(value) ? value : [value]).map(textOf)])
}

/** Returns the response in the format of the service that called the function. */
export function answerOver(received: unknown, { status, headers, body, cookies = [] }: Answer): HttpResult {
  const event = fieldsOf(received)
  const answered = { statusCode: status, body, isBase64Encoded: false } as const
  if (fieldsOf(event.requestContext).http) return { ...answered, headers, ...(cookies.length > 0 && { cookies }) }
  if (!isLoadBalancer(event) || event.multiValueHeaders) {
    const many = Object.entries(headers).map(([name, value]) => [name, [value]] as const)
    const set = cookies.length > 0 ? [['set-cookie', cookies] as const] : []
    return { ...answered, multiValueHeaders: Object.fromEntries([...many, ...set]) }
  }
  const [cookie, ...more] = cookies
  if (more.length > 0) {
    throw new LoadBalancerError('A response has several cookies. Turn on multi-value headers for the target group.')
  }
  return { ...answered, headers: { ...headers, ...defined({ 'set-cookie': cookie }) } }
}

const isLoadBalancer = (event: Fields) => fieldsOf(event.requestContext).elb !== undefined

/** As the bytes came, for `Headers`, which takes bytes alone: Lambda reads them as UTF-8. */
const inBytes = (value: string) => Buffer.from(value).toString('latin1')

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? { ...value } : {})

const textOf = (value: unknown): string => {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  throw new TypeError('This is not text.')
}
