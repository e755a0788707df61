import type { PhotoType } from '../domain/photo-type.js'
import type { Photo } from '../domain/tweet.js'

/** Fetches a tweet's photo from X, and only from X. */
export interface MediaFetcher {
  /**
   * Fetches the photo's bytes: at most 5 MB, and a JPEG or PNG, judging by the first bytes. Uses only HTTPS on X's own
   * media host, follows no redirect, and has a timeout. Throws on an outage: a retry may then succeed.
   */
  fetch(photo: Photo): Promise<FetchResult>
}

/** The photo, or why it can never be used. */
export type FetchResult =
  | { readonly kind: 'fetched'; readonly bytes: Uint8Array; readonly type: PhotoType }
  | {
      readonly kind: 'unreadable'
      readonly reason: 'host-not-allowed' | 'redirected' | 'too-large' | 'not-an-image' | 'gone'
      readonly detail: string
    }
