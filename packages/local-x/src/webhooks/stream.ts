import type { SwitchBoard } from '../state/switches.js'
import type { Clock } from '../util/clock.js'

/** One open connection, as the route that opened it gives it. */
export type StreamLine = {
  readonly write: (bytes: Uint8Array) => void
  /** Ends the answer as HTTP ends one. */
  readonly end: () => void
  /** Cuts the connection after what was written so far. */
  readonly cut: () => void
}

/** Which of the past a connection is given first, and when it ends; epoch milliseconds. */
export type StreamSpan = { readonly from: number; readonly until: number | undefined }

type StreamEvent = { readonly at: number; readonly body: Uint8Array; readonly charge: () => void }

export type ActivityStream = ReturnType<typeof createActivityStream>

type Parts = {
  readonly clock: Clock
  readonly switches: SwitchBoard
  /** Milliseconds between two keep-alives. */
  readonly keepAliveMs: number
}

/** X's limit for one app: docs.x.com/x-api/fundamentals/rate-limits. */
const MOST_CONNECTIONS = 2

/** As far as other streams of X go back by `start_time`. */
const KEPT_MS = 24 * 60 * 60 * 1000

const LINE_END = Buffer.from('\r\n')

/** X's general page on streams; that this stream does the same is not documented. */
const DISCONNECTED = Buffer.from(
  JSON.stringify({
    errors: [
      {
        title: 'operational-disconnect',
        disconnect_type: 'UpstreamOperationalDisconnect',
        detail: 'This stream has been disconnected upstream for operational reasons.',
        type: 'https://api.x.com/2/problems/operational-disconnect',
      },
    ],
  }),
)

/**
 * X Activity over connections that stay open. Every connection gets every event, whether or not its subscription names a
 * webhook, which is told in addition: docs.x.com/x-api/activity/introduction.
 */
export function createActivityStream({ clock, switches, keepAliveMs }: Parts) {
  const lines = new Set<StreamLine>()
  const past: StreamEvent[] = []
  const timers = new Set<unknown>()
  let late = 0
  let waiting: (() => void)[] = []

  function after(ms: number, run: () => void): () => void {
    const timer = clock.setTimer(() => {
      timers.delete(timer)
      run()
    }, ms)
    timers.add(timer)
    return () => {
      timers.delete(timer)
      clock.clearTimer(timer)
    }
  }

  function publish(body: Uint8Array, charge: () => void): void {
    const event = { at: clock.now(), body, charge }
    while (past[0] !== undefined && past[0].at < event.at - KEPT_MS) past.shift()
    past.push(event)
    if (lines.size === 0 || switches.use('drop')) return
    const { delayMs } = switches.all()
    if (delayMs === 0) {
      send(event)
      return
    }
    late += 1
    after(delayMs, () => {
      send(event)
      late -= 1
      settle()
    })
  }

  function settle(): void {
    if (late > 0) return
    for (const resolve of waiting) resolve()
    waiting = []
  }

  function send(event: StreamEvent): void {
    if (lines.size === 0) return
    if (switches.use('disconnectStream')) {
      for (const line of lines) {
        line.write(Buffer.concat([DISCONNECTED, LINE_END]))
        line.end()
      }
    } else if (switches.use('cutStream')) {
      for (const line of lines) {
        line.write(event.body.subarray(0, insideOf(event.body)))
        line.cut()
      }
    } else {
      for (const line of lines) give(line, event)
    }
  }

  function give(line: StreamLine, { body, charge }: StreamEvent): void {
    const { duplicate, streamSilent } = switches.all()
    if (streamSilent) return
    charge()
    for (let left = duplicate ? 2 : 1; left > 0; left -= 1) line.write(Buffer.concat([body, LINE_END]))
  }

  /** Gives what takes the connection away again. */
  function connect(line: StreamLine, { from, until }: StreamSpan): () => void {
    lines.add(line)
    let stopKeepAlive = () => {}
    const keepAlive = () => {
      stopKeepAlive = after(keepAliveMs, () => {
        if (!switches.all().streamSilent) line.write(LINE_END)
        keepAlive()
      })
    }
    keepAlive()
    for (const event of past) if (event.at >= from && event.at <= (until ?? Infinity)) give(line, event)
    const stopEnd = until === undefined ? () => {} : after(Math.max(0, until - clock.now()), line.end)
    return () => {
      lines.delete(line)
      stopKeepAlive()
      stopEnd()
    }
  }

  return {
    publish,
    connect,
    /** There are as many connections as X allows. */
    isFull: () => lines.size >= MOST_CONNECTIONS,
    connections: () => lines.size,
    /** Writes these bytes to each connection, whatever they are. */
    write(bytes: Uint8Array): void {
      for (const line of lines) line.write(bytes)
    },
    cut(): void {
      for (const line of lines) line.cut()
    },
    /** Waits for nothing any more: called before the server closes its connections. */
    close(): void {
      for (const timer of timers) clock.clearTimer(timer)
      late = 0
      settle()
    },
    /** Resolves when no event is on its way late. */
    idle(): Promise<void> {
      return new Promise((resolve) => {
        waiting.push(resolve)
        settle()
      })
    },
  }
}

/** A position inside the last character of several bytes or, where all have one, in the middle. */
function insideOf(body: Uint8Array): number {
  const at = body.findLastIndex((byte) => byte >= 0x80 && byte < 0xc0)
  return at >= 0 ? at : body.length >> 1
}
