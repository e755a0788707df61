import type { Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { types } from 'node:util'
import {
  ApiPartialResponseError,
  ApiResponseError,
  TwitterApi,
  type TwitterApiBasicAuth,
  type TwitterApiOAuth2Init,
  type TwitterApiTokens,
  type TwitterResponse,
} from 'twitter-api-v2'

/** One request to X and what came of it. */
export type Exchange =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly headers: IncomingHttpHeaders
      /** Parsed JSON; a string where it is none. */
      readonly body: unknown
      /** The body came whole. */
      readonly complete: boolean
    }
  | {
      readonly kind: 'unanswered'
      /** There was a connection, so the request may have reached X. Without one it certainly did not. */
      readonly sent: boolean
      readonly detail: string
      readonly cause?: Error
    }

/**
 * A call to `https://api.x.com/2/<path>`, or, where the path begins with a slash, to `https://api.x.com<path>`. What comes
 * from outside goes into `query` or `body`, or is a checked id.
 */
export interface XCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** Sent as JSON, and below another root than `/2/` as a form, which is signed along. */
  readonly body?: Readonly<Record<string, unknown>>
  /** Send the body as a form below `/2/` too, as OAuth 2.0 wants it; `multipart` for bytes, each a `Buffer`. */
  readonly form?: true | 'multipart'
  /** What else an answer is not to give away, besides the credentials. */
  readonly secrets?: readonly string[]
}

/** An app that proves itself by name and password, or that only names itself. */
export type ClientTokens = TwitterApiBasicAuth | TwitterApiOAuth2Init

/** With what and through what X is called. A string is a Bearer token. */
export interface Access {
  readonly tokens: TwitterApiTokens | ClientTokens | string
  readonly agent: Agent
}

/** Node's own default agent drops idle connections after as long; a longer wait meets more connections cut by X. */
const IDLE_MS = 5000

let shared: Agent | undefined

/** Keeps connections open, for all that have no agent of their own, and checks certificates whatever the environment says. */
export function defaultAgent(): Agent {
  shared ??= new HttpsAgent({ keepAlive: true, timeout: IDLE_MS, scheduling: 'lifo', rejectUnauthorized: true })
  return shared
}

/**
 * Makes the call, with one limit from the first look-up of a name to the last byte. It never throws: whatever happens
 * is in the answer, and no credentials are.
 */
export async function exchange({ tokens, agent }: Access, timeoutMs: number, call: XCall): Promise<Exchange> {
  const trace: Trace = { sent: false }
  const secrets = secretsOf(tokens, call)
  // The library's own timeout only watches for idle sockets; an answer that trickles would outlive it.
  const late = new Error(`X did not answer whole within ${timeoutMs} ms.`)
  const timer = setTimeout(() => trace.request?.destroy(late), timeoutMs)
  try {
    // A client for one call: the library has no other place for what belongs to a call, and making one costs nothing.
    // No compression: a broken gzip body is an unhandled 'error' event in the library, and a cut one never ends.
    const settings = { httpAgent: observed(agent, trace), compression: false }
    const client = new TwitterApi(tokens as TwitterApiTokens, settings)
    const { data, headers } = await send(client, call)
    return answered(trace, headers, read(data, secrets))
  } catch (error) {
    return failed(error, trace, secrets)
  } finally {
    clearTimeout(timer)
  }
}

const ROOT = 'https://api.x.com'

interface Trace {
  request?: ClientRequest
  response?: IncomingMessage
  sent: boolean
}

function send(client: TwitterApi, { method, path, query, body, form }: XCall): Promise<TwitterResponse<unknown>> {
  // As text: the library breaks the whole process over problems whose `errors` are not what it expects.
  const mode = form && ({ forceBodyMode: form === true ? 'url' : 'form-data' } as const)
  const plain = { fullResponse: true, forceParseMode: 'text', ...mode } as const
  const options = path.startsWith('/') ? { ...plain, prefix: ROOT } : plain
  switch (method) {
    case 'GET':
      return client.v2.get<TwitterResponse<unknown>>(path, { ...query }, options)
    case 'DELETE':
      return client.v2.delete<TwitterResponse<unknown>>(path, { ...query }, options)
    case 'POST':
      return client.v2.post<TwitterResponse<unknown>>(path, { ...body }, options)
    case 'PUT':
      return client.v2.put<TwitterResponse<unknown>>(path, { ...body }, options)
  }
}

