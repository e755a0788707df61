import type { Deferral, ImageUpload, Locked, UploadRefusal, UploadResult } from '@hexbird/core/adapter'
import { detailOf, isRefusal, isSuccess, refusalOf } from './answers.js'
import { checkedId } from './checks.js'
import { type Access, type Exchange, exchange, type XCall } from './exchange.js'
import { type Fields, isId, objectOf, problemOf, textOf } from './problem.js'

/** How an upload is made. */
export interface UploadSettings {
  /** Milliseconds for all of it: every request, and waiting until X has processed the image. */
  readonly timeoutMs: number
  readonly now: () => number
  /** Waits `ms` milliseconds. */
  readonly wait: (ms: number) => Promise<unknown>
}

/** Bytes in one request; X accepts up to 5 MB: docs.x.com/x-api/media/quickstart. */
const SEGMENT = 1024 * 1024
const MOST_BYTES = 5 * 1024 * 1024

/** How long X keeps an image that no tweet has, where it does not say so: its pages show a day. */
const LIFETIME_S = 86_400

/** Where X does not say when to ask again. */
const CHECK_AFTER_S = 1

type Failed = Exclude<UploadResult, { readonly kind: 'uploaded' }>
type Step = { readonly kind: 'done'; readonly data: Fields } | Failed

/**
 * X's chunked upload: initialize, append, finalize, the status until X has processed it, and the alt text. X drops an
 * unfinished upload after a while; a later call starts a new one.
 *
 * @see https://docs.x.com/x-api/media/quickstart/media-upload-chunked
 */
export async function uploadImage(access: Access, image: ImageUpload, settings: UploadSettings): Promise<UploadResult> {
  const { bytes, type, alt } = image
  if (bytes.length > MOST_BYTES) return refused('rejected', `File size exceeds ${MOST_BYTES} bytes.`)
  const endsAt = performance.now() + settings.timeoutMs
  const call = (one: XCall) => step(access, one, endsAt, settings.now)

  const begun = await call({
    method: 'POST',
    path: 'media/upload/initialize',
    body: { media_type: type, total_bytes: bytes.length, media_category: 'tweet_image' },
  })
  if (begun.kind !== 'done') return begun
  const mediaId = isId(begun.data.id) ? begun.data.id : undefined
  if (mediaId === undefined) return unreachable('X began an upload and gave no id for it.')
  const path = `media/upload/${checkedId(mediaId)}`

  for (let at = 0; at < bytes.length; at += SEGMENT) {
    const media = Buffer.from(bytes.subarray(at, at + SEGMENT))
    const body = { segment_index: at / SEGMENT, media }
    const added = await call({ method: 'POST', path: `${path}/append`, body, form: 'multipart' })
    if (added.kind !== 'done') return added
  }

  const finalizedAt = settings.now()
  const finalized = await call({ method: 'POST', path: `${path}/finalize` })
  if (finalized.kind !== 'done') return finalized
  const failed = await processed(finalized.data, mediaId, { call, endsAt, wait: settings.wait })
  if (failed) return failed

  const described = await call({
    method: 'POST',
    path: 'media/metadata',
    body: { id: mediaId, metadata: { alt_text: { text: alt } } },
  })
  if (described.kind !== 'done') return described
  const seconds = numberOf(finalized.data.expires_after_secs) ?? LIFETIME_S
  return { kind: 'uploaded', mediaId, expiresAt: finalizedAt + seconds * 1000 }
}

interface Processing {
  readonly call: (call: XCall) => Promise<Step>
  readonly endsAt: number
  readonly wait: UploadSettings['wait']
}

/** Waits until X has processed the image; gives what went wrong. Without `processing_info` nothing has to be waited for. */
async function processed(
  finalized: Fields,
  mediaId: string,
  { call, endsAt, wait }: Processing,
): Promise<Failed | undefined> {
  for (let data = finalized; ; ) {
    const info = objectOf(data.processing_info)
    const state = textOf(info?.state) ?? 'succeeded'
    if (state === 'succeeded') return undefined
    if (state === 'failed') {
      return refused('processing-failed', problemOf(info?.error).detail || 'X failed to process the image.')
    }
    const ms = (numberOf(info?.check_after_secs) ?? CHECK_AFTER_S) * 1000
    if (performance.now() + ms >= endsAt) return unreachable('X has not processed the image in time.')
    await wait(ms)
    const asked = await call({ method: 'GET', path: 'media/upload', query: { command: 'STATUS', media_id: mediaId } })
    if (asked.kind !== 'done') return asked
    data = asked.data
  }
}

async function step(access: Access, call: XCall, endsAt: number, now: () => number): Promise<Step> {
  const timeLeft = Math.max(1, endsAt - performance.now())
  return stepOf(await exchange(access, timeLeft, call), now())
}

function stepOf(came: Exchange, now: number): Step {
  if (came.kind === 'unanswered') return unreachable(came.detail)
  const { status, body } = came
  const detail = detailOf(status, problemOf(body).detail)
  if (isRefusal(status)) return refusedStep(came, detail, now)
  // An append is answered with an empty body.
  if (isSuccess(status) && came.complete) return { kind: 'done', data: objectOf(objectOf(body)?.data) ?? {} }
  return unreachable(detail)
}

/**
 * A 400 is about the image or its alt text. Another refusal that says nothing of either, such as a 403 for an app that may
 * not upload, is for a person to mend.
 */
function refusedStep(came: Extract<Exchange, { kind: 'answered' }>, detail: string, now: number): Step {
  const meant = refusalOf(came, now)
  if (meant.kind === 'deferred') return meant
  if (meant.kind === 'locked') return { ...meant, detail } satisfies Locked
  const isAboutImage = [400, 413, 415, 422].includes(came.status)
  return isAboutImage ? refused('rejected', detail) : { kind: 'deferred', reason: 'unauthorized', detail }
}

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined

const refused = (reason: UploadRefusal, detail: string) => ({ kind: 'refused', reason, detail }) as const

const unreachable = (detail: string): Deferral => ({ kind: 'deferred', reason: 'unreachable', detail })
