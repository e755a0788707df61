import { inspect } from 'node:util'
import type { Log, Tweet } from '@hexbird/core'
import { foreign } from '../foreign.js'
import { placeOf } from '../module-file.js'

/** The number of attempts after which a bot's queues give up. */
const ATTEMPTS = 5
const TRIES = 'The bot tries up to five times.'

/** Returns the error of a failed attempt, in one line. */
export function troubleOf(error: unknown): string {
  const { code, message } = error instanceof Error ? (error as Error & { code?: unknown }) : { message: String(error) }
  return `${typeof code === 'string' ? `${code}: ` : ''}${foreign(message.replaceAll('\n- ', ' '))}`
}

/** Returns the outcome of a failed attempt, for `hexbird tweet --wait` and the page. */
export const failureInWords = (error: unknown): string =>
  `failed: ${troubleOf(error).replace(/[^.?!]$/, '$&.')} ${TRIES}`

/** Returns a tweet as the line above its outcome. */
export const tweetInWords = ({ author, text }: Tweet): string =>
  `@${foreign(author.username ?? author.id)}: ${foreign(text)}`

/**
 * Describes each failed attempt: the tweet, the error, and where it was thrown. Returns `undefined` after five attempts
 * at a tweet with the same error, because a sweep may list the tweet again.
 */
export function createFailureTeller(): (error: unknown, tweet: Tweet | undefined) => string | undefined {
  const failures = new Map<string, { readonly line: string; readonly attempts: number }>()
  return (error, tweet) => {
    const trouble = troubleOf(error)
    const place = placeOf(error)
    const what = `\n  → failed: ${trouble}${place === undefined ? '' : `\n    at ${foreign(place)}`}\n    `
    if (!tweet) return `An event${what}${TRIES}`
    const key = `${tweet.id} ${trouble}`
    // A sweep lists a tweet without its author's name.
    const { line, attempts } = failures.get(key) ?? { line: tweetInWords(tweet), attempts: 0 }
    const attempt = attempts + 1
    failures.set(key, { line, attempts: attempt })
    if (attempt > ATTEMPTS) return undefined
    return `${line}${what}Attempt ${attempt} of ${ATTEMPTS}.${attempt < ATTEMPTS ? ' The bot tries again.' : ''}`
  }
}

/** Creates the log that handlers write to, as lines. */
export function logAsLines(tell: (line: string) => void): Log {
  const lineOf = (message: string, details?: unknown) =>
    foreign(details === undefined ? message : `${message} ${inspect(details, { breakLength: Infinity })}`)
  return {
    info: (message, details) => tell(`  ${lineOf(message, details)}`),
    warn: (message, details) => tell(`  Warning: ${lineOf(message, details)}`),
  }
}
