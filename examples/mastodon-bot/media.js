import { photoType } from '@hexbird/core/adapter'
import { TIMES } from '@hexbird/core/host'

/** @import { Photo } from '@hexbird/core' */
/** @import { FetchResult, MediaFetcher } from '@hexbird/core/adapter' */

const MOST_BYTES = 5 * 1024 * 1024

/**
 * Photos from one server's media host and from nowhere else: Mastodon keeps copies there of what other servers have.
 *
 * @implements {MediaFetcher}
 */
export class MastodonMedia {
  #origin

  /** @param {{ origin: string }} options such as `https://files.mastodon.example` */
  constructor({ origin }) {
    this.#origin = origin
  }

  /**
   * @param {Photo} photo
   * @returns {Promise<FetchResult>}
   */
  async fetch({ url }) {
    if (!URL.canParse(url) || new URL(url).origin !== this.#origin) return unreadable('host-not-allowed', url)
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMES.fetchTimeout) })
    if (answer.status >= 300 && answer.status < 400) return unreadable('redirected', url)
    if (answer.status === 404 || answer.status === 410) return unreadable('gone', url)
    if (!answer.ok || !answer.body) throw new Error(`The media host answered ${answer.status}. Try again.`)
    const bytes = await atMost(MOST_BYTES, answer.body)
    if (!bytes) return unreadable('too-large', url)
    const type = photoType(bytes)
    return type ? { kind: 'fetched', bytes, type } : unreadable('not-an-image', url)
  }
}

/**
 * @param {Extract<FetchResult, { kind: 'unreadable' }>['reason']} reason
 * @param {string} url
 * @returns {FetchResult}
 */
const unreadable = (reason, url) => ({ kind: 'unreadable', reason, detail: url })

/**
 * Whole, or `undefined` as soon as there is more.
 *
 * @param {number} most
 * @param {ReadableStream<Uint8Array>} body
 */
async function atMost(most, body) {
  const parts = []
  let length = 0
  for await (const part of body) {
    parts.push(part)
    length += part.length
    if (length > most) return undefined
  }
  return new Uint8Array(Buffer.concat(parts))
}
