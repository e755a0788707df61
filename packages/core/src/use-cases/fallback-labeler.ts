import type { ImageLabeler, LabelResult } from '../ports/image-labeler.js'

/**
 * Combines labelers: tries them in order until one recognizes something. A photo counts as readable if any of them can
 * read it. If a labeler throws, the combined one throws too: later labelers are for photos without labels, not for
 * outages.
 */
export function fallbackLabeler(first: ImageLabeler, ...others: readonly ImageLabeler[]): ImageLabeler {
  return {
    async label(blobKey, options) {
      let best: LabelResult = await first.label(blobKey, options)
      for (const other of others) {
        if (best.kind === 'labels' && best.labels.length > 0) break
        const next = await other.label(blobKey, options)
        if (next.kind === 'labels' || best.kind === 'unreadable') best = next
      }
      return best
    },
  }
}
