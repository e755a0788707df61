/** Something happened: what the page shows has changed. `data` is what the page is sent. */
type Change = {
  readonly kind: 'bot' | 'tweet' | 'message' | 'delivery' | 'outcome' | 'switches' | 'webhooks' | 'people'
  readonly data: unknown
}

/** Who wants to know of changes. */
export type Live = {
  readonly publish: (change: Change) => void
  /** Gives what ends it. */
  readonly subscribe: (listener: (change: Change) => void) => () => void
}

export function createLive(): Live {
  const listeners = new Set<(change: Change) => void>()
  return {
    publish(change) {
      for (const listener of listeners) listener(change)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** A stream of server-sent events: the whole first, then each change from then on. It ends when the reader goes. */
export function eventStream(live: Live, snapshot: unknown): Response {
  const encoder = new TextEncoder()
  let stop = () => {}
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const write = ({ kind, data }: { readonly kind: string; readonly data: unknown }) =>
        controller.enqueue(encoder.encode(`event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`))
      write({ kind: 'snapshot', data: snapshot })
      stop = live.subscribe(write)
    },
    cancel: () => stop(),
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } })
}
