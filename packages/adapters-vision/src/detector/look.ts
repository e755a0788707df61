import { mayBeBird } from './labels.js'
import { decodePhoto } from './photo.js'

/** What is seen on a photo, or why it is none. */
export type Seen =
  /**
   * By COCO's numbers: how surely the kind is on the photo, 0 to 1, in the place where it is surest. `fromAfar` is for the
   * photo with a margin around it, where it may show a bird.
   */
  | { readonly kind: 'scores'; readonly scores: Float32Array; readonly fromAfar?: Float32Array }
  | { readonly kind: 'unreadable'; readonly detail: string }

/** Decodes a photo and looks at it: twice, if what it shows may be a bird. */
export async function look(bytes: Uint8Array, scoresOf: (pixels: Uint8Array) => Float32Array): Promise<Seen> {
  const near = await decodePhoto(bytes)
  if (near.kind === 'unreadable') return near
  const scores = scoresOf(near.pixels)
  if (!mayBeBird(scores)) return { kind: 'scores', scores }
  const far = await decodePhoto(bytes, { hasMargin: true })
  return far.kind === 'unreadable' ? far : { kind: 'scores', scores, fromAfar: scoresOf(far.pixels) }
}
