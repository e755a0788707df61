import { createHash } from 'node:crypto'
import type { SignInSettings } from './settings.js'

/**
 * What is stored of the value that a browser keeps in a cookie while it signs in: who reads the store cannot come with
 * that browser. The value is random, so it needs no salt. What was offered goes in as well: what a person agreed to while
 * it meant a link must not become an action because the setting has changed since.
 */
export const flowSecretHash = (
  flowSecret: string,
  { follow, message }: Pick<SignInSettings, 'follow' | 'message'>,
): string => createHash('sha256').update(`${follow},${message},${flowSecret}`).digest('base64url')
