import type { HandlerOutcome } from './context.js'
import type { Handler } from './definition.js'
import { BotError } from './error.js'

/** How long a cooldown lasts, and how many authors it remembers. */
export interface CooldownOptions {
  /** The minimum number of minutes between two answered tweets by the same author. */
  readonly minutes: number
  /** How many of the most recent authors to remember. Default: 10,000. */
  readonly authors?: number
}

/**
 * Creates middleware that limits how often the bot answers the same author. Tweets during the cooldown are skipped with
 * a reason that starts with `cooldown`. A tweet that gets no reply starts no cooldown, unless a job was stored for it.
 * Retries of an accepted tweet are accepted.
 *
 * The state exists only in this process's memory. It is lost at each restart, and each AWS Lambda instance has its own.
 * So a cooldown slows down eager authors, but does not limit what the bot spends: for that, use `limits`.
 *
 * ```ts
 * import { cooldown, defineBot } from '@hexbird/core'
 *
 * export default defineBot()
 *   .use(cooldown({ minutes: 10 }))
 *   .on('tweet', (ctx) => ctx.reply(`It is a ${ctx.random(6) + 1}.`))
 * ```
 *
 * @throws BotError `DEFINITION` if `minutes` is not above 0, or `authors` is below 1
 */
export function cooldown({ minutes, authors = 10_000 }: CooldownOptions): Handler {
  if (!(minutes > 0 && authors >= 1)) {
    throw new BotError('DEFINITION', 'A cooldown needs more than 0 minutes and at least one author.')
  }
  const reason = `cooldown: the bot accepted a tweet by this author less than ${minutes} minute${minutes === 1 ? '' : 's'} ago`
  /** Epoch milliseconds, by author. */
  const lastAt = new Map<string, number>()
  /** First ids of the tweets that were let through: an older one may be tried again after a newer one. */
  const letThrough = new Map<string, true>()
  return async (ctx, next) => {
    const { author, firstId } = ctx.tweet
    const now = ctx.now()
    if (!letThrough.has(firstId)) {
      const last = lastAt.get(author.id)
      // A clock that was set back must not lock anybody out.
      if (last !== undefined && Math.abs(now - last) < minutes * 60_000) return ctx.skip(reason)
      remember(letThrough, firstId, true, authors)
      remember(lastAt, author.id, now, authors)
    }
    await next()
    if (endedWithoutReply(ctx.outcome) && lastAt.get(author.id) === now) lastAt.delete(author.id)
  }
}

const endedWithoutReply = (outcome: HandlerOutcome | undefined) =>
  outcome === undefined || outcome.kind === 'ignored' || outcome.kind === 'refused'

function remember<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
  // Reinsert the key, so that the oldest entry always comes first.
  map.delete(key)
  map.set(key, value)
  for (const oldest of map.keys()) {
    if (map.size <= most) break
    map.delete(oldest)
  }
}
