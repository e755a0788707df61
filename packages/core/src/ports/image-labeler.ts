import type { Label } from '../domain/label.js'

/** Says what is on a stored photo. */
export interface ImageLabeler {
  /**
   * The surest labels of the photo under `blobKey`: at most `max`, none below `minConfidence` (0 to 100), the surest
   * first. A throw means that the labeler could not be asked; that is never "nothing recognised".
   */
  label(blobKey: string, options: LabelOptions): Promise<LabelResult>
}

/** How many labels at most, and how sure at least (0 to 100). */
export interface LabelOptions {
  readonly max: number
  readonly minConfidence: number
  /** What the author says of the photo. A labeler may read it, and need not. */
  readonly altText?: string
}

/** What the labeler says of a photo. */
export type LabelResult =
  | { readonly kind: 'labels'; readonly labels: readonly Label[] }
  /** The photo is there but is no image that the labeler can read, or there is no such photo. */
  | { readonly kind: 'unreadable'; readonly detail: string }
