import type { Revoked } from '../domain/event.js'
import type { Ports } from '../ports/index.js'
import type { EventOutcome } from './outcome.js'

/**
 * Removes the account of a person who took the app's access back. A sign-in since then is another one and stays: X may
 * deliver late, and more than once.
 */
export async function handleRevoked(
  { accounts }: Partial<Pick<Ports, 'accounts'>>,
  { userId, at }: Revoked,
): Promise<EventOutcome> {
  if (!accounts) return { kind: 'passed-over', name: 'revoked' }
  await accounts.remove(userId, at === undefined ? undefined : at + X_SAYS_SECONDS)
  return { kind: 'revoked', userId }
}

/** X leaves out what comes after the second: the sign-in may have been earlier in the same one. */
const X_SAYS_SECONDS = 999
