import { inspect } from 'node:util'
import type { Log, Tweet } from '@hexbird/core'
import { foreign } from '../foreign.js'
import { placeOf } from '../module-file.js'

/** A bot's queues give up after so many attempts. */
const ATTEMPTS = 5
const TRIES = 'The bot tries up to five times.'

/** What a try failed with, in a line. */
export function troubleOf(error: unknown): string {
  const { code, message } = error instanceof Error ? (error as Error & { code?: unknown }) : { message: String(error) }
  return `${typeof code === 'string' ? `${code}: ` : ''}${foreign(message.replaceAll('\n- ', ' '))}`
}

/** What a try failed with, for whoever waits for the tweet's outcome. */
export const failureInWords = (error: unknown): string =>
  `failed: ${troubleOf(error).replace(/[^.?!]$/, '$&.')} ${TRIES}`

/** A tweet, as the line above what became of it. */
export const tweetInWords = ({ author, text }: Tweet): string =>
  `@${foreign(author.username ?? author.id)}: ${foreign(text)}`

/**
 * Gives lines about each try that failed: at which tweet, with what, and where. `undefined` once a tweet's five attempts
 * have failed with the same: a sweep may list the tweet again.
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

/** The log of a bot's author, as lines. */
export function logAsLines(tell: (line: string) => void): Log {
  const lineOf = (message: string, details?: unknown) =>
    foreign(details === undefined ? message : `${message} ${inspect(details, { breakLength: Infinity })}`)
  return {
    info: (message, details) => tell(`  ${lineOf(message, details)}`),
    warn: (message, details) => tell(`  Warning: ${lineOf(message, details)}`),
  }
}
