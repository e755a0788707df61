import { inspect } from 'node:util'
import type { Log, Tweet } from '@hexbird/core'
import type { Attempt } from '@hexbird/core/host'
import { foreign } from '../foreign.js'
import { placeOf } from '../module-file.js'
import type { ToldOutcome } from '../outcome-words.js'
import { fieldsOf } from '../run/log.js'

/** Returns the error of a failed attempt, in one line. */
export function troubleOf(error: unknown): string {
  const { code, error: message } = fieldsOf(error)
  return `${code === undefined ? '' : `${code}: `}${foreign(message.replaceAll('\n- ', ' '))}`
}

/** Returns the outcome of a failed attempt, for `hexbird tweet --wait` and the page. */
export const toldFailure = (error: unknown, attempt: Attempt): ToldOutcome => ({
  kind: 'failed',
  ...(attempt.number < attempt.of && { reason: RETRYING }),
  text: `failed: ${troubleOf(error).replace(/[^.?!]$/, '$&.')} ${attemptInWords(attempt)}`,
})

/** The reason of a failure after which the bot tries again. */
export const RETRYING = 'retrying'

const attemptInWords = ({ number, of }: Attempt) =>
  `Attempt ${number} of ${of}.${number < of ? ' The bot tries again.' : ''}`

/** Returns a tweet as the line above its outcome. */
export const tweetInWords = ({ author: { id, username }, text }: Tweet): string =>
  `${username === undefined ? `User ${foreign(id)}` : `@${foreign(username)}`}: ${foreign(text)}`

/**
 * Describes each failed attempt: the tweet, the error, and where it was thrown. Returns `undefined` if the last attempt
 * at the tweet failed with the same error before, because a sweep may list the tweet again.
 */
export function createFailureTeller() {
  const failures = new Map<string, { readonly line: string; isLast?: boolean }>()
  return (error: unknown, tweet: Tweet | undefined, attempt: Attempt): string | undefined => {
    const trouble = troubleOf(error)
    const what = `\n  → failed: ${trouble}${placeLine(error)}\n    ${attemptInWords(attempt)}`
    if (!tweet) return `An event${what}`
    const key = `${tweet.id} ${trouble}`
    // A sweep lists a tweet without its author's name.
    const failure = failures.get(key) ?? { line: tweetInWords(tweet) }
    if (failure.isLast) return undefined
    failures.set(key, { ...failure, isLast: attempt.number === attempt.of })
    return `${failure.line}${what}`
  }
}

function placeLine(error: unknown): string {
  const place = placeOf(error)
  return place === undefined ? '' : `\n    at ${foreign(place)}`
}

/** Creates the log that handlers write to, as lines. */
export function logAsLines(tell: (line: string) => void): Log {
  const lineOf = (message: string, details?: unknown) =>
    foreign(details === undefined ? message : `${message} ${inspect(details, { breakLength: Infinity })}`)
  const linesOf = (message: string, error: Error) => `${foreign(message)}\n    ${troubleOf(error)}${placeLine(error)}`
  return {
    info: (message, details) => tell(`  ${lineOf(message, details)}`),
    warn: (message, details) =>
      tell(`  Warning: ${details instanceof Error ? linesOf(message, details) : lineOf(message, details)}`),
  }
}
