import type { Context, Hono } from 'hono'
import type { ApiEnv } from '../api/guard.js'
import { ACCESS_TOKEN_MS, fits, type IssuedTokens } from '../state/tokens.js'
import type { World } from '../world.js'
import { ERRORS, refuseOAuth } from './errors.js'

/* What a client asks of X by OAuth 2.0. The words of refusals are not in X's pages; they are as clients report them. */

export function routeOAuth2(api: Hono<ApiEnv>, world: World): void {
  const { authenticator, credentials, tokens } = world

  // docs.x.com/fundamentals/authentication/oauth-2-0/application-only
  api.post('/oauth2/token', async (c) => {
    const { consumerKey, consumerSecret, bearerToken } = credentials
    const fields = await fieldsOf(c)
    const known = authenticator.isBasic(c.req.header('authorization'), consumerKey, consumerSecret)
    if (!known || fields.get('grant_type') !== 'client_credentials') return refuseOAuth(c, ERRORS[99])
    return c.json({ token_type: 'bearer', access_token: bearerToken })
  })

  // docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token
  api.post('/2/oauth2/token', async (c) => {
    if (!isClient(c)) return refuseClient(c)
    const fields = await fieldsOf(c)
    switch (fields.get('grant_type')) {
      case 'authorization_code':
        return takeCode(c, fields)
      case 'refresh_token': {
        const issued = tokens.refresh(fields.get('refresh_token') ?? '')
        return issued === undefined ? refuseToken(c, 'Value passed for the token was invalid.') : answer(c, issued)
      }
      case undefined:
        return refuseToken(c, 'Missing required parameter [grant_type].')
      default:
        return c.json({ error: 'unsupported_grant_type', error_description: 'Unsupported grant type.' }, 400)
    }
  })

  api.post('/2/oauth2/revoke', async (c) => {
    if (!isClient(c)) return refuseClient(c)
    const fields = await fieldsOf(c)
    const token = fields.get('token')
    if (token === undefined || token === '') return refuseToken(c, 'Missing required parameter [token].')
    tokens.revokeGrant(token)
    return c.json({ revoked: true })
  })

  function takeCode(c: Context, fields: ReadonlyMap<string, string>): Response {
    const absent = ['code', 'redirect_uri', 'code_verifier'].find((name) => (fields.get(name) ?? '') === '')
    if (absent !== undefined) return refuseToken(c, `Missing required parameter [${absent}].`)
    const granted = tokens.takeCode(fields.get('code') ?? '')
    if (granted === undefined) return refuseToken(c, 'Value passed for the authorization code was invalid.')
    if (granted.redirectUri !== fields.get('redirect_uri')) {
      return refuseToken(c, 'Value passed for the redirect uri did not match the uri of the authorization code.')
    }
    if (!fits(granted, fields.get('code_verifier') ?? '')) {
      return refuseToken(c, 'Value passed for the code verifier did not match the code challenge.')
    }
    return answer(c, tokens.grant(granted))
  }

  /** The app is a confidential client, as automated apps are on X: its secret is always asked for. */
  const isClient = (c: Context): boolean =>
    authenticator.isBasic(c.req.header('authorization'), credentials.clientId, credentials.clientSecret)
}

function answer(c: Context, { accessToken, refreshToken, scopes }: IssuedTokens): Response {
  return c.json({
    token_type: 'bearer',
    expires_in: ACCESS_TOKEN_MS / 1000,
    access_token: accessToken,
    scope: scopes.join(' '),
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
  })
}

const refuseToken = (c: Context, description: string): Response =>
  c.json({ error: 'invalid_request', error_description: description }, 400)

const refuseClient = (c: Context): Response =>
  c.json({ error: 'unauthorized_client', error_description: 'Missing valid authorization header' }, 401)

/** A form, as X's pages say, or the JSON that a widely used client sends and X takes. */
async function fieldsOf(c: Context): Promise<ReadonlyMap<string, string>> {
  const text = await c.req.text()
  if (!(c.req.header('content-type')?.startsWith('application/json') ?? false))
    return new Map(new URLSearchParams(text))
  try {
    const fields = Object.entries(JSON.parse(text) as object)
    return new Map(fields.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
  } catch {
    return new Map()
  }
}
