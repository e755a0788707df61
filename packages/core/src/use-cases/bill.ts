import type { JobBill } from '../domain/job.js'
import type { Tweet } from '../domain/tweet.js'
import type { Bounds } from '../policy/charges.js'
import { conversationCharges, meaningOfRefusal, moneyCharges } from '../policy/charges.js'
import type { Reservation } from '../ports/budget.js'
import type { Charge, Ports } from '../ports/index.js'
import { priceOfReply } from '../reply/content.js'
import type { Deferred, Final } from './outcome.js'

/** Why nothing may be spent on a tweet now. */
export type Refusal = Extract<Final, { kind: 'ignored' }> | Deferred

/**
 * The cost of one tweet over all tries. There is one reservation per window, which is raised before each call that
 * costs more, and settled at the end.
 */
export interface Bill {
  readonly tweet: Pick<Tweet, 'author' | 'firstId'>
  /** What was billed, or may have been, as far as this run knows. In micro-dollars. */
  spent: number
  /** The charges that this run has reserved, by window. */
  readonly held: Map<string, Charge>
}

export const openBill = (tweet: Pick<Tweet, 'author' | 'firstId'>): Bill => ({ tweet, spent: 0, held: new Map() })

/** Returns the part of the bill to store with a job, for the run that continues it. */
export function billForJob(bill: Bill, now: number): JobBill {
  const reserved = [...bill.held.values()].map(({ kind, amount }) => (kind === 'day' ? amount : 0))
  return { spent: bill.spent, reserved: Math.max(0, ...reserved), at: now }
}

/** Reopens the bill of the run that stored a job, with what that run spent and reserved. */
export function resumeBill({ limits }: Bounds, tweet: Tweet, { spent, reserved, at }: JobBill): Bill {
  const bill = { ...openBill(tweet), spent }
  if (reserved === 0) return bill
  for (const charge of moneyCharges(callOf(bill), reserved, tweet.author.id, limits, at)) {
    bill.held.set(charge.window, charge)
  }
  return bill
}

/** Reserves what has been spent so far plus `more` micro-dollars. Returns `undefined` if it is granted. */
export async function holdMoney(
  ports: Pick<Ports, 'budget' | 'now'>,
  { limits }: Bounds,
  bill: Bill,
  more: number,
): Promise<Refusal | undefined> {
  return hold(ports, bill, moneyCharges(callOf(bill), bill.spent + more, bill.tweet.author.id, limits, ports.now()))
}

/** Like `holdMoney`, and also reserves a reply in its conversation. */
export async function holdReply(
  ports: Pick<Ports, 'budget' | 'now'>,
  { limits }: Bounds,
  bill: Bill,
  tweet: Tweet,
  more: number,
): Promise<Refusal | undefined> {
  const [call, now] = [callOf(bill), ports.now()]
  return hold(ports, bill, [
    ...conversationCharges(call, tweet, limits, now),
    ...moneyCharges(call, bill.spent + more, bill.tweet.author.id, limits, now),
  ])
}

/** Reserves charges outside of a bill. Returns `undefined` if they are granted. */
export async function reserve(
  { budget, now }: Pick<Ports, 'budget' | 'now'>,
  charges: readonly Charge[],
): Promise<Refusal | undefined> {
  const reserved = await budget.reserve(charges, now())
  return reserved.kind === 'granted' ? undefined : refusalOf(reserved)
}

function refusalOf({ charge, until }: Extract<Reservation, { kind: 'refused' }>): Refusal {
  const meaning = meaningOfRefusal(charge)
  const detail = `The window ${charge.window} has no room until ${new Date(until).toISOString()}.`
  return meaning === 'wait'
    ? { kind: 'deferred', reason: 'post-limit', until, detail }
    : { kind: 'ignored', reason: meaning, detail }
}

/**
 * Settles the bill of a tweet that has a final outcome: lowers the reservations to what was spent. Pass `'all'` as
 * `spent` if that is unknown, so that the reservations stay charged.
 */
export async function settleBill(
  { budget, now }: Pick<Ports, 'budget' | 'now'>,
  bill: Bill,
  { replied, spent = bill.spent }: { readonly replied: boolean; readonly spent?: number | 'all' },
): Promise<void> {
  if (bill.held.size === 0) return
  const charges = [...bill.held.values()].map((charge) => ({
    ...charge,
    amount: billed(charge, replied, spent),
    reserved: charge.amount,
  }))
  await budget.settle(charges, now())
  bill.held.clear()
}

function billed({ kind, amount, limit }: Charge, replied: boolean, spent: number | 'all'): number {
  if (kind === 'conversation') return replied ? amount : 0
  return spent === 'all' ? limit : spent
}

/** Reserves only what this run does not hold yet. Charges that were granted before a refused one are held too. */
async function hold(
  ports: Pick<Ports, 'budget' | 'now'>,
  bill: Bill,
  charges: readonly Charge[],
): Promise<Refusal | undefined> {
  const missing = charges.filter((charge) => (bill.held.get(charge.window)?.amount ?? -1) < charge.amount)
  if (missing.length === 0) return undefined
  const reserved = await ports.budget.reserve(missing, ports.now())
  for (const charge of missing) {
    if (reserved.kind === 'refused' && reserved.charge.window === charge.window) break
    bill.held.set(charge.window, charge)
  }
  return reserved.kind === 'granted' ? undefined : refusalOf(reserved)
}

/**
 * The cost of a reply with this text, plus that of listing it once in case the bot has to look for it later. X charges
 * for a listed tweet once per UTC day.
 */
export const replyCost = ({ platform }: Bounds, text = ''): number =>
  priceOfReply(text, platform) + platform.prices.ownedRead

const callOf = ({ tweet }: Bill) => `tweet:${tweet.firstId}`
