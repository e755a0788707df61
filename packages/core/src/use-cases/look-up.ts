import type { Tweet } from '../domain/tweet.js'
import type { Bounds } from '../policy/charges.js'
import type { Ports } from '../ports/index.js'
import { type Bill, holdMoney, type Refusal } from './bill.js'
import { defer, stop, waitOf } from './waiting.js'

/** Looks up a tweet and charges it to the bill of `asking`. Also reserves `rest`, what will be spent afterwards. */
export async function lookUp(
  ports: Pick<Ports, 'social' | 'budget' | 'killSwitch' | 'now'>,
  bounds: Bounds,
  bill: Bill,
  { asking, id, rest }: { readonly asking: Tweet; readonly id: string; readonly rest: number },
): Promise<Tweet | Refusal> {
  const price = bounds.platform.prices.tweetRead
  const refused = await holdMoney(ports, bounds, bill, price + rest)
  if (refused) return refused
  const waiting = waitOf(await ports.killSwitch.state(), 'tweet', asking, ports.now())
  if (waiting) return waiting
  const lookup = await ports.social.tweet(id)
  switch (lookup.kind) {
    case 'found':
      bill.spent += price
      return lookup.tweet
    case 'gone':
      bill.spent += price
      return { kind: 'ignored', reason: 'tweet-gone', detail: lookup.detail }
    case 'deferred':
      return defer(ports, 'tweet', lookup, asking)
    case 'locked':
      return stop(ports, lookup)
  }
}
