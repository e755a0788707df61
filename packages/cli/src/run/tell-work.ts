import type { EventOutcome, Tweet } from '@hexbird/core'
import { type BlobStore, decodeJob } from '@hexbird/core/adapter'
import type { Attempt } from '@hexbird/core/host'
import type { Around, Work } from '@hexbird/runner'
import { toldFailure } from '../local/trouble.js'
import { placeOf } from '../module-file.js'
import { type ToldOutcome, toldOutcome } from '../outcome-words.js'
import { type Entry, fieldsOf, type Log } from './log.js'

/** Tells what becomes of each event and job, and why. `note` is told of tweets besides. */
export function tellingWork(
  log: Log,
  blobs: Pick<BlobStore, 'get'>,
  note: (tweet: Tweet, outcome: ToldOutcome) => void,
): Around {
  return async (work, handle) => {
    let tweet: Tweet | undefined
    try {
      tweet = await tweetOf(work, blobs)
      const outcome = await handle()
      log(entryOf(outcome, tweet))
      // A tweet that came twice: what became of it was told the first time.
      const isOld = 'reason' in outcome && outcome.reason === 'already-handled'
      if (tweet && !isOld) note(tweet, toldOutcome(outcome, tweet))
      return outcome
    } catch (error) {
      log(failureEntry(error, tweet, work.attempt))
      if (tweet) note(tweet, toldFailure(error, work.attempt))
      throw placed(error)
    }
  }
}

/** Adds the place in the author's file to the message, because a dead letter keeps only the error's text. */
function placed(error: unknown): unknown {
  const place = placeOf(error)
  if (place === undefined || !(error instanceof Error)) return error
  const told = new Error(`${error.message} (${place})`, { cause: error })
  told.name = error.name
  return told
}

function failureEntry(error: unknown, tweet: Tweet | undefined, { number, of }: Attempt): Entry {
  return {
    level: 'error',
    message:
      number < of
        ? 'An attempt failed. The bot tries again.'
        : "The last attempt failed. To make the bot try again, use the status page (HEXBIRD_STATUS_PORT and HEXBIRD_STATUS_TOKEN). If you changed the bot's file, restart the bot first.",
    fields: { ...about(tweet), attempt: number, maxAttempts: of, ...fieldsOf(error), at: placeOf(error) },
  }
}

/** The tweet that it is about. A job is gone once it is done. */
export async function tweetOf(work: Work, blobs: Pick<BlobStore, 'get'>): Promise<Tweet | undefined> {
  if (work.kind === 'event') return work.event.kind === 'tweet' ? work.event.tweet : undefined
  const job = await blobs.get(work.key)
  return job && decodeJob(job.bytes).tweet
}

const about = (tweet: Tweet | undefined) => (tweet ? { tweet: tweet.id, author: tweet.author.id } : {})

function entryOf(outcome: EventOutcome, tweet: Tweet | undefined): Entry {
  const fields = {
    ...about(tweet),
    outcome: outcome.kind,
    reason: 'reason' in outcome ? outcome.reason : undefined,
    detail: 'detail' in outcome ? outcome.detail : undefined,
  }
  switch (outcome.kind) {
    case 'replied': {
      const quoted = tweet && `${tweet.text} → ${outcome.text}`
      return { message: 'Replied.', fields: { ...fields, reply: outcome.replyId }, quoted }
    }
    case 'job-stored':
      return { message: 'A job is stored.', fields, quoted: tweet?.text }
    case 'deferred':
      return { level: 'warn', message: 'Deferred.', fields: { ...fields, until: isoOf(outcome.until) } }
    case 'unresolved':
      return {
        level: 'error',
        message: 'A reply may have been posted, but the bot could not find it. Check on X.',
        fields,
      }
    case 'ignored':
    case 'refused':
      return { message: 'Not answered.', fields, quoted: tweet?.text }
    case 'opted-out':
    case 'revoked':
      return { message: 'Handled.', fields: { ...fields, user: outcome.userId } }
    case 'passed-over':
      return { message: 'An event was skipped.', fields: { ...fields, event: outcome.name } }
  }
}

/** A time beyond what a date can say never comes. */
const isoOf = (time: number) => (Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : 'never')