/** Node takes anything with this method for an agent; the types leave it out. */
interface AgentLike {
  addRequest(request: ClientRequest, ...rest: unknown[]): void
}

/**
 * The same agent, which notes the request on its way. The library hands out neither the request nor the status, and its
 * debug hook leaves listeners behind on every connection that is kept.
 */
function observed(agent: Agent, trace: Trace): Agent {
  const lender = agent as unknown as AgentLike
  const addRequest: AgentLike['addRequest'] = (request, ...rest) => {
    follow(request, trace)
    lender.addRequest(request, ...rest)
  }
  return Object.create(agent, { addRequest: { value: addRequest } }) as Agent
}

function follow(request: ClientRequest, trace: Trace): void {
  trace.request = request
  request.once('response', (response) => {
    trace.response = response
  })
  request.once('socket', (socket) => {
    const open = () => {
      trace.sent = true
    }
    // Nothing leaves before the connection is ready; of an encrypted one, before the certificate was found good.
    if (!socket.connecting) open()
    else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', open)
  })
}

function answered(trace: Trace, headers: IncomingHttpHeaders, body: unknown): Exchange {
  return {
    kind: 'answered',
    status: trace.response?.statusCode ?? 0,
    headers,
    body,
    complete: trace.response?.complete ?? false,
  }
}

function failed(error: unknown, trace: Trace, secrets: Secrets): Exchange {
  if (error instanceof ApiResponseError) return answered(trace, error.headers, read(error.data, secrets))
  const headers = trace.response?.headers
  if (headers) {
    return answered(
      trace,
      headers,
      error instanceof ApiPartialResponseError ? read(error.rawContent, secrets) : undefined,
    )
  }
  const cause = causeOf(error, secrets)
  return { kind: 'unanswered', sent: trace.sent, detail: cause.code ?? cause.message, cause }
}

/** JSON, whatever it is called; else the text. */
function read(text: unknown, secrets: Secrets): unknown {
  if (typeof text !== 'string' || text === '') return undefined
  try {
    return clean(JSON.parse(text), secrets)
  } catch {
    return clean(text, secrets)
  }
}

/**
 * The network's error, which the library keeps where nothing prints it, next to the request with its credentials. A new
 * one: Node's own may carry what X sent.
 */
function causeOf(error: unknown, secrets: Secrets): Error & { readonly code?: string } {
  const hidden = (error as { readonly _options?: { readonly error?: unknown } } | null)?._options?.error ?? error
  if (!types.isNativeError(hidden)) return new Error('X was not reached, and nothing says why.')
  const cause = new Error(cleanText(hidden.message, secrets))
  return 'code' in hidden ? Object.assign(cause, { code: cleanText(String(hidden.code), secrets) }) : cause
}

type Secrets = readonly string[]

/** X's shortest secret is a PIN of 7 digits. */
const SHORTEST_SECRET = 6

function secretsOf(tokens: Access['tokens'], { secrets = [] }: XCall): Secrets {
  const credentials = typeof tokens === 'string' ? [tokens] : Object.values(tokens as unknown as Record<string, string>)
  return [...credentials, ...secrets]
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .filter((secret) => secret.length >= SHORTEST_SECRET)
}

/** A text may quote the request: credentials never leave this file. */
function clean(value: unknown, secrets: Secrets): unknown {
  if (typeof value === 'string') return cleanText(value, secrets)
  if (Array.isArray(value)) return value.map((entry) => clean(entry, secrets))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [cleanText(name, secrets), clean(entry, secrets)]),
  )
}

const cleanText = (text: string, secrets: Secrets) =>
  secrets.reduce((rest, secret) => rest.replaceAll(secret, '[removed]'), text)
