import type { ImageLabeler, Label, LabelOptions, LabelResult } from '@hexbird/core'
import type { BlobStore } from '@hexbird/core/adapter'
import { namesIn } from './alt-text-names.js'
import { commonParents } from './common-parents.js'
import { type Keyword, readKeywords } from './photo-keywords.js'

/** Options of a `KeywordImageLabeler`. */
export interface KeywordImageLabelerOptions {
  /** The wider kinds of a keyword, by the keyword in lower case. Default: `commonParents`. */
  readonly parents?: Readonly<Record<string, readonly string[]>>
  /** Whether kinds of `parents` that the author names in the alt text are labels too. Default: true. */
  readonly readsAltText?: boolean
}

/** A person wrote the keyword, so it's almost certainly right. */
const CONFIDENCE = 99

/**
 * Labels a photo by the keywords that photo programs write into its file: XMP `dc:subject` and `lr:hierarchicalSubject`
 * (`Animal|Mammal|Dog` gives the dog its parents) in a JPEG or a PNG, and IPTC keywords in a JPEG. After them come the
 * kinds of `parents` that the alt text names: "Two dogs on a beach" names a dog. Each is a label with confidence 99, in
 * that order.
 *
 * The real X strips keywords from every photo, so only the alt text counts there.
 */
export class KeywordImageLabeler implements ImageLabeler {
  readonly #blobs: Pick<BlobStore, 'get'>
  readonly #parents: ReadonlyMap<string, readonly string[]>
  readonly #readsAltText: boolean

  constructor(blobs: Pick<BlobStore, 'get'>, options: KeywordImageLabelerOptions = {}) {
    this.#blobs = blobs
    this.#parents = new Map(Object.entries(options.parents ?? commonParents))
    this.#readsAltText = options.readsAltText ?? true
  }

  async label(blobKey: string, { max, minConfidence, altText = '' }: LabelOptions): Promise<LabelResult> {
    const blob = await this.#blobs.get(blobKey)
    if (!blob) return { kind: 'unreadable', detail: `there is no photo under ${blobKey}` }
    const keywords = readKeywords(blob.bytes)
    if (!keywords) return { kind: 'unreadable', detail: 'neither a whole JPEG nor a whole PNG' }
    if (minConfidence > CONFIDENCE) return { kind: 'labels', labels: [] }
    const known = new Set(keywords.map(({ name }) => name.toLowerCase()))
    const named = this.#readsAltText ? namesIn(altText, this.#parents) : []
    const added = named.filter((name) => !known.has(name.toLowerCase())).map((name) => ({ name, parents: [] }))
    return { kind: 'labels', labels: [...keywords, ...added].slice(0, max).map((keyword) => this.#label(keyword)) }
  }

  #label({ name, parents }: Keyword): Label {
    const known = parents.length > 0 ? parents : (this.#parents.get(name.toLowerCase()) ?? [])
    return { name, confidence: CONFIDENCE, parents: [...known] }
  }
}
