import type { Context } from 'hono'
import { type JsonObject, toJson } from '../json.js'

/* What X answers when it refuses: docs.x.com/x-api/fundamentals/response-codes-and-errors. */

const TYPE = 'https://api.x.com/2/problems'

export type Problem = { readonly status: 400 | 401 | 403 | 404 | 429; readonly body: JsonObject }

export const unauthorized = (): Problem => blank(401, 'Unauthorized', 'Unauthorized')

export const notFound = (): Problem => blank(404, 'Not Found', 'Not Found')

/** A refusal whose reason stands in `detail`, as X refuses duplicates and replies. */
export const forbidden = (detail: string): Problem => blank(403, 'Forbidden', detail)

export const rateLimited = (): Problem => ({
  status: 429,
  body: { errors: [{ code: 88, message: 'Rate limit exceeded' }] },
})

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
export const missing = (resource: 'tweet' | 'user', parameter: 'id' | 'ids', id: string): JsonObject => ({
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

export function refuse(c: Context, { status, body }: Problem): Response {
  return c.body(toJson(body), status, { 'content-type': 'application/problem+json; charset=utf-8' })
}

function blank(status: 401 | 403 | 404, title: string, detail: string): Problem {
  return { status, body: { title, type: 'about:blank', status, detail } }
}
