import { type Bounds, dayCharge, type Limits, sweepCharges } from '../policy/charges.js'
import type { BotAccount } from '../policy/should-reply.js'
import type { Charge, Spending } from '../ports/budget.js'
import type { Now } from '../ports/clock.js'
import type { Ports } from '../ports/index.js'
import { LOST_REPLIES } from './catch-up.js'
import { forget, type Kept, purge } from './disconnect.js'
import { sweepRoom } from './sweep-room.js'

/** A request from an operator to a running bot, on any host. */
export type OperatorRequest =
  | { readonly action: 'state' }
  | { readonly action: 'pause'; readonly reason: string }
  | { readonly action: 'resume' }
  /**
   * Reports what X has billed today, in micro-dollars. Use it if today's budget counts as spent because the ledger had
   * lost replies: the amount then counts instead, in addition to what the budget has counted itself.
   */
  | { readonly action: 'billed-today'; readonly amount: number }
  /** Lets the bot reply again to a person who said "stop". */
  | { readonly action: 'opt-in'; readonly uid: string }
  | { readonly action: 'forget'; readonly uid: string }
  /** Permanently deletes all data about everyone. To confirm, `sure` must be the name of the stage. */
  | { readonly action: 'purge'; readonly sure: string }

/** The result of a request. An invalid request is refused; infrastructure failures are thrown. */
export type OperatorResult =
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'refused'; readonly detail: string }

/** The ports for an operator's requests. `journal`, `queues` and `spending` are optional. */
export type OperatorPorts = Pick<
  Ports,
  'accounts' | 'blobs' | 'killSwitch' | 'budget' | 'ledger' | 'now' | 'optOuts' | 'sessions' | 'userActions'
> &
  Kept & { readonly spending?: Spending }

/** Which bot the request is for. */
export interface OperatorOptions extends Bounds {
  readonly bot: BotAccount
  readonly stage: string
}

/** Carries out an operator's request. */
export async function operate(
  ports: OperatorPorts,
  options: OperatorOptions,
  request: OperatorRequest,
): Promise<OperatorResult> {
  const { killSwitch, optOuts, now } = ports
  switch (request.action) {
    case 'state':
      return done({
        bot: options.bot,
        ...(await killSwitch.state()),
        sweep: await sweepRoom(ports, options),
        limits: options.limits,
      })
    case 'pause':
      await pause(ports, request.reason)
      return done((await killSwitch.state()).stopped)
    case 'resume':
      await killSwitch.reset()
      return done('Posting is allowed again.')
    case 'billed-today':
      return billedToday(ports, options, request.amount)
    case 'opt-in':
      await optOuts.remove(request.uid, now())
      return done('They get replies again.')
    case 'forget':
      return done(await forget(ports, request.uid))
    case 'purge':
      if (request.sure !== options.stage) return refused(`To purge, say sure: "${options.stage}".`)
      await purge(ports)
      return done('Everything about everyone has been deleted.')
    default:
      return refused('This request is unknown here. Is this another version of hexbird?')
  }
}

async function billedToday(
  { budget, spending, now }: OperatorPorts,
  { limits }: OperatorOptions,
  amount: number,
): Promise<OperatorResult> {
  if (!spending) return refused('This bot never counts a day as spent because of lost replies.')
  await budget.settle([dayCharge(LOST_REPLIES, amount, limits, now())], now())
  return done((await spentToday({ spending, now }, limits)).day)
}

/** Stops all posting until someone resumes it. */
export async function pause({ killSwitch, now }: Pick<Ports, 'killSwitch' | 'now'>, reason: string): Promise<void> {
  await killSwitch.trip(`Paused by an operator: ${reason}`, now())
}

const done = (result: unknown): OperatorResult => ({ kind: 'done', result })
const refused = (detail: string): OperatorResult => ({ kind: 'refused', detail })

/** The amount that is spent or reserved, and the limit, in micro-dollars. */
export interface Spent {
  readonly spent: number
  readonly limit: number
}

/** Reads today's spending, and the sweeps' share of it. A day ends at midnight UTC. */
export async function spentToday(
  { spending, now }: { readonly spending: Spending; readonly now: Now },
  limits: Limits,
): Promise<Readonly<Record<'day' | 'sweep', Spent>>> {
  const sumOf = async ({ window, limit }: Charge): Promise<Spent> => ({ spent: await spending.spent(window), limit })
  const [sweep, day] = sweepCharges('', 0, limits, now())
  return { day: await sumOf(day), sweep: await sumOf(sweep) }
}
