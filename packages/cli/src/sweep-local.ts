import type { Agent } from 'node:http'
import { XMentions } from '@hexbird/adapters-x'
import type { Event } from '@hexbird/core'
import type { Ports } from '@hexbird/core/adapter'
import { type Bounds, sweep } from '@hexbird/core/host'
import type { LocalX } from '@hexbird/local-x'
import { isPaused, keepAsking } from './run/asking.js'

interface Sweeping extends Bounds {
  readonly agent: Agent
  readonly ports: Pick<Ports, 'cursor' | 'inbox' | 'budget' | 'killSwitch' | 'now'>
  /** Milliseconds. */
  readonly every: number
  /** Gets the ids of the tweets that are put into the inbox. */
  readonly swept: Set<string>
  /** The ids of tweets that a queue or a handler has: they are not put into the inbox again. */
  readonly underWay: ReadonlySet<string>
}

/** A delivery may be on its way for so long, in milliseconds: until then a sweep leaves its tweet alone. */
const ON_ITS_WAY = 5_000

/** The least that X lists on a page. */
const FIRST_PAGE = 5

/**
 * Asks a local X for mentions that it did not deliver, and says on its page when that is next. Gives a function that ends
 * it.
 */
export function keepSweeping(
  x: LocalX,
  { agent, ports, every, swept, underWay, limits, platform }: Sweeping,
): () => Promise<void> {
  const { inbox, now } = ports
  const listed = new XMentions({ credentials: x.credentials, botId: x.bot.id, agent, now })
  const mentions: Ports['mentions'] = {
    async since(query) {
      const found = await listed.since(query)
      if (found.kind !== 'found') return found
      return {
        ...found,
        tweets: found.tweets.filter(({ id, createdAt }) => createdAt <= now() - ON_ITS_WAY && !underWay.has(id)),
      }
    },
  }
  const noted = {
    put(events: readonly Event[]) {
      for (const event of events) if (event.kind === 'tweet') swept.add(event.tweet.id)
      return inbox.put(events)
    },
  }
  return keepAsking(
    () => sweep({ ...ports, mentions, inbox: noted }, { bot: x.bot, limits, platform, firstPage: FIRST_PAGE }),
    { every, lookBackEvery: 0 },
    (asked, nextSweepAt) => x.noteBot({ nextSweepAt, paused: isPaused(asked) }),
  )
}
