import type { HandlerOutcome } from './context.js'
import type { Handler } from './definition.js'
import { BotError } from './error.js'

/** How long an author waits, and for how many authors that is known. */
export interface CooldownOptions {
  /** From one tweet of an author that was let through to the next. */
  readonly minutes: number
  /** How many authors are remembered, those of the last tweets. Default: 10,000. */
  readonly authors?: number
}

/**
 * Middleware that answers an author once in a while: tweets in between are skipped, with the reason `cooldown`. A tweet that
 * got no reply does not count, and one that was let through stays so when it is tried again.
 *
 * What it knows is in this process's memory alone. It begins anew with each start, and each AWS Lambda instance counts by
 * itself: it keeps an eager author in check, and is no limit on what the bot spends. That is `limits`.
 *
 * ```ts
 * import { cooldown, defineBot } from '@hexbird/core'
 *
 * export default defineBot()
 *   .use(cooldown({ minutes: 10 }))
 *   .on('tweet', (ctx) => ctx.reply(`It is a ${ctx.random(6) + 1}.`))
 * ```
 *
 * @throws BotError `DEFINITION` where `minutes` or `authors` is not a number above 0
 */
export function cooldown({ minutes, authors = 10_000 }: CooldownOptions): Handler {
  if (!(minutes > 0 && authors >= 1)) {
    throw new BotError('DEFINITION', 'A cooldown is of more than 0 minutes, for at least one author.')
  }
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
      if (last !== undefined && Math.abs(now - last) < minutes * 60_000) return ctx.skip('cooldown')
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
  // So that the oldest is always the first.
  map.delete(key)
  map.set(key, value)
  for (const oldest of map.keys()) {
    if (map.size <= most) break
    map.delete(oldest)
  }
}
