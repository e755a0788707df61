import { AsyncLocalStorage } from 'node:async_hooks'
import { inspect } from 'node:util'
import type { Log, Tweet } from '@hexbird/core'
import { type Attempt, TIMES } from '@hexbird/core/host'
import { foreign } from '../foreign.js'
import { placeOf } from '../module-file.js'
import type { ToldOutcome } from '../outcome-words.js'
import { fieldsOf } from '../run/log.js'

/** The tweet that is being handled. */
export const tweetAtWork = new AsyncLocalStorage<Tweet | undefined>()

export const STILL_WORKING = `still working on it; after ${TIMES.attempt / 1000} seconds, the attempt fails`

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
export const tweetInWords = ({ author, text }: Tweet): string => `${personInWords(author)}: ${foreign(text)}`

const personInWords = ({ id, username }: Tweet['author']) =>
  username === undefined ? `User ${foreign(id)}` : `@${foreign(username)}`

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

/** Creates the log that handlers write to, as lines that say whose tweet it is about. */
export function logAsLines(tell: (line: string) => void): Log {
  const about = () => {
    const tweet = tweetAtWork.getStore()
    return tweet ? ` (for ${personInWords(tweet.author)}’s tweet)` : ''
  }
  const lineOf = (message: string, details?: unknown) => {
    if (details instanceof Error) return `${foreign(message)}${about()}\n    ${troubleOf(details)}${placeLine(details)}`
    const told = details === undefined ? message : `${message} ${inspect(details, { breakLength: Infinity })}`
    return `${foreign(told)}${about()}`
  }
  return {
    info: (message, details) => tell(`  ${lineOf(message, details)}`),
    warn: (message, details) => tell(`  Warning: ${lineOf(message, details)}`),
  }
}
