import type { Agent, ClientRequest, IncomingMessage } from 'node:http'
import { request } from 'node:https'
import type { Photo } from '@hexbird/core'
import { type FetchResult, type MediaFetcher, photoType } from '@hexbird/core/adapter'
import { TIMES } from '@hexbird/core/host'
import { XError } from './errors.js'
import { defaultAgent } from './exchange.js'

/** What an `HttpsMediaFetcher` may be told. */
export interface HttpsMediaFetcherOptions {
  /** Default: one that all share, and that keeps connections open. `agentTo` for a local X; what is asked of whom stays. */
  readonly agent?: Agent
  /** Milliseconds for one photo, whole. Default `TIMES.fetchTimeout`. */
  readonly timeoutMs?: number
}

const HOST = 'pbs.twimg.com'

/** The key is all that is taken from an address: what is asked for is written here. */
const PHOTO_URL =
  /^https:\/\/pbs\.twimg\.com\/media\/([A-Za-z0-9_-]{1,100})(?:\.[a-z]{3,4})?(?::[a-z0-9]+)?(?:\?[\w=&%.-]*)?$/

/** 5 MB, the most that X takes for a photo and Rekognition inline. */
const MOST_BYTES = 5 * 1024 * 1024

/**
 * Photos from `https://pbs.twimg.com/media/<key>?format=jpg&name=large` (at most 2048 pixels a side), and from nowhere
 * else.
 *
 * @see https://docs.x.com/x-api/fundamentals/data-dictionary
 */
export class HttpsMediaFetcher implements MediaFetcher {
  readonly #agent: Agent
  readonly #timeoutMs: number

  constructor({ agent = defaultAgent(), timeoutMs = TIMES.fetchTimeout }: HttpsMediaFetcherOptions = {}) {
    this.#agent = agent
    this.#timeoutMs = timeoutMs
  }

  /** @throws XError where the photo may be there and could not be had. */
  async fetch(photo: Photo): Promise<FetchResult> {
    const key = PHOTO_URL.exec(photo.url)?.[1]
    if (key === undefined) {
      return unreadable('host-not-allowed', `Photos are fetched from https://${HOST}/media/ alone.`)
    }
    return this.#get(`/media/${key}?format=jpg&name=large`)
  }

  async #get(path: string): Promise<FetchResult> {
    const sent = request({
      host: HOST,
      path,
      agent: this.#agent,
      // Whatever the environment says about certificates.
      rejectUnauthorized: true,
      headers: { accept: 'image/jpeg, image/png', 'accept-encoding': 'identity' },
    })
    let late = false
    const timer = setTimeout(() => {
      late = true
      sent.destroy(new Error(`The photo did not come whole within ${this.#timeoutMs} ms.`))
    }, this.#timeoutMs)
    try {
      return await read(await responseTo(sent))
    } catch (error) {
      if (error instanceof XError) throw error
      const [code, what] = late
        ? (['MEDIA_TIMEOUT', `did not send the photo whole within ${this.#timeoutMs} ms`] as const)
        : (['MEDIA_UNREACHABLE', 'was not reached, or the connection was cut'] as const)
      throw new XError(code, `${HOST} ${what}. Try again.`, { cause: error })
    } finally {
      clearTimeout(timer)
    }
  }
}

function responseTo(asked: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asked.once('response', resolve)
    asked.on('error', reject)
    asked.once('close', () => reject(new Error('The connection was closed without an answer.')))
    asked.end()
  })
}

async function read(response: IncomingMessage): Promise<FetchResult> {
  const result = await resultOf(response)
  // What is not wanted is not read either.
  if (!response.complete) response.destroy()
  return result
}

async function resultOf(response: IncomingMessage): Promise<FetchResult> {
  const { statusCode: status = 0, headers } = response
  if (status >= 300 && status < 400) return unreadable('redirected', `${HOST} answered ${status} with another address.`)
  if (GONE.includes(status)) return unreadable('gone', `${HOST} answered ${status}.`)
  if (status !== 200) {
    response.destroy()
    throw new XError('MEDIA_UNAVAILABLE', `${HOST} answered ${status}. Try again.`)
  }
  const length = headers['content-length']
  const bytes = await (length === undefined ? readUnknown(response) : readKnown(response, Number(length)))
  if (!bytes) return unreadable('too-large', `The photo is larger than ${MOST_BYTES} bytes.`)
  const type = photoType(bytes)
  return type ? { kind: 'fetched', bytes, type } : unreadable('not-an-image', 'The bytes are neither JPEG nor PNG.')
}

/** Not Found, Gone, Unavailable For Legal Reasons. Any other refusal may be about us, not about the photo. */
const GONE = [404, 410, 451]

/** Into one buffer, so that a photo is held once. Node sees to it that no more comes than was told. */
async function readKnown(response: IncomingMessage, length: number): Promise<Uint8Array | undefined> {
  if (length > MOST_BYTES) return undefined
  const bytes = new Uint8Array(length)
  let at = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

async function readUnknown(response: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > MOST_BYTES) return undefined
    chunks.push(chunk)
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

function unreadable(reason: Extract<FetchResult, { kind: 'unreadable' }>['reason'], detail: string): FetchResult {
  return { kind: 'unreadable', reason, detail }
}
