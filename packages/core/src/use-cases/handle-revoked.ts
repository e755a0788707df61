import type { Revoked } from '../domain/event.js'
import type { Ports } from '../ports/index.js'
import type { EventOutcome } from './outcome.js'

/**
 * Removes the account of a person who revoked the app's access. A newer sign-in stays, because X may deliver the event
 * late and more than once.
 */
export async function handleRevoked(
  { accounts }: Partial<Pick<Ports, 'accounts'>>,
  { userId, at }: Revoked,
): Promise<EventOutcome> {
  if (!accounts) return { kind: 'passed-over', name: 'revoked' }
  await accounts.remove(userId, at === undefined ? undefined : at + X_SAYS_SECONDS)
  return { kind: 'revoked', userId }
}

/** X rounds the time down to seconds, and the sign-in may have been earlier in the same second. */
const X_SAYS_SECONDS = 999
