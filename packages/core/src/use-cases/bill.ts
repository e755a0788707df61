import type { JobBill } from '../domain/job.js'
import type { Tweet } from '../domain/tweet.js'
import type { Bounds } from '../policy/charges.js'
import { conversationCharges, meaningOfRefusal, moneyCharges } from '../policy/charges.js'
import type { Reservation } from '../ports/budget.js'
import type { Charge, Ports } from '../ports/index.js'
import { priceOfReply } from '../reply/content.js'
import type { Deferred, Final } from './outcome.js'

/** Why nothing may be spent on this now. */
export type Refusal = Extract<Final, { kind: 'ignored' }> | Deferred

/**
 * What one tweet costs, all tries together: one reservation in each window, raised before each call that costs more, and
 * settled at the end.
 */
export interface Bill {
  readonly tweet: Pick<Tweet, 'author' | 'firstId'>
  /** Micro-dollars that were billed as far as this run knows, or may have been. */
  spent: number
  /** What this run has reserved, by window. */
  readonly held: Map<string, Charge>
}

export const openBill = (tweet: Pick<Tweet, 'author' | 'firstId'>): Bill => ({ tweet, spent: 0, held: new Map() })

/** What a job has to know of the bill, for the run that goes on with it. */
export function billForJob(bill: Bill, now: number): JobBill {
  const reserved = [...bill.held.values()].map(({ kind, amount }) => (kind === 'day' ? amount : 0))
  return { spent: bill.spent, reserved: Math.max(0, ...reserved), at: now }
}

/** Goes on with what the run that stored a job has spent, and has reserved for all of it. */
export function resumeBill({ limits }: Bounds, tweet: Tweet, { spent, reserved, at }: JobBill): Bill {
  const bill = { ...openBill(tweet), spent }
  if (reserved === 0) return bill
  for (const charge of moneyCharges(callOf(bill), reserved, tweet.author.id, limits, at)) {
    bill.held.set(charge.window, charge)
  }
  return bill
}

/** Reserves what has been spent so far and `more`; `undefined` where it is granted. */
export async function holdMoney(
  ports: Pick<Ports, 'budget' | 'now'>,
  { limits }: Bounds,
  bill: Bill,
  more: number,
): Promise<Refusal | undefined> {
  return hold(ports, bill, moneyCharges(callOf(bill), bill.spent + more, bill.tweet.author.id, limits, ports.now()))
}

/** Reserves a reply in its conversation, and what has been spent so far and `more`. */
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

/** Charges what counts each time; `undefined` where it is granted. */
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
 * The tweet has come to its end: what is reserved is lowered to what was spent. `spent` is `'all'` where it is not known:
 * then what is reserved stays charged.
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

/** What this run holds already is not asked for again. What came before a refusal is held too. */
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
 * A reply with these words, and once the reading of it where it is looked for later: X charges for what it lists once a UTC
 * day.
 */
export const replyCost = ({ platform }: Bounds, text = ''): number =>
  priceOfReply(text, platform) + platform.prices.ownedRead

const callOf = ({ tweet }: Bill) => `tweet:${tweet.firstId}`
