import type { ImageLabeler, LabelResult } from '../ports/image-labeler.js'

/**
 * Asks one labeler after the other until one recognises something, and the rest not at all. A photo that any of them can
 * read is readable. Where one cannot be asked that is thrown: the next is for photos of nothing, not for outages.
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
