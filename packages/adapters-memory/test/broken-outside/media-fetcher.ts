import type { Photo } from '@hexbird/core'
import type { FetchResult } from '@hexbird/core/adapter'
import type { MediaAnswer, MediaFetcherHarness } from '@hexbird/core/contracts'
import { MemoryMediaFetcher, type ServedMedia } from '../../src/memory-media-fetcher.js'
import type { Faults } from './faults.js'

export function memoryMediaFetcher(): MediaFetcherHarness {
  const served = new Map<string, ServedMedia | 'cut'>()
  const fetcher = new MemoryMediaFetcher(served)
  return {
    fetcher,
    requests: () => fetcher.requests,
    serve(answer) {
      const url = `https://pbs.twimg.com/media/${served.size}.jpg`
      served.set(url, asServed(answer))
      return { url }
    },
  }
}

function asServed(answer: MediaAnswer): ServedMedia | 'cut' {
  if (answer === 'cut') return answer
  const { status, headers, body } = answer
  return { status, bytes: body, contentLength: Number(headers['content-length'] ?? body.length) }
}

type Unreadable = Extract<FetchResult, { kind: 'unreadable' }>

/** What `otherwise` gives takes the place of what the fetcher gives, or throws, where there is something. */
const seeing =
  (otherwise: (photo: Photo, result: FetchResult | Error, harness: MediaFetcherHarness) => FetchResult | undefined) =>
  (harness: MediaFetcherHarness): MediaFetcherHarness => ({
    ...harness,
    fetcher: {
      async fetch(photo) {
        const result = await harness.fetcher.fetch(photo).catch((error: unknown) => error as Error)
        const seen = otherwise(photo, result, harness) ?? result
        if (seen instanceof Error) throw seen
        return seen
      },
    },
  })

const fetched = (result: FetchResult | Error, change: (bytes: Uint8Array) => Uint8Array): FetchResult | undefined =>
  'kind' in result && result.kind === 'fetched' ? { ...result, bytes: change(result.bytes) } : undefined

const ANYTHING: FetchResult = { kind: 'fetched', bytes: new Uint8Array([0xff, 0xd8, 0xff]), type: 'image/jpeg' }

const taking = (reason: Unreadable['reason'], as: FetchResult = ANYTHING) =>
  seeing((_, result) => ('reason' in result && result.reason === reason ? as : undefined))

/** Another check of the address takes the place of the one by parts. */
const allowing = (allowed: (url: string) => boolean) =>
  seeing(({ url }, result) =>
    'reason' in result && result.reason === 'host-not-allowed' && allowed(url) ? ANYTHING : undefined,
  )

/** The same, but for answers that a served photo gives to anybody. */
const answering = (statuses: readonly number[], as: FetchResult) => (harness: MediaFetcherHarness) => {
  const met = new Set<string>()
  return {
    ...seeing(({ url }) => (met.has(url) ? as : undefined))(harness),
    async serve(answer: MediaAnswer) {
      const photo = await harness.serve(answer)
      if (answer !== 'cut' && statuses.includes(answer.status)) met.add(photo.url)
      return photo
    },
  }
}

const notReadable = (reason: Unreadable['reason']): FetchResult => ({ kind: 'unreadable', reason, detail: '' })
const NO_OTHER_HOST = 'nothing is asked of any other host'
const redirects = [301, 302, 303, 307, 308].map((status) => `a redirect (${status}) is not followed`)
const outages = [500, 502, 503, 504, 429]

