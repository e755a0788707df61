import type { SwitchBoard } from '../state/switches.js'
import type { LocalWebhook } from '../state/webhooks.js'
import type { Clock } from '../util/clock.js'
import { LocalXError } from '../util/errors.js'
import { type Incoming, send } from './outgoing.js'

/** One POST to one webhook. */
export type Delivery = {
  /** `1`, `2`, … in the order in which they ended. */
  readonly id: string
  readonly webhookId: string
  readonly url: string
  /** The bytes as they were sent. */
  readonly body: Uint8Array
  /** The signature headers, by their names in lower case. */
  readonly signatures: Readonly<Record<string, string>>
  /** What the webhook answered; undefined if it did not. */
  readonly status: number | undefined
  /** Why there was no answer. */
  readonly error?: string
  /** How long it took. */
  readonly ms: number
  /** When it ended, epoch milliseconds of the clock. */
  readonly at: number
  /** 1 for the first, 2 for the first retry, … */
  readonly attempt: number
}

/** X waits this long for an answer: docs.x.com/x-api/webhooks/introduction. */
export const WEBHOOK_TIMEOUT_MS = 10_000

/** So long a delivery waits for the one that is to overtake it. */
const REORDER_MS = 1_000

export type Deliveries = {
  /** Resolves when the webhook has answered the first attempt, or never will. */
  readonly enqueue: (webhook: LocalWebhook, body: Uint8Array) => Promise<Delivery>
  /** Posts the bytes of a delivery once more, at once, whatever the switches say. */
  readonly redeliver: (id: string) => Promise<Delivery>
  /** Resolves when nothing waits to be delivered, retries included. */
  readonly idle: () => Promise<void>
  readonly close: () => Promise<void>
  readonly done: () => readonly Delivery[]
  /** Aborts with `close`: for other requests to webhooks. */
  readonly closing: AbortSignal
}

type DeliveriesOptions = {
  readonly sign: (body: Uint8Array) => Readonly<Record<string, string>>
  readonly clock: Clock
  readonly switches: SwitchBoard
  /** Is called with each delivery that has ended. */
  readonly ended: (delivery: Delivery) => void
}

