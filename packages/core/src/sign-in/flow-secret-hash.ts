import { createHash } from 'node:crypto'
import type { SignInSettings } from './settings.js'

/**
 * Hashes the secret in the browser's cookie for storage, so that a leaked store does not let anyone finish a sign-in.
 * The secret is random, so it needs no salt. The hash covers the action modes too: if a person consented while an
 * action was only a link, a later change of the setting must not carry it out.
 */
export const flowSecretHash = (
  flowSecret: string,
  { follow, message }: Pick<SignInSettings, 'follow' | 'message'>,
): string => createHash('sha256').update(`${follow},${message},${flowSecret}`).digest('base64url')
