import { crcResponse } from '@hexbird/core'
import { isUsualCrcToken } from '@hexbird/core/host'
import { STATUS } from './status.js'

/** Where X sends challenges and deliveries, unless the options say otherwise. */
export const WEBHOOK_PATH = '/twitter/webhook/handleapi'

/** What X is answered to a challenge, and what there is to tell of it. */
export interface ChallengeAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly event: ChallengeEvent
}

/** What became of a challenge, for logs and alarms. */
export type ChallengeEvent =
  | { readonly kind: 'challenge-answered' }
  /** Answered, though X's tokens have another form: somebody may be probing. */
  | { readonly kind: 'challenge-unusual' }
  | { readonly kind: 'challenge-refused'; readonly reason: string }

/**
 * Answers X's challenge (CRC): all that a GET needs, so that whoever has to be quick loads no web framework for it.
 *
 * @param query of the request, as it came
 * @param secret the newest one that X may use
 * @see https://docs.x.com/x-api/webhooks/introduction
 */
export function answerChallenge(query: URLSearchParams, secret: string): ChallengeAnswer {
  const tokens = query.getAll('crc_token')
  const answer = crcResponse(tokens.length > 1 ? tokens : tokens[0], secret)
  if (!('response_token' in answer)) {
    return {
      status: STATUS.refused,
      headers: { 'cache-control': 'no-store', 'content-type': 'text/plain; charset=UTF-8' },
      body: 'This is no challenge that may be answered.',
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

/** Of the secrets that an app has, the one that challenges are answered with: the newest, and OAuth 2.0's before OAuth 1.0a's. */
export const challengeSecretOf = (secrets: {
  readonly consumerSecrets: readonly string[]
  readonly clientSecrets?: readonly string[]
}): string => secrets.clientSecrets?.[0] ?? secrets.consumerSecrets[0] ?? ''
