import type { BlobStore, ImageLabeler, Label, LabelOptions, LabelResult } from '@hexbird/core'
import { commonParents } from './common-parents.js'
import { type Keyword, readKeywords } from './photo-keywords.js'

/** What a `KeywordImageLabeler` may be told. */
export interface KeywordImageLabelerOptions {
  /** The wider kinds of a keyword, by the keyword in lower case: `commonParents` where it is left out. */
  readonly parents?: Readonly<Record<string, readonly string[]>>
}

/** A keyword was written by somebody who knows. */
const CONFIDENCE = 99

/**
 * Recognises on a photo what its own keywords say, as photo programs write them into the file: XMP `dc:subject` and
 * `lr:hierarchicalSubject` (`Animal|Mammal|Dog` gives the dog its parents) in a JPEG or a PNG, and IPTC keywords in a
 * JPEG. Each keyword is a label of confidence 99, in the order of the file.
 *
 * For development and tests: the real X strips such data from every photo, so nothing that comes from it has keywords.
 */
export class KeywordImageLabeler implements ImageLabeler {
  readonly #blobs: Pick<BlobStore, 'get'>
  readonly #parents: ReadonlyMap<string, readonly string[]>

  constructor(blobs: Pick<BlobStore, 'get'>, { parents = commonParents }: KeywordImageLabelerOptions = {}) {
    this.#blobs = blobs
    this.#parents = new Map(Object.entries(parents))
  }

  async label(blobKey: string, { max, minConfidence }: LabelOptions): Promise<LabelResult> {
    const blob = await this.#blobs.get(blobKey)
    if (!blob) return { kind: 'unreadable', detail: `there is no photo under ${blobKey}` }
    const keywords = readKeywords(blob.bytes)
    if (!keywords) return { kind: 'unreadable', detail: 'neither a whole JPEG nor a whole PNG' }
    const sure = minConfidence <= CONFIDENCE ? keywords.slice(0, max) : []
    return { kind: 'labels', labels: sure.map((keyword) => this.#label(keyword)) }
  }

  #label({ name, parents }: Keyword): Label {
    const known = parents.length > 0 ? parents : (this.#parents.get(name.toLowerCase()) ?? [])
    return { name, confidence: CONFIDENCE, parents: [...known] }
  }
}
