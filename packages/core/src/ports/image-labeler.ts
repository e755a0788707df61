import type { Label } from '../domain/label.js'

/** Labels stored photos. */
export interface ImageLabeler {
  /**
   * Returns the labels of the photo under `blobKey`, by descending confidence: at most `max`, none below
   * `minConfidence` (0 to 100). Throws if the labeler cannot be reached; an empty list means that it recognized
   * nothing.
   */
  label(blobKey: string, options: LabelOptions): Promise<LabelResult>
}

/** The maximum number of labels, and their minimum confidence (0 to 100). */
export interface LabelOptions {
  readonly max: number
  readonly minConfidence: number
  /** The photo's alt text. A labeler may ignore it. */
  readonly altText?: string
}

/** The result of labeling a photo. */
export type LabelResult =
  | { readonly kind: 'labels'; readonly labels: readonly Label[] }
  /** The photo does not exist, or is not an image that the labeler can read. */
  | { readonly kind: 'unreadable'; readonly detail: string }
