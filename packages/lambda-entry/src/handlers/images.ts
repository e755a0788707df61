import { JOBS, timeOfId, tweetOfJobKey } from '@hexbird/core/adapter'
import { defined } from '@hexbird/core/util'
import type { S3Event, S3EventRecord, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { answering, forEveryReply, type LoadBot } from './answering.js'
import { beforeFirstEvent, entry, type Make } from './entry.js'
import { tellOutcome } from './outcomes.js'

/** A message that tells of no stored job. */
export class JobMessageError extends Error {
  override readonly name = 'JobMessageError'
  readonly code = 'JOB_MESSAGE_UNREADABLE'
}

/** Runs stored jobs, which S3 announces: labels their photos, and posts one reply. */
export const makeImages = (load: LoadBot): Make<'images', SQSEvent, SQSBatchResponse> =>
  answering(load, 'HEXBIRD_JOBS_QUEUE_URL', async ({ bot, now, observer }, { body }, signal) => {
    // One that fails keeps none of the others from being answered. All of them come again where one has to: for those
    // that are done there is nothing left to do.
    const handled = await Promise.allSettled(
      jobKeysOf(body).map(async (key) => {
        if (key instanceof JobMessageError) throw key
        const outcome = await bot.runJob(key, signal)
        return tellOutcome(observer, outcome, { ...aboutJob(key), now: now() })
      }),
    )
    const [failed] = handled.flatMap((each) => (each.status === 'rejected' ? [each] : []))
    if (failed) throw failed.reason
    const waiting = handled.flatMap((each) =>
      each.status === 'rejected' || each.value === 'done' ? [] : [each.value.retryAt],
    )
    return waiting.length > 0 ? { retryAt: Math.max(...waiting) } : 'done'
  })

/** The key tells enough: the job itself is read once, by who answers it. */
function aboutJob(key: string): { readonly tweetId?: string; readonly createdAt?: number } {
  const tweetId = tweetOfJobKey(key)?.firstId
  const createdAt = tweetId === undefined ? undefined : timeOfId(tweetId)
  return { ...defined({ tweetId, createdAt }) }
}

/**
 * The keys that a message tells of; an error for each record that tells of no job. S3 writes keys as in a URL, a space as
 * a plus. When a queue is connected, S3 sends a test, which tells of none.
 *
 * @throws JobMessageError where the message tells of nothing
 */
export function jobKeysOf(body: string): readonly (string | JobMessageError)[] {
  const event = parsed(body) as Partial<S3Event> & { readonly Event?: unknown }
  if (event.Event === 's3:TestEvent') return []
  const keys = (Array.isArray(event.Records) ? event.Records : []).map((record?: S3EventRecord) =>
    keyOf(record?.s3?.object?.key),
  )
  if (keys.length === 0)
    throw new JobMessageError('The message does not name a stored object. Something else writes to this queue.')
  return keys
}

function keyOf(encoded: unknown): string | JobMessageError {
  const key = typeof encoded === 'string' ? decoded(encoded) : ''
  return key.startsWith(JOBS) ? key : new JobMessageError('The message names an object that is not a job.')
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch {
    return ''
  }
}

function parsed(body: string): object {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // What JSON.parse says quotes the message.
  }
  throw new JobMessageError('The message is not a JSON object. Something else writes to this queue.')
}

/** Loads what every job needs. */
export async function handlerOf(load: LoadBot) {
  await beforeFirstEvent(...forEveryReply(), import('@hexbird/adapters-aws/s3'), load())
  return entry('images', makeImages(load))
}
