import { inspect } from 'node:util'
import type { Log } from '@hexbird/core'
import { foreign } from '../foreign.js'

/** What a try failed with, in a line. */
export function troubleOf(error: unknown): string {
  const { code, message } = error instanceof Error ? (error as Error & { code?: unknown }) : { message: String(error) }
  return `${typeof code === 'string' ? `${code}: ` : ''}${foreign(message)}`
}

/** The log of a bot's author, as lines. */
export function logAsLines(tell: (line: string) => void): Log {
  const lineOf = (message: string, details?: unknown) =>
    foreign(details === undefined ? message : `${message} ${inspect(details, { breakLength: Infinity })}`)
  return {
    info: (message, details) => tell(`  ${lineOf(message, details)}`),
    warn: (message, details) => tell(`  Warning: ${lineOf(message, details)}`),
  }
}
