import type { Tweet } from './tweet.js'

/** What is left to do for a tweet whose photos are stored: label them and reply, once. */
export interface Job {
  readonly v: 1
  readonly tweet: Tweet
  /** The keys of the stored photos, in the tweet's order. */
  readonly photos: readonly string[]
}

/** A stored job is not one that this version can read. */
export class JobError extends Error {
  override readonly name = 'JobError'
  readonly code = 'JOB_UNREADABLE'
}

/** Under this prefix a stored blob is a job: what starts `replyWithLabels`. */
export const JOBS = 'jobs/'

export const jobKey = ({ author, firstId }: Pick<Tweet, 'author' | 'firstId'>): string =>
  `${JOBS}${author.id}/${firstId}.json`

export const photosPrefix = ({ author, firstId }: Pick<Tweet, 'author' | 'firstId'>): string =>
  `photos/${author.id}/${firstId}/`

/** JSON in ASCII alone, so that its bytes need no encoder and no text in it can be malformed. */
export function encodeJob(job: Job): Uint8Array {
  const json = JSON.stringify(job).replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return Uint8Array.from(json, (character) => character.charCodeAt(0))
}

/** @throws JobError where the bytes are no job of this version. */
export function decodeJob(bytes: Uint8Array): Job {
  let json = ''
  for (const byte of bytes) json += String.fromCharCode(byte)
  let job: unknown
  try {
    job = JSON.parse(json)
  } catch (cause) {
    throw new JobError('The job is not JSON. It was not written by this program: remove it.', { cause })
  }
  if (!isJob(job))
    throw new JobError('The job is not of version 1. Let the version that wrote it finish, or remove it.')
  return job
}

function isJob(value: unknown): value is Job {
  if (!isRecord(value) || value.v !== 1 || !isRecord(value.tweet) || !isRecord(value.tweet.author)) return false
  const { tweet, photos } = value
  return (
    [tweet.id, tweet.firstId, tweet.botId, value.tweet.author.id].every((id) => typeof id === 'string') &&
    typeof tweet.createdAt === 'number' &&
    Array.isArray(photos) &&
    photos.every((key) => typeof key === 'string')
  )
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
