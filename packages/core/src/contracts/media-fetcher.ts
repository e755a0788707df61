import type { Photo } from '../domain/tweet.js'
import type { FetchResult, MediaFetcher } from '../ports/media-fetcher.js'
import { type Contract, ContractError, expectEqual, expectRejected, expectTrue } from './case.js'

/** A fetcher, and a stand-in for X's media host. */
export interface MediaFetcherHarness {
  readonly fetcher: MediaFetcher
  /** Adds a photo to X's media host, which then answers requests for it like this, in any size and format. */
  serve(answer: MediaAnswer): Photo | Promise<Photo>
  /** Returns how many requests were made so far, to any host. */
  requests(): number
}

/** An HTTP response, or a connection that is cut before the response. */
export type MediaAnswer =
  | {
      readonly status: number
      /** Lower-case names. Without `content-length`, the body is streamed, so its length is not known in advance. */
      readonly headers: Readonly<Record<string, string>>
      readonly body: Uint8Array
    }
  | 'cut'

const JPEG = [0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0]
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]
const GIF = [0x47, 0x49, 0x46, 0x38, 0x39, 0x61]
const WEBP = [0x52, 0x49, 0x46, 0x46, 4, 0, 0, 0, 0x57, 0x45, 0x42, 0x50]
const HTML = [...'<!doctype html><title>Hello</title>'].map((letter) => letter.charCodeAt(0))

const MOST_BYTES = 5 * 1024 * 1024

/** Returns bytes that begin with `start` and continue with a varying pattern. */
function bytes(start: readonly number[], length: number): Uint8Array {
  const all = new Uint8Array(length)
  for (let index = 0; index < length; index += 1) all[index] = start[index] ?? index % 251
  return all
}

const ok = (body: Uint8Array, headers: Readonly<Record<string, string>> = {}): MediaAnswer => ({
  status: 200,
  headers: { 'content-type': 'image/jpeg', ...headers },
  body,
})

const withLength = (body: Uint8Array) => ok(body, { 'content-length': String(body.length) })

/** URLs that are not `https://pbs.twimg.com/…`, although some look like it. */
const ELSEWHERE: readonly string[] = [
  'https://evil.example/media/a.jpg',
  'http://pbs.twimg.com/media/a.jpg',
  'ftp://pbs.twimg.com/media/a.jpg',
  'https://pbs.twimg.com@evil.example/media/a.jpg',
  'https://pbs.twimg.com%2f@evil.example/media/a.jpg',
  'https://someone:secret@pbs.twimg.com/media/a.jpg',
  'https://evil.example\\@pbs.twimg.com/media/a.jpg',
  'https://evil.example/https://pbs.twimg.com/media/a.jpg',
  'https://evil.example#@pbs.twimg.com/media/a.jpg',
  'https://pbs.twimg.com:8443/media/a.jpg',
  'https://pbs.twimg.com:80/media/a.jpg',
  'https://pbs.twimg.com.evil.example/media/a.jpg',
  'https://evilpbs.twimg.com/media/a.jpg',
  'https://evil.pbs.twimg.com/media/a.jpg',
  'https://pbs-twimg.com/media/a.jpg',
  'https://twimg.com/media/a.jpg',
  'https://video.twimg.com/tweet_video/a.mp4',
  'https://xn--pbs-twimg-com.example/media/a.jpg',
  'https://127.0.0.1/media/a.jpg',
  'https://[::1]/media/a.jpg',
  'https://169.254.169.254/latest/meta-data/',
  'file:///etc/passwd',
  'data:image/png;base64,iVBORw0KGgo=',
  '//pbs.twimg.com/media/a.jpg',
  'pbs.twimg.com/media/a.jpg',
  '',
]

