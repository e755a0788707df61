import type { LabelOptions, LabelResult } from '@hexbird/core'
import type { BlobStore } from '@hexbird/core/adapter'
import { DetectorError } from './errors.js'
import { labelsOf, type Thing } from './labels.js'

/** What is on a photo, or why it is none. */
export type Things =
  | { readonly kind: 'things'; readonly things: readonly Thing[] }
  | { readonly kind: 'unreadable'; readonly detail: string }

/** What the photo under `blobKey` shows, by what `see` says of its bytes. */
export async function labelPhoto(
  blobs: Pick<BlobStore, 'get'>,
  see: (bytes: Uint8Array) => Promise<Things>,
  blobKey: string,
  options: LabelOptions,
): Promise<LabelResult> {
  check(options)
  const blob = await blobs.get(blobKey)
  if (!blob) return { kind: 'unreadable', detail: `there is no photo under ${blobKey}` }
  const seen = await see(blob.bytes)
  return seen.kind === 'things' ? { kind: 'labels', labels: labelsOf(seen.things, options) } : seen
}

function check({ max, minConfidence }: LabelOptions): void {
  if (!(Number.isSafeInteger(max) && max >= 1)) {
    throw new DetectorError('DETECTOR_INPUT_INVALID', `max must be a whole number from 1; it is ${max}.`)
  }
  if (!(minConfidence >= 0 && minConfidence <= 100)) {
    throw new DetectorError('DETECTOR_INPUT_INVALID', `minConfidence must be 0 to 100; it is ${minConfidence}.`)
  }
}
