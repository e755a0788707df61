import type { Context } from 'hono'
import { type JsonObject, toJson } from '../util/json.js'

/* What X answers when it refuses: docs.x.com/x-api/fundamentals/response-codes-and-errors. */

const TYPE = 'https://api.x.com/2/problems'

export type Problem = {
  readonly status: 400 | 401 | 402 | 403 | 404 | 429
  readonly body: JsonObject
  /** Seen as `application/json` on X, not `application/problem+json`. */
  readonly plain?: true
}

/** What was wrong, in X's words. */
export function wordsOf({ body }: Problem): string {
  const { errors, detail } = body as {
    readonly errors?: readonly { readonly message?: string }[]
    readonly detail?: string
  }
  return errors?.[0]?.message ?? detail ?? ''
}

export const unauthorized = (): Problem => blank(401, 'Unauthorized', 'Unauthorized')

export const notFound = (): Problem => blank(404, 'Not Found', 'Not Found')

/** A refusal whose reason stands in `detail`, as X refuses duplicates and replies. */
export const forbidden = (detail: string): Problem => blank(403, 'Forbidden', detail)

/** X's general pages on streams. */
export const tooManyConnections = (): Problem => ({
  status: 429,
  body: {
    title: 'ConnectionException',
    detail: 'This stream is currently at the maximum allowed connection limit.',
    connection_issue: 'TooManyConnections',
    type: `${TYPE}/streaming-connection`,
  },
})

export const rateLimited = (): Problem => coded(429, 88, 'Rate limit exceeded')

/** docs.x.com/fundamentals/authentication/api-reference, after a token was invalidated. */
export const tokenExpired = (): Problem => coded(401, 89, 'Invalid or expired token.')

/** Not in X's pages; as reported by those whom it met since February 2026. */
export const creditsDepleted = (accountId: string): Problem => ({
  status: 402,
  body: {
    title: 'CreditsDepleted',
    detail: `Your enrolled account [${accountId}] does not have any credits to fulfill this request.`,
    type: `${TYPE}/credits`,
  },
  plain: true,
})

/** A token of OAuth 1.0a that was issued with less than the call needs. The same source. */
export const oauth1Permissions = (): Problem => ({
  status: 403,
  body: {
    title: 'Forbidden',
    detail: 'Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.',
    type: `${TYPE}/oauth1-permissions`,
    status: 403,
  },
})

/** X's own words for this are not published. */
export const scopesMissing = (missing: readonly string[]): Problem =>
  forbidden(`The access token lacks scopes that this endpoint needs: ${missing.join(', ')}.`)

export const invalid = (message: string, parameters: { readonly [name: string]: readonly string[] } = {}): Problem => ({
  status: 400,
  body: {
    errors: [{ parameters, message }],
    title: 'Invalid Request',
    detail: 'One or more parameters to your request was invalid.',
    type: `${TYPE}/invalid-request`,
  },
})

/** `reason` is one of the words that X's webhook pages list, such as `CrcValidationFailed`. */
export const invalidBecause = (reason: string, message: string): Problem => invalid(`${reason}: ${message}`)

export const unsupportedAuthentication = (used: string, supported: readonly string[]): Problem => ({
  status: 403,
  body: {
    title: 'Unsupported Authentication',
    detail: `Authenticating with ${used} is forbidden for this endpoint. Supported authentication types are [${supported.join(', ')}].`,
    type: `${TYPE}/unsupported-authentication`,
    status: 403,
  },
})

/** One member of the `errors` that X puts into a 200 answer about something that is not there. */
export const missing = (resource: 'tweet' | 'user', parameter: 'id' | 'ids' | 'username', id: string): JsonObject => ({
  value: id,
  detail: `Could not find ${resource} with ${parameter}: [${id}].`,
  title: 'Not Found Error',
  resource_type: resource,
  parameter,
  resource_id: id,
  type: `${TYPE}/resource-not-found`,
})

export function answer(c: Context, body: JsonObject, status: 200 | 201 = 200): Response {
  return c.body(toJson(body), status, { 'content-type': 'application/json; charset=utf-8' })
}

export function refuse(c: Context, { status, body, plain }: Problem): Response {
  const type = plain === true ? 'application/json' : 'application/problem+json'
  return c.body(toJson(body), status, { 'content-type': `${type}; charset=utf-8` })
}

function coded(status: 401 | 429, code: number, message: string): Problem {
  return { status, body: { errors: [{ code, message }] }, plain: true }
}

function blank(status: 401 | 403 | 404, title: string, detail: string): Problem {
  return { status, body: { title, type: 'about:blank', status, detail } }
}
