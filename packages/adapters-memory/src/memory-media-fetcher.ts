import type { Photo } from '@hexbird/core'
import type { FetchResult, MediaFetcher } from '@hexbird/core/adapter'
import { photoType } from '@hexbird/core/adapter'

/** The answer of X's media host for one address, in memory. */
export interface ServedMedia {
  /** Default: 200. */
  readonly status?: number
  readonly bytes?: Uint8Array
  /** The length that the answer's header claims. */
  readonly contentLength?: number
}

/** The host's status may be temporary, or the connection was cut: try again. */
export class MediaUnreachableError extends Error {
  override readonly name = 'MediaUnreachableError'
  readonly code = 'MEDIA_UNREACHABLE'
}

const HOST = 'pbs.twimg.com'
const MOST_BYTES = 5 * 1024 * 1024

/**
 * X's media host in memory. The map has the host's answer for each address; a missing address is gone. It is as strict
 * about addresses as a fetcher that uses the network.
 */
export class MemoryMediaFetcher implements MediaFetcher {
  readonly #served: ReadonlyMap<string, ServedMedia | 'cut'>
  #requests = 0

  /** Each fetch reads the map, so later changes to it count. */
  constructor(served: ReadonlyMap<string, ServedMedia | 'cut'>) {
    this.#served = served
  }

  /** The number of requests for allowed addresses. */
  get requests(): number {
    return this.#requests
  }

  async fetch({ url }: Photo): Promise<FetchResult> {
    if (!isOnMediaHost(url)) return unreadable('host-not-allowed', `only https://${HOST}/ is fetched from`)
    this.#requests += 1
    const media = this.#served.get(url) ?? { status: 404 }
    if (media === 'cut') throw new MediaUnreachableError(`the connection to ${HOST} was cut: try again later`)
    const { status = 200, bytes = new Uint8Array(), contentLength = bytes.length } = media
    if (status === 404 || status === 410) return unreadable('gone', `${HOST} answered ${status}`)
    if (status >= 300 && status < 400) return unreadable('redirected', `${HOST} answered ${status}`)
    if (status !== 200) throw new MediaUnreachableError(`${HOST} answered ${status}: try again later`)
    if (Math.max(bytes.length, contentLength) > MOST_BYTES) return unreadable('too-large', 'more than 5 MB')
    const type = photoType(bytes)
    if (type === undefined) return unreadable('not-an-image', 'neither a JPEG nor a PNG')
    return { kind: 'fetched', bytes: bytes.slice(), type }
  }
}

type Unreadable = Extract<FetchResult, { kind: 'unreadable' }>

const unreadable = (reason: Unreadable['reason'], detail: string): Unreadable => ({
  kind: 'unreadable',
  reason,
  detail,
})

function isOnMediaHost(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, host, username, password } = new URL(address)
  return protocol === 'https:' && host === HOST && username === '' && password === ''
}
