import { crcResponse } from '@hexbird/core'
import { isUsualCrcToken } from '@hexbird/core/host'
import { STATUS } from './status.js'

/** The default path for X's challenges and deliveries. */
export const WEBHOOK_PATH = '/twitter/webhook/handleapi'

/** The response to a challenge, and the event to report. */
export interface ChallengeAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly event: ChallengeEvent
}

/** The outcome of a challenge, for logs and alarms. */
export type ChallengeEvent =
  | { readonly kind: 'challenge-answered' }
  /** Answered, although X's tokens have a different form: someone may be probing. */
  | { readonly kind: 'challenge-unusual' }
  | { readonly kind: 'challenge-refused'; readonly reason: string }

/**
 * Answers X's challenge (CRC) without a web framework, for hosts that have to answer fast.
 *
 * @param query the unchanged query of the request
 * @param secret the newest secret that X may use
 * @see https://docs.x.com/x-api/webhooks/introduction
 */
export function answerChallenge(query: URLSearchParams, secret: string): ChallengeAnswer {
  const tokens = query.getAll('crc_token')
  const answer = crcResponse(tokens.length > 1 ? tokens : tokens[0], secret)
  if (!('response_token' in answer)) {
    return {
      status: STATUS.refused,
      headers: { 'cache-control': 'no-store', 'content-type': 'text/plain; charset=UTF-8' },
      body: 'This is not a valid challenge.',
      event: { kind: 'challenge-refused', reason: answer.reason },
    }
  }
  return {
    status: STATUS.ok,
    headers: { 'cache-control': 'no-store', 'content-type': 'application/json' },
    body: JSON.stringify({ response_token: answer.response_token }),
    event: { kind: isUsualCrcToken(tokens[0] ?? '') ? 'challenge-answered' : 'challenge-unusual' },
  }
}

/** Returns the secret for answering challenges: the newest OAuth 2.0 client secret, else the newest OAuth 1.0a consumer secret. */
export const challengeSecretOf = (secrets: {
  readonly consumerSecrets: readonly string[]
  readonly clientSecrets?: readonly string[]
}): string => secrets.clientSecrets?.[0] ?? secrets.consumerSecrets[0] ?? ''
