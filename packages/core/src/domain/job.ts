import { decodeJson, encodeJson } from '../util/ascii-json.js'
import { defined } from '../util/defined.js'
import { isLabel, type Label } from './label.js'
import { isTweet, type Tweet } from './tweet.js'

/** The work that a handler deferred for a tweet, with its data. A tweet has at most one job. */
export interface StoredJob {
  readonly v: 2
  /** The job's name in the bot's definition. */
  readonly name: string
  readonly tweet: Tweet
  /** The data that the handler passed to `ctx.defer`, as JSON. */
  readonly data: unknown
  /** The cost of the tweet so far. Jobs stored before November 2026 lack it. */
  readonly bill?: JobBill
}

/** The name of the job that labels stored photos and replies. */
export const LABEL_PHOTOS = 'label-photos'

/** The data of `LABEL_PHOTOS`. */
export interface StoredPhotos {
  /** The keys of the stored photos, in the tweet's order. */
  readonly photos: readonly string[]
  /** The author's alt text for each photo, in the same order, or `null`. Absent if no photo has an alt text. */
  readonly altTexts?: readonly (string | null)[]
}

/**
 * In micro-dollars: what was spent on the tweet, and what was reserved for all of it, as of `at` (epoch milliseconds).
 */
export interface JobBill {
  readonly spent: number
  readonly reserved: number
  readonly at: number
}

type LabelsPerPhoto = readonly (readonly Label[])[]

/** A stored job, or the labels stored with it, cannot be read by this version. */
export class JobError extends Error {
  override readonly name = 'JobError'
  readonly code = 'JOB_UNREADABLE'
}

/** The key prefix of stored jobs. A new blob under it starts `runJob`. */
export const JOBS = 'jobs/'

/** The key prefix of a job's blobs: its photos, and their labels once they are bought. */
export const PHOTOS = 'photos/'

/** Returns the key of a tweet's job. It is the same for every edit of the tweet. */
export const jobKey = ({ author, firstId }: Pick<Tweet, 'author' | 'firstId'>): string =>
  `${JOBS}${author.id}/${firstId}.json`

/** Returns the key prefix of a tweet's stored photos. */
export const photosPrefix = ({ author, firstId }: Pick<Tweet, 'author' | 'firstId'>): string =>
  `${PHOTOS}${author.id}/${firstId}/`

/**
 * Returns the key of a job's labels, which are bought only once. It is not under `JOBS`, where it would start a job.
 */
export const labelsKey = (tweet: Pick<Tweet, 'author' | 'firstId'>): string => `${photosPrefix(tweet)}labels.json`

/** Returns the ids of author and tweet from a job's key, or `undefined` if this is not the key of a job. */
export function tweetOfJobKey(key: string): Pick<Tweet, 'author' | 'firstId'> | undefined {
  const [, id, firstId] = /^jobs\/([0-9]+)\/([0-9]+)\.json$/.exec(key) ?? []
  return id === undefined || firstId === undefined ? undefined : { author: { id }, firstId }
}

/** Encodes a job for storage, as JSON in ASCII. */
export const encodeJob = (job: StoredJob): Uint8Array => encodeJson(job)

/**
 * Decodes a stored job of version 1 or 2. Jobs stored before December 2026 have version 1, and only label photos.
 *
 * @throws JobError if the bytes are not a job of these versions
 */
export function decodeJob(bytes: Uint8Array): StoredJob {
  const stored = read(bytes)
  if (isJob(stored)) return stored
  if (!isRecord(stored) || stored.v !== 1) {
    throw new JobError('The job is not of version 1 or 2. Let the version that stored it finish, or remove it.')
  }
  const { tweet, photos, altTexts, bill } = stored
  const job = { v: 2, name: LABEL_PHOTOS, tweet, data: defined({ photos, altTexts }), ...defined({ bill }) }
  if (isJob(job)) return job
  throw new JobError('The job of version 1 is incomplete, so hexbird did not store it. Remove it.')
}

/** Encodes the labels of a job's photos, in the order of the photos, together with the keys of the photos. */
export const encodeLabels = (labelsPerPhoto: LabelsPerPhoto, photos: readonly string[]): Uint8Array =>
  encodeJson({ v: 1, photos, labelsPerPhoto })

/**
 * Decodes stored labels. `undefined` if they are for other photos, from before the tweet was edited.
 *
 * @throws JobError if the bytes are not labels of this version
 */
export function decodeLabels(bytes: Uint8Array, photos: readonly string[]): LabelsPerPhoto | undefined {
  const labels = read(bytes)
  if (!isRecord(labels) || labels.v !== 1 || !isLabelsPerPhoto(labels.labelsPerPhoto) || !areKeys(labels.photos)) {
    throw new JobError('The labels do not have version 1. Remove them, and they will be bought again.')
  }
  // Labels stored before November 2026 do not name their photos.
  const of = labels.photos ?? photos
  const isOfThese = of.length === photos.length && of.every((key, index) => key === photos[index])
  return isOfThese ? labels.labelsPerPhoto : undefined
}

function read(bytes: Uint8Array): unknown {
  try {
    return decodeJson(bytes)
  } catch (cause) {
    throw new JobError('The stored job or labels are not JSON, so hexbird did not store them. Remove them.', { cause })
  }
}

function isJob(value: unknown): value is StoredJob {
  if (!isRecord(value) || value.v !== 2 || !isTweet(value.tweet) || typeof value.name !== 'string') return false
  if (value.bill !== undefined && !isBill(value.bill)) return false
  return value.name !== LABEL_PHOTOS || isStoredPhotos(value.data, photosPrefix(value.tweet))
}

/** Accepts only keys of this tweet's photos, so that a forged job cannot have another person's photos labeled. */
const isStoredPhotos = (value: unknown, prefix: string): value is StoredPhotos =>
  isRecord(value) &&
  isList(value.photos) &&
  value.photos.every((key) => typeof key === 'string' && key.startsWith(prefix)) &&
  (value.altTexts === undefined || areAltTexts(value.altTexts))

const areKeys = (value: unknown): value is readonly string[] | undefined =>
  value === undefined || (isList(value) && value.every((key) => typeof key === 'string'))

const areAltTexts = (value: unknown) =>
  isList(value) && value.every((text) => text === null || typeof text === 'string')

const isBill = (value: unknown) => isRecord(value) && [value.spent, value.reserved, value.at].every(isAmount)

const isAmount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0

function isLabelsPerPhoto(value: unknown): value is LabelsPerPhoto {
  return isList(value) && value.every((labels) => isList(labels) && labels.every(isLabel))
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