export const MEDIA_FETCHER_FAULTS: Faults<MediaFetcherHarness> = {
  'the last byte is missing': {
    noticedBy: ['a JPEG is fetched, byte for byte', 'a PNG is fetched, byte for byte'],
    breaks: seeing((_, result) => fetched(result, (bytes) => bytes.slice(0, -1))),
  },
  'the bytes go through text': {
    noticedBy: ['a JPEG is fetched, byte for byte', 'a PNG is fetched, byte for byte'],
    breaks: seeing((_, result) => fetched(result, (bytes) => bytes.map((byte) => byte & 0x7f))),
  },
  'everything is a JPEG': {
    noticedBy: ['a PNG is fetched, byte for byte', 'what a photo is its first bytes say, not its header'],
    breaks: seeing((_, result) => ('type' in result ? { ...result, type: 'image/jpeg' } : undefined)),
  },
  'a photo of unknown length is not waited for': {
    noticedBy: ['a photo whose length is not told in advance is fetched'],
    breaks: seeing((_, result) =>
      fetched(result, (bytes) => (bytes.length === 300_000 ? bytes.slice(0, 65_536) : bytes)),
    ),
  },
  'the limit is 4 MB': {
    noticedBy: ['a photo of 5,000,000 bytes is fetched'],
    breaks: seeing((_, result) =>
      'bytes' in result && result.bytes.length > 4_000_000 ? notReadable('too-large') : undefined,
    ),
  },
  'the header is believed': {
    noticedBy: [
      'a page is no image, whatever its header says',
      'a GIF is no image, whatever its header says',
      'a WebP is no image, whatever its header says',
      'half a signature is no image, whatever its header says',
      'nothing at all is no image',
    ],
    breaks: taking('not-an-image'),
  },
  'there is no limit': {
    noticedBy: [
      'a photo that says it is too large is refused before it is read',
      'a photo that turns out to be too large is refused',
    ],
    breaks: taking('too-large'),
  },
  'what is gone is an image that cannot be read': {
    noticedBy: ['a photo that X answers 404 for is gone', 'a photo that X answers 410 for is gone'],
    breaks: taking('gone', notReadable('not-an-image')),
  },
  'redirects are followed': {
    noticedBy: redirects,
    breaks: taking('redirected'),
  },
  'redirects are followed, and refused where they lead': {
    noticedBy: redirects,
    breaks: (harness) => {
      let more = 0
      const counting = seeing((_, result) => {
        if ('reason' in result && result.reason === 'redirected') more += 1
        return undefined
      })(harness)
      return { ...counting, requests: () => harness.requests() + more }
    },
  },
  'an outage is a photo that is gone': {
    noticedBy: outages.map((status) => `an outage (${status}) is a throw: the photo may be there`),
    breaks: answering(outages, notReadable('gone')),
  },
  'an error page is a photo': {
    noticedBy: outages.map((status) => `an outage (${status}) is a throw: the photo may be there`),
    breaks: answering(outages, ANYTHING),
  },
  'a cut connection is a photo that is gone': {
    noticedBy: ['a connection that is cut is a throw: the photo may be there'],
    breaks: seeing((_, result) => (result instanceof Error ? notReadable('gone') : undefined)),
  },
  'an address is allowed by how it begins': {
    noticedBy: [NO_OTHER_HOST],
    breaks: allowing((url) => url.startsWith('https://pbs.twimg.com')),
  },
  'an address is allowed by what it contains': {
    noticedBy: [NO_OTHER_HOST],
    breaks: allowing((url) => url.includes('pbs.twimg.com')),
  },
  'a host is allowed by how it ends': {
    noticedBy: [NO_OTHER_HOST],
    breaks: allowing((url) => /^https:\/\/[^/@:\\#]*pbs\.twimg\.com\//.test(url)),
  },
  'any host of X is allowed': {
    noticedBy: [NO_OTHER_HOST],
    breaks: allowing((url) => /^https:\/\/\w+\.twimg\.com\//.test(url)),
  },
  'any protocol is allowed': {
    noticedBy: [NO_OTHER_HOST],
    breaks: allowing((url) => /^\w+:\/\/pbs\.twimg\.com\//.test(url)),
  },
  'any port is allowed': {
    noticedBy: [NO_OTHER_HOST],
    breaks: allowing(
      (url) => URL.canParse(url) && new URL(url).hostname === 'pbs.twimg.com' && url.startsWith('https'),
    ),
  },
  'an address is asked, and then refused': {
    noticedBy: [NO_OTHER_HOST],
    breaks: (harness) => {
      let more = 0
      const counting = seeing((_, result) => {
        if ('reason' in result && result.reason === 'host-not-allowed') more += 1
        return undefined
      })(harness)
      return { ...counting, requests: () => harness.requests() + more }
    },
  },
}
