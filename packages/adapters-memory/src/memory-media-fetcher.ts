import type { Photo } from '@hexbird/core'
import type { FetchResult, MediaFetcher } from '@hexbird/core/adapter'
import { photoType } from '@hexbird/core/adapter'

/** What X's media host answers for one address, in memory. */
export interface ServedMedia {
  /** 200 where it is left out. */
  readonly status?: number
  readonly bytes?: Uint8Array
  /** The length that the answer claims in advance. */
  readonly contentLength?: number
}

/** `status` is worth trying again, or the connection was cut. */
export class MediaUnreachableError extends Error {
  override readonly name = 'MediaUnreachableError'
  readonly code = 'MEDIA_UNREACHABLE'
}

const HOST = 'pbs.twimg.com'
const MOST_BYTES = 5 * 1024 * 1024

/**
 * X's media host in memory: what the map holds for an address is what the host answers; an address that it does not
 * hold is gone. It is as strict about addresses as a fetcher that goes out to the network has to be.
 */
export class MemoryMediaFetcher implements MediaFetcher {
  readonly #served: ReadonlyMap<string, ServedMedia | 'cut'>
  #requests = 0

  /** The map is read at each fetch, so what is put in or taken out later counts. */
  constructor(served: ReadonlyMap<string, ServedMedia | 'cut'>) {
    this.#served = served
  }

  /** How many addresses were asked for that a fetcher may ask for. */
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
