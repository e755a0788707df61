/** What may call a function over HTTP. */
export const CALLERS = [
  'a function URL',
  'an HTTP API, payload 2.0',
  'an HTTP API, payload 1.0',
  'a REST API',
  'a load balancer',
  'a load balancer with multi-value headers',
] as const
export type Caller = (typeof CALLERS)[number]

export interface HttpRequest {
  readonly method?: string
  readonly path: string
  /** As in the URL, without the question mark. */
  readonly query?: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: Uint8Array | string
  /** Default: where the body is no UTF-8. */
  readonly base64?: boolean
  readonly address?: string
}

/** The answer, whoever it is for. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  readonly cookies: readonly string[]
  readonly body: string
}

const GATEWAY_2 = ['a function URL', 'an HTTP API, payload 2.0'] as const satisfies readonly Caller[]

/**
 * The event that the caller makes of a request. A REST API decodes the query, a load balancer hands it on; where there is
 * one value of a header, several are one with commas in between, or the last.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 */
export function eventOf(caller: Caller, request: HttpRequest): Record<string, unknown> {
  const { method = 'GET', path, query = '', headers = [], address = '192.0.2.7' } = request
  const bytes = request.body === undefined ? undefined : Buffer.from(request.body)
  const isText = bytes?.toString('utf8') !== undefined && Buffer.from(bytes.toString('utf8')).equals(bytes)
  const isBase64Encoded = bytes !== undefined && (request.base64 ?? !isText)
  const body = bytes === undefined ? null : bytes.toString(isBase64Encoded ? 'base64' : 'utf8')
  const many = grouped(headers)
  if (GATEWAY_2.some((name) => name === caller)) {
    const cookies = many.cookie?.flatMap((value) => value.split('; '))
    const { cookie, ...others } = many
    return {
      version: '2.0',
      routeKey: '$default',
      rawPath: path,
      rawQueryString: query,
      ...(cookies && { cookies }),
      headers: mapped(others, (values) => values.join(',')),
      requestContext: {
        accountId: '123456789012',
        apiId: 'api',
        domainName: 'bot.example',
        domainPrefix: 'bot',
        http: { method, path, protocol: 'HTTP/1.1', sourceIp: address, userAgent: 'test' },
        requestId: 'request',
        stage: '$default',
        timeEpoch: 1_790_000_000_000,
      },
      ...(body !== null && { body }),
      isBase64Encoded,
    }
  }
  const decoded = !caller.startsWith('a load balancer')
  const parameters = grouped(decoded ? [...new URLSearchParams(query)] : rawPairs(query))
  const one = { headers: mapped(many, last), queryStringParameters: mapped(parameters, last) }
  const all = { multiValueHeaders: many, multiValueQueryStringParameters: parameters }
  const common = { httpMethod: method, path, body, isBase64Encoded }
  switch (caller) {
    case 'a load balancer':
    case 'a load balancer with multi-value headers': {
      const requestContext = { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:tg' } }
      return { requestContext, ...common, ...(caller === 'a load balancer' ? one : all) }
    }
    default:
      return {
        ...(caller === 'a REST API' ? { resource: '/{proxy+}' } : { version: '1.0', resource: '$default' }),
        ...common,
        ...one,
        ...all,
        pathParameters: null,
        stageVariables: null,
        requestContext: {
          accountId: '123456789012',
          apiId: 'api',
          httpMethod: method,
          identity: { sourceIp: address, userAgent: 'test' },
          path,
          requestId: 'request',
          stage: 'prod',
        },
      }
  }
}

/** What a browser or X gets of it: cookies have a place of their own, or are headers. */
export function answerOf(result: unknown): HttpAnswer {
  const { statusCode, headers = {}, multiValueHeaders = {}, cookies = [], body, isBase64Encoded } = result as Result
  const all = new Headers(headers)
  for (const [name, values] of Object.entries(multiValueHeaders)) for (const value of values) all.append(name, value)
  for (const cookie of cookies) all.append('set-cookie', cookie)
  return {
    status: statusCode,
    headers: all,
    cookies: all.getSetCookie(),
    body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8').toString(),
  }
}

interface Result {
  readonly statusCode: number
  readonly headers?: Readonly<Record<string, string>>
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>
  readonly cookies?: readonly string[]
  readonly body: string
  readonly isBase64Encoded?: boolean
}

function grouped(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value])
  return Object.fromEntries(groups)
}

const mapped = (groups: Record<string, string[]>, join: (values: string[]) => string): Record<string, string> =>
  Object.fromEntries(Object.entries(groups).map(([name, values]) => [name, join(values)]))

const last = (values: readonly string[]): string => values.at(-1) ?? ''

const rawPairs = (query: string): [string, string][] =>
  query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => [part.split('=', 1)[0] ?? '', part.slice(part.indexOf('=') + 1)])
