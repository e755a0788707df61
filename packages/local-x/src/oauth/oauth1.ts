import type { Context, Hono } from 'hono'
import { type ApiEnv, signedRequest } from '../api/guard.js'
import { same } from '../auth/authenticator.js'
import type { AccessLevel } from '../state/tokens.js'
import type { World } from '../world.js'
import { ERRORS, refuseOAuth } from './errors.js'

/* docs.x.com/fundamentals/authentication/api-reference: what a client asks of X in a sign-in by OAuth 1.0a. */

export function routeOAuth1(api: Hono<ApiEnv>, { authenticator, tokens, app, people }: World): void {
  api.post('/oauth/request_token', async (c) => {
    const verified = authenticator.verify(await signedRequest(c), (token) => tokens.access(token)?.secret)
    if (verified.kind === 'unrecognised') return refuseOAuth(c, ERRORS[verified.code], app.oauthErrors)
    const callback = verified.parameters.get('oauth_callback') ?? ''
    if (!app.callbacks.includes(callback)) {
      return refuseOAuth(c, ERRORS[callback === 'oob' ? 417 : 415], app.oauthErrors)
    }
    const level = LEVELS[verified.parameters.get('x_auth_access_type') ?? ''] ?? 'read-write-directmessages'
    const made = tokens.addRequest(callback, level)
    return form(c, {
      oauth_token: made.token,
      oauth_token_secret: made.secret,
      oauth_callback_confirmed: 'true',
    })
  })

  api.post('/oauth/access_token', async (c) => {
    const verified = authenticator.verify(await signedRequest(c), (token) => tokens.request(token)?.secret)
    if (verified.kind === 'unrecognised') return refuseOAuth(c, ERRORS[verified.code], app.oauthErrors)
    const made = tokens.request(verified.parameters.get('oauth_token') ?? '')
    const verifier = verified.parameters.get('oauth_verifier') ?? ''
    if (made?.approval === undefined || !same(verifier, made.approval.verifier)) {
      const message = 'Error processing your OAuth request: Invalid oauth_verifier parameter'
      return refuseOAuth(c, { status: 401, code: 32, message }, app.oauthErrors)
    }
    const access = tokens.exchange(made, made.approval.userId)
    return form(c, {
      oauth_token: access.token,
      oauth_token_secret: access.secret,
      user_id: access.userId,
      screen_name: people.find(access.userId)?.username ?? '',
    })
  })

  for (const path of ['/1.1/oauth/invalidate_token', '/1.1/oauth/invalidate_token.json']) {
    api.post(path, async (c) => {
      const caller = authenticator.caller(await signedRequest(c))
      if (caller.kind === 'unrecognised') return refuseOAuth(c, ERRORS[caller.code])
      if (caller.kind !== 'user' || caller.via !== 'oauth1') return refuseOAuth(c, ERRORS[215])
      tokens.revokeAccess(caller.token)
      return c.json({ access_token: caller.token })
    })
  }
}

const LEVELS: Readonly<Record<string, AccessLevel>> = { read: 'read', write: 'read-write' }

/** X says text/html of its form-encoded answers. */
function form(c: Context, fields: Readonly<Record<string, string>>): Response {
  return c.body(new URLSearchParams(fields).toString(), 200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache, no-store, must-revalidate, pre-check=0, post-check=0',
  })
}
