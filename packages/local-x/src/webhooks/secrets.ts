import { createHmac } from 'node:crypto'
import type { LocalCredentials } from '../auth/authenticator.js'

/**
 * Which secrets the app has for its webhooks: that of OAuth 1.0, that of OAuth 2.0, or both, as while it moves from one to
 * the other: docs.x.com/x-api/webhooks/introduction, "Signature headers".
 */
export type WebhookSecrets = 'oauth1' | 'oauth2' | 'both'

/** The signature headers of a delivery of these bytes, each with its own secret. */
export function signatureHeaders(
  secrets: WebhookSecrets,
  { consumerSecret, clientSecret }: LocalCredentials,
  body: Uint8Array,
): Readonly<Record<string, string>> {
  return {
    ...(secrets !== 'oauth2' && { 'x-twitter-webhooks-signature': sign(consumerSecret, body) }),
    ...(secrets !== 'oauth1' && { 'x-twitter-webhooks-signature-oauth2': sign(clientSecret, body) }),
  }
}

/** The right answer to a challenge: of the OAuth 2.0 secret where there is one. */
export function challengeAnswer(
  secrets: WebhookSecrets,
  { consumerSecret, clientSecret }: LocalCredentials,
  token: string,
): string {
  return sign(secrets === 'oauth1' ? consumerSecret : clientSecret, token)
}

function sign(secret: string, message: Uint8Array | string): string {
  return `sha256=${createHmac('sha256', secret).update(message).digest('base64')}`
}
