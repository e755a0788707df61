import { defaultLimits, type Platform, selfServe2026 } from '@hexbird/core'
import type { Prices } from '@hexbird/core/adapter'
import { INGRESSES, type IngressName } from '../../run/ingress-names.js'
import { DAYS, estimate } from './estimate.js'
import { AT_MOST_WITH_REPLY, CALLS, CALLS_BY_INGRESS, SERVER, UNCOUNTED } from './figures.js'

/** A way to run a bot that answers tweets with one photo each, and what a month of it costs in dollars, before tax. */
export interface Way {
  readonly name: IngressName | 'aws'
  readonly x: number
  /** With Rekognition. One machine has its own detector. */
  readonly aws: number
  readonly server: number
  readonly total: number
  readonly limits: WayLimits
}

/** What keeps a bot from answering that many. */
export interface WayLimits {
  /** X takes no more posts a day from one account. Left out where that is enough. */
  readonly postsADay?: number
  /** Limits of the bot's own whose default is too low, and the dollars a day that they have to be at least. */
  readonly toRaise: Readonly<Partial<Record<'perDay' | 'sweepPerDay', number>>>
}

const MICRO = 1_000_000
const sum = (amounts: readonly number[]) => amounts.reduce((all, amount) => all + amount, 0)
const DAY = 24 * 60 * 60 * 1000

function priceOf(call: string, prices: Prices): number {
  const known = CALLS.find(({ what }) => what === call)
  if (!known) throw new TypeError(`Nothing is known of a call "${call}".`)
  return prices[known.price]
}

/**
 * What the bot's own budget counts for a reply to one photo, in micro-dollars. It counts a label at Rekognition's price,
 * whichever labeler is used.
 */
export function budgetOfReply(name: IngressName, { prices }: Platform = selfServe2026): number {
  const calls = CALLS_BY_INGRESS[name].filter((call) => !UNCOUNTED.includes(call))
  return sum([...calls.map((call) => priceOf(call, prices)), prices[AT_MOST_WITH_REPLY], prices.label])
}

/** Compares the ways to receive tweets, by what that many replies a day cost. */
export function compare(replies: number, platform: Platform = selfServe2026): readonly Way[] {
  const { prices, postWindows } = platform
  const most = Math.min(...postWindows.map(({ limit, milliseconds }) => Math.floor((limit * DAY) / milliseconds)))
  const dollars = (amount: number) => (amount / MICRO) * replies
  const limitsOf = (budgetADay: number): WayLimits => {
    const need = { perDay: budgetADay, sweepPerDay: dollars(prices.ownedRead) }
    const toRaise = Object.entries(need).filter(
      ([name, amount]) => amount > defaultLimits[name as keyof typeof need] / MICRO,
    )
    return { ...(replies > most && { postsADay: most }), toRaise: Object.fromEntries(toRaise) }
  }
  const machines = INGRESSES.map((name): Way => {
    const x = dollars(sum(CALLS_BY_INGRESS[name].map((call) => priceOf(call, prices)))) * DAYS
    const limits = limitsOf(dollars(budgetOfReply(name, platform)))
    return { name, x, aws: 0, server: SERVER.price, total: x + SERVER.price, limits }
  })
  const load = { dialect: 'x-activity', withPhoto: replies, withoutPhoto: 0, photosEach: 1 } as const
  const { aMonth, budgetADay } = estimate(load, platform)
  const aws = aMonth.total - aMonth.x
  return [...machines, { name: 'aws', x: aMonth.x, aws, server: 0, total: aMonth.total, limits: limitsOf(budgetADay) }]
}