/** Delivers one after the other, each once, but for what the switches say. */
export function createDeliveries({ sign, clock, switches, ended }: DeliveriesOptions): Deliveries {
  const done: Delivery[] = []
  const closing = new AbortController()
  const waiting = new Set<Promise<unknown>>()
  let queue: Promise<unknown> = Promise.resolve()
  /** What runs when a timer does. */
  const due = new Set<() => void>()
  let held: (() => void) | undefined

  async function post(
    { id, url }: LocalWebhook,
    body: Uint8Array,
    attempt: number,
    dropped = false,
  ): Promise<Delivery> {
    const signatures = sign(body)
    const started = performance.now()
    const lost = dropped ? 'dropped, as the switch says' : closing.signal.aborted ? 'the local X was closed' : undefined
    const result: Incoming =
      lost !== undefined
        ? { kind: 'failed', reason: lost }
        : await send({
            method: 'POST',
            url,
            headers: { 'content-type': 'application/json', ...signatures },
            body,
            timeoutMs: WEBHOOK_TIMEOUT_MS,
            signal: closing.signal,
          })
    const delivery = {
      id: String(done.length + 1),
      webhookId: id,
      url,
      body,
      signatures,
      status: result.kind === 'answered' ? result.status : undefined,
      ...(result.kind === 'failed' ? { error: result.reason } : {}),
      ms: performance.now() - started,
      at: clock.now(),
      attempt,
    }
    done.push(delivery)
    ended(delivery)
    return delivery
  }

  /** Puts a request at the end of the queue: X's are one after the other, so that their order can be told. */
  function inTurn(webhook: LocalWebhook, body: Uint8Array, attempt: number, dropped = false): Promise<Delivery> {
    const delivery = queue.then(() => post(webhook, body, attempt, dropped))
    queue = delivery
    return delivery
  }

  function enqueue(webhook: LocalWebhook, body: Uint8Array): Promise<Delivery> {
    const { delayMs } = switches.all()
    if (switches.use('drop')) return inTurn(webhook, body, 1, true)
    return remember(
      new Promise((resolve) => {
        const go = () => resolve(begin(webhook, body))
        if (delayMs > 0) after(delayMs, () => inOrder(go))
        else inOrder(go)
      }),
    )
  }

  function begin(webhook: LocalWebhook, body: Uint8Array): Promise<Delivery> {
    const { duplicate, retryAfterMs } = switches.all()
    const first = inTurn(webhook, body, 1)
    const both = duplicate ? Promise.all([first, inTurn(webhook, body, 1)]) : first
    return both.then(async () => {
      const delivery = await first
      if (!accepted(delivery)) retry(webhook, body, 2, retryAfterMs)
      return delivery
    })
  }

  function retry(webhook: LocalWebhook, body: Uint8Array, attempt: number, waits: readonly number[]): void {
    const [ms, ...later] = waits
    if (ms === undefined || closing.signal.aborted) return
    const tried = new Promise<Delivery>((resolve) => after(ms, () => resolve(inTurn(webhook, body, attempt))))
    void remember(
      tried.then((delivery) => {
        if (!accepted(delivery)) retry(webhook, body, attempt + 1, later)
      }),
    )
  }

  /** Runs it now or, where deliveries are to change places, after the next one or when there is none for a while. */
  function inOrder(go: () => void): void {
    const first = held
    held = undefined
    if (first !== undefined) {
      go()
      first()
    } else if (switches.all().reorder) {
      held = go
      after(REORDER_MS, () => {
        if (held !== go) return
        held = undefined
        go()
      })
    } else go()
  }

  /** Runs it when the time has come, or at `close`. */
  function after(ms: number, run: () => void): void {
    const once = () => {
      clock.clearTimer(timer)
      due.delete(once)
      run()
    }
    const timer = clock.setTimer(once, ms)
    due.add(once)
  }

  function remember<T>(promise: Promise<T>): Promise<T> {
    waiting.add(promise)
    void promise.finally(() => waiting.delete(promise))
    return promise
  }

  async function redeliver(id: string): Promise<Delivery> {
    const delivery = done.find((one) => one.id === id)
    if (delivery === undefined) throw new LocalXError('UNKNOWN_DELIVERY', `There is no delivery ${id}.`)
    const { webhookId, url, body } = delivery
    return inTurn({ id: webhookId, url, valid: true, createdAt: 0 }, body, delivery.attempt + 1)
  }

  async function idle(): Promise<void> {
    for (let seen: unknown; seen !== queue || waiting.size > 0; ) {
      seen = queue
      await Promise.all([queue, ...waiting])
    }
  }

  async function close(): Promise<void> {
    closing.abort()
    for (const run of due) run()
    await idle()
  }

  return { enqueue, redeliver, idle, close, done: () => [...done], closing: closing.signal }
}

const accepted = ({ status }: Delivery): boolean => status !== undefined && status >= 200 && status < 300

/** A delivery as JSON, for people to read. */
export function describeDelivery({ body, ms, status, ...delivery }: Delivery): Readonly<Record<string, unknown>> {
  const text = Buffer.from(body).toString()
  return { ...delivery, status: status ?? null, ms: Math.round(ms), event: eventName(text), body: text }
}

/** `post.mention.create`, or in the older dialect `tweet_create_events`. */
function eventName(text: string): string {
  try {
    const body: unknown = JSON.parse(text)
    const { data, ...rest } = body as { readonly data?: { readonly event_type?: unknown } }
    const names = Object.keys(rest).filter((name) => name !== 'for_user_id' && name !== 'user_has_blocked')
    return typeof data?.event_type === 'string' ? data.event_type : (names[0] ?? 'unknown')
  } catch {
    return 'not JSON'
  }
}
