import { setTimeout as sleep } from 'node:timers/promises'
import { jsonIn, parseJson, readCompletion } from './answer.js'
import { type Dialect, nextDialect, requestBody, STRICTEST } from './dialect.js'
import { VisionServerError } from './errors.js'
import type { Question, Unreadable } from './question.js'
import { ErrorAnswers, isUnreadable, retryAfterOf, type Trouble } from './trouble.js'

export type Asked<Answer> = { readonly kind: 'answered'; readonly answer: Answer } | Unreadable

/** Waits that many milliseconds, or rejects if the signal is aborted. */
export type Wait = (milliseconds: number, signal: AbortSignal) => Promise<unknown>

export interface ChatServerOptions {
  /** Of `/chat/completions`. */
  readonly endpoint: string
  readonly apiKey: string | undefined
  readonly model: string
  readonly maxTokens: number
  readonly timeoutMs: number
  readonly retries: number
  readonly fetch?: typeof fetch | undefined
  readonly random?: (() => number) | undefined
  readonly now?: (() => number) | undefined
  readonly wait?: Wait | undefined
}

/** An answer of a thousand tokens has a few kilobytes, and its reasoning some more. */
const MOST_BYTES = 1024 * 1024
/** A refusal has a sentence. It is searched for what it means, again and again. */
const MOST_BYTES_OF_REFUSAL = 64 * 1024
const FIRST_BACKOFF = 500
const LONGEST_BACKOFF = 8000

/** One limit of time and of retries for all requests that a question takes. */
interface Call {
  readonly signal: AbortSignal
  readonly endsAt: number
  retriesLeft: number
}

/** A server that speaks OpenAI's protocol for chat completions, well or not so well. */
export class ChatServer {
  readonly #options: ChatServerOptions
  readonly #errors: ErrorAnswers
  readonly #fetch: typeof fetch
  readonly #random: () => number
  readonly #now: () => number
  readonly #wait: Wait
  /** What the server was found to understand. */
  #dialect = STRICTEST

  constructor(options: ChatServerOptions) {
    this.#options = options
    this.#errors = new ErrorAnswers(options)
    this.#fetch = options.fetch ?? fetch
    this.#random = options.random ?? Math.random
    this.#now = options.now ?? Date.now
    this.#wait = options.wait ?? ((milliseconds, signal) => sleep(milliseconds, undefined, { signal }))
  }

  /**
   * @throws VisionServerError if the server could not be asked or makes no sense
   * @throws the reason of `signal` once that is aborted
   */
  async ask<Answer>(photo: string, question: Question<Answer>, signal?: AbortSignal): Promise<Asked<Answer>> {
    signal?.throwIfAborted()
    const { timeoutMs, retries } = this.#options
    const stop = new AbortController()
    const abandon = () => stop.abort(signal?.reason)
    const timer = setTimeout(() => stop.abort(LATE), timeoutMs)
    signal?.addEventListener('abort', abandon)
    try {
      const call = { signal: stop.signal, endsAt: this.#now() + timeoutMs, retriesLeft: retries }
      return await this.#askTwice(call, photo, question)
    } catch (error) {
      if (stop.signal.aborted && stop.signal.reason === LATE) throw this.#errors.timeout(error)
      signal?.throwIfAborted()
      throw error
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abandon)
    }
  }

  /** What has another shape than was asked for is asked for once more, with more room to think. */
  async #askTwice<Answer>(call: Call, photo: string, question: Question<Answer>): Promise<Asked<Answer>> {
    let fault = ''
    for (const again of [false, true]) {
      const maxTokens = this.#options.maxTokens * (again ? 2 : 1)
      const text = await this.#complete(call, (dialect) =>
        requestBody(dialect, { model: this.#options.model, maxTokens, photo, question, again }),
      )
      if (typeof text !== 'string') return text
      const completion = readCompletion(parseJson(text))
      if (completion?.declined) return { kind: 'unreadable', detail: 'the vision server declines to look at the photo' }
      for (const said of completion?.texts ?? []) {
        const answer = question.read(jsonIn(said))
        if (answer !== undefined) return { kind: 'answered', answer }
      }
      fault = this.#errors.faultOf(text, completion, maxTokens)
    }
    throw new VisionServerError('VISION_ANSWER', fault)
  }

  /** The body of a successful answer, after as many dialects and retries as it takes. */
  async #complete(call: Call, bodyIn: (dialect: Dialect) => string): Promise<string | Unreadable> {
    let dialect = this.#dialect
    for (;;) {
      const came = await this.#exchange(call, bodyIn(dialect))
      if (came.kind === 'succeeded') {
        this.#dialect = dialect
        return came.text
      }
      if (came.kind === 'refused' && isUnreadable(came)) {
        return { kind: 'unreadable', detail: this.#errors.unreadable(came) }
      }
      const next = came.kind === 'refused' ? nextDialect(dialect, came) : undefined
      if (next) dialect = next
      else await this.#pause(call, came)
    }
  }

  async #exchange(call: Call, body: string): Promise<{ kind: 'succeeded'; text: string } | Trouble> {
    const { endpoint, apiKey } = this.#options
    try {
      const response = await this.#fetch(endpoint, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          'accept-encoding': 'identity',
          ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
        },
        redirect: 'manual',
        signal: call.signal,
      })
      const { ok, status, headers } = response
      const text = await textOf(response, ok ? MOST_BYTES : MOST_BYTES_OF_REFUSAL)
      return ok ? { kind: 'succeeded', text } : { kind: 'refused', status, headers, text }
    } catch (error) {
      call.signal.throwIfAborted()
      return { kind: 'failed', error }
    }
  }

  /** Waits before the next try; throws if another one is not worth it, not left, or not in time. */
  async #pause(call: Call, trouble: Trouble): Promise<void> {
    const asked = retryAfterOf(trouble, this.#now())
    const done = this.#options.retries - call.retriesLeft
    const backoff = this.#random() * Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** done)
    const wait = Math.ceil(asked + backoff)
    if (!this.#errors.isPassing(trouble) || call.retriesLeft === 0 || this.#now() + wait >= call.endsAt) {
      throw this.#errors.of(trouble, asked)
    }
    call.retriesLeft -= 1
    await this.#wait(wait, call.signal)
  }
}

const LATE = new Error('The time for the call was up.')

/** The text of a body, up to a limit: what is longer is given up, and makes no sense cut off. */
async function textOf({ body }: Response, most: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > most) return ''
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
