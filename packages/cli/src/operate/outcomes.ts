import type { RefusalReason, Refused } from '@hexbird/adapters-x'
import { foreign } from '../foreign.js'

/** What to do where X refuses, besides what it says itself. */
const TODO: Partial<Readonly<Record<RefusalReason, string>>> = {
  CrcValidationFailed:
    'Its challenge was not answered, or with another secret. See that the bot is up and has the secret that the console shows: `hexbird doctor`.',
  UrlValidationFailed: 'The address is to be https, public, without a port, at most 200 characters.',
  DuplicateUrlFailed: 'It is registered already: `hexbird webhook list`, then `hexbird webhook validate`.',
  WebhookLimitExceeded:
    'The account has as many webhooks as it may, on pay-per-use one: `hexbird webhook list`, then `hexbird webhook delete`.',
  WebhookIdInvalid: 'There is no such webhook: `hexbird webhook list`.',
  SubscriptionLimitExceeded: 'The account has as many subscriptions as it may: `hexbird subscriptions`.',
  ReplayConflictError: 'Another replay runs. Wait until it has ended.',
}

/** X's refusal as one line, with what to do. */
export function refusal({ reason, detail }: Refused): string {
  const todo = TODO[reason]
  return `X refuses (${foreign(reason)}): ${foreign(detail)}${todo === undefined ? '' : `\n  ${todo}`}`
}
