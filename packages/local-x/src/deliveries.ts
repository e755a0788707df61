import { type Incoming, send } from './outgoing.js'
import type { LocalWebhook } from './state/webhooks.js'

/** One POST to one webhook. */
export type Delivery = {
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
}

/** X waits this long for an answer: docs.x.com/x-api/webhooks/introduction. */
export const WEBHOOK_TIMEOUT_MS = 10_000

export type Deliveries = {
  readonly enqueue: (webhook: LocalWebhook, body: Uint8Array) => Promise<Delivery>
  /** Resolves when nothing waits to be delivered. */
  readonly idle: () => Promise<void>
  readonly close: () => Promise<void>
  readonly done: () => readonly Delivery[]
  /** Aborts with `close`: for other requests to webhooks. */
  readonly closing: AbortSignal
}

/** Delivers one after the other, each once: since May 2026 X's pages name no retries. */
export function createDeliveries(sign: (body: Uint8Array) => Readonly<Record<string, string>>): Deliveries {
  const done: Delivery[] = []
  const closing = new AbortController()
  let queue: Promise<unknown> = Promise.resolve()

  async function post({ id, url }: LocalWebhook, body: Uint8Array): Promise<Delivery> {
    const signatures = sign(body)
    const started = performance.now()
    const result: Incoming = closing.signal.aborted
      ? { kind: 'failed', reason: 'the local X was closed' }
      : await send({
          method: 'POST',
          url,
          headers: { 'content-type': 'application/json', ...signatures },
          body,
          timeoutMs: WEBHOOK_TIMEOUT_MS,
          signal: closing.signal,
        })
    const delivery = {
      webhookId: id,
      url,
      body,
      signatures,
      status: result.kind === 'answered' ? result.status : undefined,
      ...(result.kind === 'failed' ? { error: result.reason } : {}),
      ms: performance.now() - started,
    }
    done.push(delivery)
    return delivery
  }

  function enqueue(webhook: LocalWebhook, body: Uint8Array): Promise<Delivery> {
    const delivery = queue.then(() => post(webhook, body))
    queue = delivery
    return delivery
  }

  async function idle(): Promise<void> {
    for (let seen: unknown; seen !== queue; ) {
      seen = queue
      await queue
    }
  }

  async function close(): Promise<void> {
    closing.abort()
    await idle()
  }

  return { enqueue, idle, close, done: () => [...done], closing: closing.signal }
}
