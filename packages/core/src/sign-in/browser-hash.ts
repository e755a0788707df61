import { createHash } from 'node:crypto'

/**
 * What is stored of the value that a browser keeps in a cookie while it signs in: who reads the store cannot come with
 * that browser. The value is random, so it needs no salt.
 */
export const browserHash = (browser: string): string => createHash('sha256').update(browser).digest('base64url')
