import type { Hono } from 'hono'
import { alreadySent } from '../util/already-sent.js'
import type { StreamLine, StreamSpan } from '../webhooks/stream.js'
import type { World } from '../world.js'
import type { ApiContext, ApiEnv, Guard } from './guard.js'
import { invalid, type Problem, refuse, tooManyConnections } from './problems.js'

const MINUTE_MS = 60_000

/** X cuts off a reader that lets this much pile up; the figure is the local X's own. */
const MOST_UNREAD_BYTES = 32 * 1024 * 1024

/** X's description 2.167, `/2/activity/stream`; the limits by docs.x.com/x-api/fundamentals/rate-limits. */
export function routeActivityStream(api: Hono<ApiEnv>, world: World, guard: Guard): void {
  const query = ['backfill_minutes', 'start_time', 'end_time']
  api.get('/2/activity/stream', guard({ allow: ['app'], limit: { app: 450 }, query }), (c) => {
    const span = spanOf(c, world)
    if ('status' in span) return refuse(c, span)
    return world.stream.isFull() ? refuse(c, tooManyConnections()) : open(c, world, span)
  })
}

function spanOf(c: ApiContext, { app, now }: World): StreamSpan | Problem {
  const [minutes = '0', start, end] = [
    c.req.query('backfill_minutes'),
    c.req.query('start_time'),
    c.req.query('end_time'),
  ]
  if (!/^[0-5]$/.test(minutes)) {
    return invalid(`The \`backfill_minutes\` query parameter value [${minutes}] is not between 0 and 5`, {
      backfill_minutes: [minutes],
    })
  }
  if (Number(minutes) > 0 && app.streamBackfill === 'enterprise-only') {
    // As reported of self-serve apps in 2026; X's own words are not published.
    return invalid('The `backfill_minutes` query parameter is not available to this app', {
      backfill_minutes: [minutes],
    })
  }
  const [from, until] = [start, end].map((time) => (time === undefined ? undefined : Date.parse(time)))
  const wrong = Number.isNaN(from) ? 'start_time' : Number.isNaN(until) ? 'end_time' : undefined
  if (wrong !== undefined) {
    return invalid(`The \`${wrong}\` query parameter is not a date of the form YYYY-MM-DDTHH:mm:ssZ`, {
      [wrong]: c.req.queries(wrong) ?? [],
    })
  }
  const backfill = Number(minutes) === 0 ? Infinity : now() - Number(minutes) * MINUTE_MS
  return { from: Math.min(from ?? Infinity, backfill), until }
}

/** Written past Hono, so that a line can be cut at any byte. */
function open(c: ApiContext, { stream, switches }: World, span: StreamSpan): Response {
  const { outgoing } = c.env
  const line: StreamLine = {
    write(bytes) {
      if (outgoing.destroyed || outgoing.writableEnded) return
      outgoing.write(bytes)
      if (outgoing.writableLength > MOST_UNREAD_BYTES) outgoing.destroy()
    },
    end: () => void outgoing.end(),
    cut: () => outgoing.socket?.destroySoon(),
  }
  outgoing.writeHead(200, Object.fromEntries(c.body(null, 200, { 'content-type': 'application/json' }).headers))
  if (!switches.all().lateStreamHeaders) outgoing.flushHeaders()
  // A client that left before X answered must not use up a connection: 'close' does not come twice.
  if (!outgoing.closed) outgoing.on('close', stream.connect(line, span))
  return alreadySent()
}
