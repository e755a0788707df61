import type { Agent, ClientRequest, IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { types } from 'node:util'
import { decodeDelivery, type Event } from '@hexbird/core'
import type { Inbox } from '@hexbird/core/adapter'
import { defined } from '@hexbird/core/util'
import { XError } from './errors.js'
import { defaultAgent } from './exchange.js'
import { type Line, LineReader } from './line-reader.js'
import { objectOf, type Problem, problemOf } from './problem.js'
import { limitedUntil } from './rate-limit.js'
import { type Outage, Reconnect } from './reconnect.js'

/** Where the stream leads to, and the time that it lives in. */
export interface XActivityStreamOptions {
  /** The app's own token: X takes no other for the stream. */
  readonly bearerToken: string
  /** Takes in what the stream brings. While it is busy, nothing more is read. */
  readonly inbox: Inbox
  /** Default: one that all share. `agentTo` for a local X. */
  readonly agent?: Agent
  /** Hears what the stream notices. What it throws is ignored. */
  readonly onEvent?: (event: ActivityStreamEvent) => void
  /** Milliseconds without a byte after which a connection is given up. Default 45 s: X promises one every 20 s. */
  readonly silenceMs?: number
  /** How far back X is to begin, 0 to 5 minutes; default 5. X refuses it to some apps: then the stream does without. */
  readonly backfillMinutes?: number
  /** Bytes of the longest line that is read; longer ones are skipped. Default 1 MiB. */
  readonly mostLineBytes?: number
  /** Epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number
  /** At least 0 and below 1, for the jitter. */
  readonly random?: () => number
  /** Calls `run` once after `milliseconds`, and returns what `clearTimer` needs to cancel it. */
  readonly setTimer?: (run: () => void, milliseconds: number) => unknown
  /** Stops what `setTimer` began. */
  readonly clearTimer?: (timer: unknown) => void
}

/** What happens to a stream. `retryInMs` is how long it waits before the next connection. */
export type ActivityStreamEvent =
  /** X answered 200. Sweep now: with `backfillMinutes` 0, or after a longer outage, X does not send what was missed. */
  | { readonly kind: 'connected'; readonly backfillMinutes: number }
  /** The connection ended, or there was none. */
  | { readonly kind: 'cut'; readonly detail: string; readonly retryInMs: number }
  /** Nothing came for so long that the connection was given up. */
  | { readonly kind: 'silent'; readonly silenceMs: number; readonly retryInMs: number }
  /** X answered with something other than 200. */
  | { readonly kind: 'refused'; readonly status: number; readonly detail: string; readonly retryInMs: number }
  /** X refuses the backfill to this app; the stream goes on without one. */
  | { readonly kind: 'no-backfill'; readonly detail: string }
  /** X said in the stream that something is wrong. As a rule it then disconnects. */
  | { readonly kind: 'error-told'; readonly detail: string }
  /** A line was longer than is read, or no event: it was skipped. */
  | { readonly kind: 'line-skipped'; readonly reason: 'too-long' | 'unreadable'; readonly bytes: number }
  /** The inbox has a line's events, but for those that hexbird does not know or cannot read. */
  | { readonly kind: 'taken'; readonly events: readonly Event[]; readonly passedOver: readonly Event[] }
  /** The inbox did not take a line's events. The stream holds them and tries again. */
  | { readonly kind: 'not-taken'; readonly error: unknown; readonly retryInMs: number }

/** How a connection ended: in a way that X is waited for, or so that the next one follows at once. */
type Ending =
  | { readonly outage: Outage; readonly tell: (retryInMs: number) => ActivityStreamEvent }
  | { readonly outage?: undefined }

const HOST = 'api.x.com'
const MOST_BACKFILL = 5
const MOST_ERROR_BYTES = 64 * 1024

/** Every connection could be cut after its first line: only one that lasts clears the count of failures. */
const STEADY_MS = 60_000

const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 60_000

/**
 * Reads X's activity stream over one connection, which it reopens whenever it ends, and puts the events into the inbox in X's
 * order. An event may come more than once, as deliveries to a webhook may. There is no signature: TLS to X proves who sends.
 *
 * X sends to a stream what the app's X Activity subscriptions ask for: `XWebhooks.subscribe` without a webhook makes some.
 *
 * @see https://docs.x.com/x-api/activity/introduction
 */
export class XActivityStream {
  readonly #options: Required<XActivityStreamOptions>
  readonly #closing = new AbortController()
  readonly #reconnect = new Reconnect()
  #backfillMinutes: number
  #running: Promise<void> | undefined

  /** @throws XError `X_UNAUTHORIZED` for what cannot be a Bearer token, `X_REQUEST_REFUSED` for minutes X does not take */
  constructor(options: XActivityStreamOptions) {
    this.#options = {
      agent: defaultAgent(),
      onEvent: () => {},
      silenceMs: 45_000,
      backfillMinutes: MOST_BACKFILL,
      mostLineBytes: 1024 * 1024,
      now: Date.now,
      random: Math.random,
      setTimer: (run, milliseconds) => setTimeout(run, milliseconds),
      clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
      ...defined(options),
    }
    const { bearerToken, backfillMinutes } = this.#options
    if (!/^[\x21-\x7e]+$/.test(bearerToken)) {
      throw new XError('X_UNAUTHORIZED', 'The Bearer token is missing, or has characters that no token has.')
    }
    if (!Number.isInteger(backfillMinutes) || backfillMinutes < 0 || backfillMinutes > MOST_BACKFILL) {
      throw new XError('X_REQUEST_REFUSED', `backfillMinutes is a whole number from 0 to ${MOST_BACKFILL}.`)
    }
    this.#backfillMinutes = backfillMinutes
  }

  /** Connects, and stays connected until `close`. A second call does nothing. */
  start(): void {
    this.#running ??= this.#run()
  }

  /** Cuts the connection at once and opens no other. Resolves when the inbox has nothing in hand any more. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#isClosing) {
      const ending = await this.#connection()
      if (this.#isClosing || ending.outage === undefined) continue
      const { now, random } = this.#options
      const wait = this.#reconnect.waitAfter(ending.outage, now(), random)
      this.#tell(ending.tell(wait))
      await this.#pause(wait)
    }
  }

  /** One connection from its request to its end. */
  async #connection(): Promise<Ending> {
    const { agent, bearerToken, silenceMs } = this.#options
    const query = this.#backfillMinutes > 0 ? `?backfill_minutes=${this.#backfillMinutes}` : ''
    const sent = request({
      host: HOST,
      path: `/2/activity/stream${query}`,
      agent,
      // Whatever the environment says about certificates.
      rejectUnauthorized: true,
      headers: { authorization: `Bearer ${bearerToken}`, accept: 'application/json', 'accept-encoding': 'identity' },
    })
    const abandon = () => void sent.destroy()
    this.#closing.signal.addEventListener('abort', abandon)
    let isSilent = false
    const silence = this.#timer(silenceMs, () => {
      isSilent = true
      abandon()
    })
    try {
      silence.start()
      const response = await responseTo(sent)
      if (response.statusCode !== 200) return await this.#refused(response)
      return await this.#read(response, silence)
    } catch (error) {
      const outage = { kind: 'network' } as const
      if (isSilent) return { outage, tell: (retryInMs) => ({ kind: 'silent', silenceMs, retryInMs }) }
      return { outage, tell: (retryInMs) => ({ kind: 'cut', detail: this.#detailOf(error), retryInMs }) }
    } finally {
      silence.stop()
      this.#closing.signal.removeEventListener('abort', abandon)
      abandon()
    }
  }

  async #read(response: IncomingMessage, silence: Timer): Promise<Ending> {
    this.#tell({ kind: 'connected', backfillMinutes: this.#backfillMinutes })
    const lines = new LineReader(this.#options.mostLineBytes)
    const steady = this.#timer(STEADY_MS, () => this.#reconnect.reset())
    steady.start()
    try {
      silence.start()
      for await (const chunk of response as AsyncIterable<Uint8Array>) {
        // While the inbox is busy nothing is read, and the line is not silent.
        silence.stop()
        for (const line of lines.read(chunk)) await this.#take(line)
        silence.start()
      }
      // X ended the stream in good order, so this is no part of a line.
      await this.#take(lines.end())
    } catch (error) {
      // A connection that is cut leaves behind what had come and was not read yet. X does not send it again to everybody.
      for (let left = readLeft(response); left !== null; left = readLeft(response)) {
        for (const line of lines.read(left)) await this.#take(line)
      }
      throw error
    } finally {
      steady.stop()
    }
    const tell = (retryInMs: number) => ({ kind: 'cut', detail: 'X ended the stream.', retryInMs }) as const
    return { outage: { kind: 'network' }, tell }
  }

  async #refused(response: IncomingMessage): Promise<Ending> {
    const { statusCode: status = 0, headers } = response
    const problem = problemOf(await bodyOf(response))
    const detail = this.#without(problem.detail) || `X answered ${status} and gave no reason.`
    if (status === 400 && this.#backfillMinutes > 0) {
      this.#backfillMinutes = 0
      this.#tell({ kind: 'no-backfill', detail })
      return {}
    }
    const tell = (retryInMs: number) => ({ kind: 'refused', status, detail, retryInMs }) as const
    if (status !== 429 && status !== 420) return { outage: { kind: 'http' }, tell }
    // Too many connections: an old one will be gone long before the window ends that the headers tell of.
    const until = isTooMany(problem) ? undefined : limitedUntil(headers, this.#options.now())
    return { outage: { kind: 'limited', ...defined({ until }) }, tell }
  }

  async #take(line: Line): Promise<void> {
    if (this.#isClosing) return
    if (line.kind === 'too-long') return this.#tell({ kind: 'line-skipped', reason: 'too-long', bytes: line.length })
    if (line.bytes.every((byte) => byte === 0x20)) return
    const events = eventsOf(line.bytes)
    if (events === undefined) {
      return this.#tell({ kind: 'line-skipped', reason: 'unreadable', bytes: line.bytes.length })
    }
    if (events.some(isError)) {
      const { detail } = problemOf(objectOf(JSON.parse(Buffer.from(line.bytes).toString())))
      this.#tell({ kind: 'error-told', detail: this.#without(detail) })
    }
    const useful = events.filter(isOfUse)
    if (useful.length > 0 && !(await this.#put(useful))) return
    const passedOver = events.filter((event) => !isOfUse(event) && !isError(event))
    if (useful.length + passedOver.length > 0) this.#tell({ kind: 'taken', events: useful, passedOver })
  }

  /** X sends a line once, so it is held until the inbox has it. False if the stream was closed before that. */
  async #put(events: readonly Event[]): Promise<boolean> {
    const { inbox, random } = this.#options
    for (let wait = FIRST_RETRY_MS; !this.#isClosing; wait = Math.min(wait * 2, LAST_RETRY_MS)) {
      try {
        await inbox.put(events)
        return true
      } catch (error) {
        const retryInMs = Math.round(wait * (0.5 + random() / 2))
        this.#tell({ kind: 'not-taken', error, retryInMs })
        await this.#pause(retryInMs)
      }
    }
    return false
  }

  get #isClosing(): boolean {
    return this.#closing.signal.aborted
  }

  #tell(event: ActivityStreamEvent): void {
    if (this.#isClosing) return
    try {
      this.#options.onEvent(event)
    } catch {
      // An error in a listener must not stop the stream.
    }
  }

  /** Resolves after `milliseconds`, or when the stream is closed. */
  #pause(milliseconds: number): Promise<void> {
    const { signal } = this.#closing
    if (signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = this.#timer(milliseconds, end)
      function end() {
        timer.stop()
        signal.removeEventListener('abort', end)
        resolve()
      }
      signal.addEventListener('abort', end)
      timer.start()
    })
  }

  /** Restarts the countdown. */
  #timer(milliseconds: number, run: () => void): Timer {
    const { setTimer, clearTimer } = this.#options
    let timer: unknown
    const stop = () => clearTimer(timer)
    return {
      start() {
        stop()
        timer = setTimer(run, milliseconds)
      },
      stop,
    }
  }

  #detailOf(error: unknown): string {
    return this.#without(types.isNativeError(error) ? error.message : String(error))
  }

  /** A text may quote the request: the token never leaves this file. */
  #without(text: string): string {
    return text.replaceAll(this.#options.bearerToken, '[removed]')
  }
}

interface Timer {
  readonly start: () => void
  readonly stop: () => void
}

function responseTo(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.once('response', resolve)
    sent.on('error', reject)
    sent.once('close', () => reject(new Error('The connection was closed without an answer.')))
    sent.end()
  })
}

const readLeft = (response: IncomingMessage): Uint8Array | null => response.read()

/** JSON, or the text as far as it is of interest. */
async function bodyOf(response: IncomingMessage): Promise<unknown> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    chunks.push(chunk)
    length += chunk.length
    if (length > MOST_ERROR_BYTES) break
  }
  const text = Buffer.concat(chunks).toString()
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** `undefined` for what is no delivery. */
function eventsOf(bytes: Uint8Array): readonly Event[] | undefined {
  try {
    return decodeDelivery(bytes).events
  } catch {
    return undefined
  }
}

const isOfUse = ({ kind }: Event): boolean => kind !== 'unknown' && kind !== 'malformed'

/** What X says of the stream itself, which `decodeDelivery` does not know. */
const isError = (event: Event): boolean => event.kind === 'unknown' && event.name === 'errors'

const isTooMany = ({ texts, types }: Problem): boolean =>
  texts.includes('ConnectionException') || types.includes('streaming-connection')
