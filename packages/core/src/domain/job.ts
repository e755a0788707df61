import { decodeJson, encodeJson } from '../util/ascii-json.js'
import { defined } from '../util/defined.js'
import { isLabel, type Label } from './label.js'
import { isTweet, type Tweet } from './tweet.js'

/** What is left to do for a tweet: the work that a handler put off, with its data. A tweet has one at most. */
export interface StoredJob {
  readonly v: 2
  /** Of the work, as the bot's definition knows it. */
  readonly name: string
  readonly tweet: Tweet
  /** Whatever the handler gave: JSON. */
  readonly data: unknown
  /** What the tweet has cost so far. Jobs stored before November 2026 lack it. */
  readonly bill?: JobBill
}

/** The name of the work that labels stored photos and replies. */
export const LABEL_PHOTOS = 'label-photos'

/** The data of `LABEL_PHOTOS`. */
export interface StoredPhotos {
  /** The keys of the stored photos, in the tweet's order. */
  readonly photos: readonly string[]
  /** What the author says of each photo, in the same order, `null` where that is nothing. Left out where it is of none. */
  readonly altTexts?: readonly (string | null)[]
}

/** Money in micro-dollars: spent on the tweet so far, and reserved for all of it at that time (epoch milliseconds). */
export interface JobBill {
  readonly spent: number
  readonly reserved: number
  readonly at: number
}

type LabelsPerPhoto = readonly (readonly Label[])[]

/** A stored job is not one that this version can read. */
export class JobError extends Error {
  override readonly name = 'JobError'
  readonly code = 'JOB_UNREADABLE'
}

/** Under this prefix a stored blob is a job: what starts `runJob`. */
export const JOBS = 'jobs/'

/** Under this prefix stored blobs belong to a job: photos, and labels that wait. */
export const PHOTOS = 'photos/'

/** Where the job of a tweet is stored: the same key for every edit of it. */
export const jobKey = ({ author, firstId }: Pick<Tweet, 'author' | 'firstId'>): string =>
  `${JOBS}${author.id}/${firstId}.json`

/** What the keys of a tweet's stored photos begin with. */
export const photosPrefix = ({ author, firstId }: Pick<Tweet, 'author' | 'firstId'>): string =>
  `${PHOTOS}${author.id}/${firstId}/`

/** Where the labels of a job are kept: they are bought once. Not under `JOBS`: it is no job. */
export const labelsKey = (tweet: Pick<Tweet, 'author' | 'firstId'>): string => `${photosPrefix(tweet)}labels.json`

/** The tweet of a job, as far as its key tells; `undefined` where it is the key of none. */
export function tweetOfJobKey(key: string): Pick<Tweet, 'author' | 'firstId'> | undefined {
  const [, id, firstId] = /^jobs\/([0-9]+)\/([0-9]+)\.json$/.exec(key) ?? []
  return id === undefined || firstId === undefined ? undefined : { author: { id }, firstId }
}

/** A job as it is stored: JSON in ASCII. */
export const encodeJob = (job: StoredJob): Uint8Array => encodeJson(job)

/**
 * Jobs stored before December 2026 are of version 1 and have photos alone.
 *
 * @throws JobError where the bytes are no job of these versions.
 */
export function decodeJob(bytes: Uint8Array): StoredJob {
  const stored = read(bytes)
  if (isJob(stored)) return stored
  if (!isRecord(stored) || stored.v !== 1) {
    throw new JobError('The job is not of version 1 or 2. Let the version that wrote it finish, or remove it.')
  }
  const { tweet, photos, altTexts, bill } = stored
  const job = { v: 2, name: LABEL_PHOTOS, tweet, data: defined({ photos, altTexts }), ...defined({ bill }) }
  if (isJob(job)) return job
  throw new JobError('The job of version 1 is not whole. It was not written by this program: remove it.')
}

/** The labels of a job's photos, in their order, and which photos they are. */
export const encodeLabels = (labelsPerPhoto: LabelsPerPhoto, photos: readonly string[]): Uint8Array =>
  encodeJson({ v: 1, photos, labelsPerPhoto })

/**
 * `undefined` where the labels are those of other photos: of the tweet before an edit.
 *
 * @throws JobError where the bytes are no labels of this version.
 */
export function decodeLabels(bytes: Uint8Array, photos: readonly string[]): LabelsPerPhoto | undefined {
  const labels = read(bytes)
  if (!isRecord(labels) || labels.v !== 1 || !isLabelsPerPhoto(labels.labelsPerPhoto) || !areKeys(labels.photos)) {
    throw new JobError('The labels are not of version 1. Remove them: they are bought again.')
  }
  // Labels stored before November 2026 do not say of which photos they are.
  const of = labels.photos ?? photos
  const isOfThese = of.length === photos.length && of.every((key, index) => key === photos[index])
  return isOfThese ? labels.labelsPerPhoto : undefined
}

function read(bytes: Uint8Array): unknown {
  try {
    return decodeJson(bytes)
  } catch (cause) {
    throw new JobError('What is stored is not JSON. It was not written by this program: remove it.', { cause })
  }
}

function isJob(value: unknown): value is StoredJob {
  if (!isRecord(value) || value.v !== 2 || !isTweet(value.tweet) || typeof value.name !== 'string') return false
  if (value.bill !== undefined && !isBill(value.bill)) return false
  return value.name !== LABEL_PHOTOS || isStoredPhotos(value.data, photosPrefix(value.tweet))
}

/** Only what was stored for this tweet: whoever can write a job cannot have another's photos looked at. */
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
