import type { PhotoType } from '../domain/photo-type.js'
import type { Photo } from '../domain/tweet.js'

/** Fetches a tweet's photo from X, and from nowhere else. */
export interface MediaFetcher {
  /**
   * The photo's bytes: at most 5 MB, a JPEG or a PNG by its first bytes. Only https on X's own media host, no redirect,
   * within a time limit. A throw means an outage: it is worth trying again.
   */
  fetch(photo: Photo): Promise<FetchResult>
}

/** The photo, or why there is none that could be looked at, now or later. */
export type FetchResult =
  | { readonly kind: 'fetched'; readonly bytes: Uint8Array; readonly type: PhotoType }
  | {
      readonly kind: 'unreadable'
      readonly reason: 'host-not-allowed' | 'redirected' | 'too-large' | 'not-an-image' | 'gone'
      readonly detail: string
    }