/** The contract of `MediaFetcher`. */
export const mediaFetcherContract: Contract<MediaFetcherHarness> = [
  {
    name: 'a JPEG is fetched, byte for byte',
    async check(make) {
      const body = bytes(JPEG, 100_000)
      expectFetched(await fetchAnswer(make, withLength(body)), body, 'image/jpeg')
    },
  },
  {
    name: 'a PNG is fetched, byte for byte',
    async check(make) {
      const body = bytes(PNG, 100_000)
      expectFetched(await fetchAnswer(make, withLength(body)), body, 'image/png')
    },
  },
  {
    name: 'a photo whose length is not told in advance is fetched',
    async check(make) {
      const body = bytes(JPEG, 300_000)
      expectFetched(await fetchAnswer(make, ok(body)), body, 'image/jpeg')
    },
  },
  {
    name: 'a photo of 5,000,000 bytes is fetched',
    async check(make) {
      const body = bytes(JPEG, 5_000_000)
      expectFetched(await fetchAnswer(make, withLength(body)), body, 'image/jpeg')
    },
  },
  {
    name: 'what a photo is its first bytes say, not its header',
    async check(make) {
      const body = bytes(PNG, 1000)
      expectFetched(await fetchAnswer(make, ok(body, { 'content-type': 'image/jpeg' })), body, 'image/png')
    },
  },
  ...(
    [
      ['a page', HTML],
      ['a GIF', GIF],
      ['a WebP', WEBP],
      ['half a signature', [0x89, 0x50, 0x4e, 0x47]],
    ] as const
  ).map(([what, start]) => ({
    name: `${what} is no image, whatever its header says`,
    check: async (make: Make) =>
      expectUnreadable(await fetchAnswer(make, withLength(bytes(start, 2000))), 'not-an-image'),
  })),
  {
    name: 'nothing at all is no image',
    async check(make) {
      expectUnreadable(await fetchAnswer(make, withLength(new Uint8Array())), 'not-an-image')
    },
  },
  {
    name: 'a photo that says it is too large is refused before it is read',
    async check(make) {
      const answer = ok(bytes(JPEG, 1000), { 'content-length': String(MOST_BYTES + 1) })
      expectUnreadable(await fetchAnswer(make, answer), 'too-large')
    },
  },
  {
    name: 'a photo that turns out to be too large is refused',
    async check(make) {
      expectUnreadable(await fetchAnswer(make, ok(bytes(JPEG, MOST_BYTES + 1))), 'too-large')
    },
  },
  ...[404, 410].map((status) => ({
    name: `a photo that X answers ${status} for is gone`,
    check: async (make: Make) =>
      expectUnreadable(await fetchAnswer(make, { status, headers: {}, body: new Uint8Array() }), 'gone'),
  })),
  ...[301, 302, 303, 307, 308].map((status) => ({
    name: `a redirect (${status}) is not followed`,
    async check(make: Make) {
      const harness = await make()
      const { url } = await harness.serve(withLength(bytes(JPEG, 1000)))
      for (const location of [url, 'https://evil.example/a.jpg', 'http://169.254.169.254/latest/meta-data/']) {
        const before = harness.requests()
        const photo = await harness.serve({ status, headers: { location }, body: new Uint8Array() })
        expectUnreadable(await harness.fetcher.fetch(photo), 'redirected')
        expectEqual(harness.requests() - before, 1, `requests for a redirect to ${location}`)
      }
    },
  })),
  ...[500, 502, 503, 504, 429].map((status) => ({
    name: `an outage (${status}) is a throw: the photo may be there`,
    async check(make: Make) {
      const body = bytes(JPEG, 1000)
      await expectOutage(fetchAnswer(make, { status, headers: { 'content-type': 'image/jpeg' }, body }))
    },
  })),
  {
    name: 'a connection that is cut is a throw: the photo may be there',
    async check(make) {
      await expectOutage(fetchAnswer(make, 'cut'))
    },
  },
  {
    name: 'nothing is asked of any other host',
    async check(make) {
      const harness = await make()
      for (const url of ELSEWHERE) {
        const result = await harness.fetcher.fetch({ url })
        expectTrue(
          result.kind === 'unreadable' && result.reason === 'host-not-allowed',
          `${url || 'an empty address'}: expected host-not-allowed, got ${result.kind === 'unreadable' ? result.reason : result.kind}`,
        )
        expectEqual(harness.requests(), 0, `requests for ${url || 'an empty address'}`)
      }
    },
  },
]

type Make = () => MediaFetcherHarness | Promise<MediaFetcherHarness>

async function fetchAnswer(make: Make, answer: MediaAnswer): Promise<FetchResult> {
  const { fetcher, serve } = await make()
  return fetcher.fetch(await serve(answer))
}

function expectFetched(result: FetchResult, body: Uint8Array, type: string): void {
  if (result.kind !== 'fetched') throw new ContractError(`expected the photo, got ${result.reason}: ${result.detail}`)
  expectEqual(result.type, type, 'type')
  expectEqual(result.bytes.length, body.length, 'length')
  expectTrue(
    result.bytes.every((byte, index) => byte === body[index]),
    'the bytes are not the ones that were served',
  )
}

function expectUnreadable(result: FetchResult, reason: string): void {
  expectEqual(result.kind === 'unreadable' ? result.reason : result.kind, reason, 'result')
}

async function expectOutage(fetching: Promise<FetchResult>): Promise<void> {
  const error = await expectRejected(fetching, 'fetch during an outage')
  expectTrue(error instanceof Error, 'an outage is thrown as an Error')
}
