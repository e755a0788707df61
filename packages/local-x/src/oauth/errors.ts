import type { Context } from 'hono'
import type { OAuthErrorFormat } from '../state/app.js'

/** An error of the older protocol, by the codes of API v1.1: developer.x.com/en/docs/basics/response-codes. */
export type OAuthError = {
  readonly status: 400 | 401 | 403
  readonly code: number
  readonly message: string
  readonly label?: string
}

const coded = (status: OAuthError['status'], code: number, message: string): OAuthError => ({ status, code, message })

export const ERRORS = {
  32: coded(401, 32, 'Could not authenticate you.'),
  89: coded(401, 89, 'Invalid or expired token.'),
  // docs.x.com/fundamentals/authentication/oauth-2-0/application-only, "Common error cases"
  99: { ...coded(403, 99, 'Unable to verify your credentials'), label: 'authenticity_token_error' },
  135: coded(401, 135, 'Timestamp out of bounds.'),
  215: coded(400, 215, 'Bad Authentication data.'),
  415: coded(
    403,
    415,
    'Callback URL not approved for this client application. Approved callback URLs can be adjusted in your application settings',
  ),
  417: coded(403, 417, 'OOB OAuth is not allowed for this client application.'),
} as const

/** The error as JSON, or as clients have seen the older paths write it: XML with the code, or the words alone. */
export function refuseOAuth(c: Context, error: OAuthError, format: OAuthErrorFormat = 'json'): Response {
  const { status, code, message, label } = error
  if (format === 'xml') {
    const xml = `<?xml version="1.0" encoding="UTF-8"?><errors><error code="${code}">${message}</error></errors>`
    return c.body(xml, status, { 'content-type': 'application/xml; charset=utf-8' })
  }
  if (format === 'text') return c.text(message, status)
  return c.json({ errors: [{ code, ...(label === undefined ? {} : { label }), message }] }, status)
}
