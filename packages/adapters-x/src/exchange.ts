import type { Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { types } from 'node:util'
import {
  ApiPartialResponseError,
  ApiResponseError,
  TwitterApi,
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

/** A call to `https://api.x.com/2/<path>`. What comes from outside goes into `query` or `body`, or is a checked id. */
export interface XCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: Readonly<Record<string, unknown>>
}

/** With what and through what X is called. A string is a Bearer token. */
export interface Access {
  readonly tokens: TwitterApiTokens | string
  readonly agent: Agent
}

/** Node's own default agent drops idle connections after as long; a longer wait meets more connections cut by X. */
const IDLE_MS = 5000

/** Keeps connections open, and checks certificates whatever the environment says. */
export function defaultAgent(): Agent {
  return new HttpsAgent({ keepAlive: true, timeout: IDLE_MS, scheduling: 'lifo', rejectUnauthorized: true })
}

/**
 * Makes the call, with one limit from the first look-up of a name to the last byte. It never throws: whatever happens
 * is in the answer, and no credentials are.
 */
export async function exchange({ tokens, agent }: Access, timeoutMs: number, call: XCall): Promise<Exchange> {
  const trace: Trace = { sent: false }
  // The library's own timeout only watches for idle sockets; an answer that trickles would outlive it.
  const late = new Error(`X did not answer whole within ${timeoutMs} ms.`)
  const timer = setTimeout(() => trace.request?.destroy(late), timeoutMs)
  try {
    // A client for one call: the library has no other place for what belongs to a call, and making one costs nothing.
    // No compression: a broken gzip body is an unhandled 'error' event in the library, and a cut one never ends.
    const settings = { httpAgent: observed(agent, trace), compression: false }
    const client = new TwitterApi(tokens as TwitterApiTokens, settings)
    const { data, headers } = await send(client, call)
    return answered(trace, headers, read(data, tokens))
  } catch (error) {
    return failed(error, trace, tokens)
  } finally {
    clearTimeout(timer)
  }
}

interface Trace {
  request?: ClientRequest
  response?: IncomingMessage
  sent: boolean
}

function send(client: TwitterApi, { method, path, query, body }: XCall): Promise<TwitterResponse<unknown>> {
  // As text: the library breaks the whole process over problems whose `errors` are not what it expects.
  const options = { fullResponse: true, forceParseMode: 'text' } as const
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

function failed(error: unknown, trace: Trace, tokens: Access['tokens']): Exchange {
  if (error instanceof ApiResponseError) return answered(trace, error.headers, read(error.data, tokens))
  const headers = trace.response?.headers
  if (headers) {
    return answered(
      trace,
      headers,
      error instanceof ApiPartialResponseError ? read(error.rawContent, tokens) : undefined,
    )
  }
  const cause = causeOf(error)
  const reason = 'code' in cause ? String(cause.code) : cause.message
  return { kind: 'unanswered', sent: trace.sent, detail: String(clean(reason, tokens)), cause }
}

/** JSON, whatever it is called; else the text. */
function read(text: unknown, tokens: Access['tokens']): unknown {
  if (typeof text !== 'string' || text === '') return undefined
  try {
    return clean(JSON.parse(text), tokens)
  } catch {
    return clean(text, tokens)
  }
}

/** The library keeps the network's error where nothing prints it, next to the request with its credentials. */
function causeOf(error: unknown): Error {
  const hidden = (error as { readonly _options?: { readonly error?: unknown } } | null)?._options?.error ?? error
  return types.isNativeError(hidden) ? hidden : new Error('X was not reached, and nothing says why.')
}

/** A text may quote the request: credentials never leave this file. */
function clean(value: unknown, tokens: Access['tokens']): unknown {
  const all = typeof tokens === 'string' ? [tokens] : Object.values(tokens as unknown as Record<string, string>)
  const secrets = all.flatMap((secret) => [secret, encodeURIComponent(secret)]).filter((secret) => secret.length >= 8)
  return replaceIn(value, (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '[removed]'), text))
}

function replaceIn(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value)
  if (Array.isArray(value)) return value.map((entry) => replaceIn(entry, replace))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, replaceIn(entry, replace)]))
}
