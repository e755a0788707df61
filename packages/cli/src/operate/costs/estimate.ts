import type { Dialect } from '@hexbird/adapters-x'
import { defaultLimits, type Platform, selfServe2026 } from '@hexbird/core'
import { AT_MOST_WITH_REPLY, AWS, CALLS, CALLS_BY_INGRESS, MONTH, UNCOUNTED } from './figures.js'

/** How many tweets are answered in a day. */
export interface Load {
  readonly dialect: Dialect
  readonly withPhoto: number
  readonly withoutPhoto: number
  /** Photos in each tweet that has any. */
  readonly photosEach: number
}

/** Dollars, before tax. */
export interface Bill {
  readonly x: number
  readonly rekognition: number
  readonly aws: number
  /** Whether anybody tweets or not. */
  readonly idle: number
  readonly total: number
}

export interface Estimate {
  readonly aDay: Bill
  readonly aMonth: Bill
  /** As the bot's own budget counts a day, in dollars. */
  readonly budgetADay: number
  /** The same with `poll`, which looks up no tweet. */
  readonly pollBudgetADay: number
  /** Where the bot stops by itself. */
  readonly limitADay: number
}

/** X's and AWS's month of 730 hours. */
export const DAYS = 730 / 24
const MICRO = 1_000_000

/** What answering so many tweets costs on AWS, with `docs/costs.md`'s figures. */
export function estimate(load: Load, { prices }: Platform = selfServe2026): Estimate {
  const { dialect, withPhoto, withoutPhoto, photosEach } = load
  const first = dialect === 'x-activity' ? 0 : 2
  /** Of a row, for all tweets of a day. */
  const inADay = (amounts: readonly number[], each = 1) =>
    withPhoto * (amounts[first] ?? 0) * each + withoutPhoto * (amounts[first + 1] ?? 0)
  const calls = CALLS.map(({ what, price, amounts }) => ({
    what,
    price,
    cost: (prices[price] / MICRO) * inADay(amounts, price === 'label' ? photosEach : 1),
  }))
  const sum = (costs: readonly number[]) => costs.reduce((all, cost) => all + cost, 0)
  const costOf = (some: typeof calls) => sum(some.map(({ cost }) => cost))
  const day = {
    x: costOf(calls.filter(({ price }) => price !== 'label')),
    rekognition: costOf(calls.filter(({ price }) => price === 'label')),
    aws: sum(AWS.map(({ price, per, amounts }) => (price / per) * inADay(amounts))),
    idle: sum(MONTH.map(({ price, per, amount }) => (price / per) * amount)) / DAYS,
  }
  const total = sum(Object.values(day))
  const atMost = (prices[AT_MOST_WITH_REPLY] / MICRO) * (withPhoto + withoutPhoto)
  const month = { x: day.x * DAYS, rekognition: day.rekognition * DAYS, aws: day.aws * DAYS, idle: day.idle * DAYS }
  return {
    aDay: { ...day, total },
    aMonth: { ...month, total: total * DAYS },
    budgetADay: atMost + costOf(calls.filter(({ what }) => !UNCOUNTED.includes(what))),
    pollBudgetADay:
      atMost + costOf(calls.filter(({ what, price }) => price === 'label' || CALLS_BY_INGRESS.poll.includes(what))),
    limitADay: defaultLimits.perDay / MICRO,
  }
}
