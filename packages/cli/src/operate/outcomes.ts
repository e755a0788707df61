import type { RefusalReason, Refused } from '@hexbird/adapters-x'
import { foreign } from '../foreign.js'
import type { Terminal } from '../terminal.js'
import type { Operator } from './operator.js'

/** What to do where X refuses, besides what it says itself. */
const TODO: Partial<Readonly<Record<RefusalReason, string>>> = {
  CrcValidationFailed:
    "X's challenge was not answered, or with a different secret. Check that the bot is running and has the secret shown in the console: `hexbird doctor`.",
  UrlValidationFailed: 'The address must be a public https URL without a port, at most 200 characters long.',
  DuplicateUrlFailed: 'It is already registered: `hexbird webhook list`, then `hexbird webhook validate`.',
  WebhookLimitExceeded:
    'The account has reached its limit of webhooks (one on pay-per-use): `hexbird webhook list`, then `hexbird webhook delete`.',
  WebhookIdInvalid: 'There is no such webhook: `hexbird webhook list`.',
  SubscriptionLimitExceeded: 'The account has reached its limit of subscriptions: `hexbird subscriptions`.',
  ReplayConflictError: 'Another replay is running. Wait until it has finished.',
}

/** X's refusal as one line, with what to do about the same bot. */
export function refusal({ reason, detail }: Refused, { flags }: Pick<Operator, 'flags'> = { flags: '' }): string {
  const todo = TODO[reason]?.replaceAll(/`(hexbird [^`]+)`/g, `\`$1${flags}\``)
  return `X refuses (${foreign(reason)}): ${foreign(detail)}${todo === undefined ? '' : `\n  ${todo}`}`
}

/** Says why it came to nothing. Gives the exit code. */
export function refused(terminal: Terminal, message: string): 1 {
  terminal.note(message)
  return 1
}
