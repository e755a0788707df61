import { type Bounds, dayCharge } from '../policy/charges.js'
import type { BotAccount } from '../policy/should-reply.js'
import type { Spending } from '../ports/budget.js'
import type { Ports } from '../ports/index.js'
import { LOST_REPLIES } from './catch-up.js'
import { forget, type Kept, purge } from './disconnect.js'
import { spentToday } from './spent-today.js'
import { sweepRoom } from './sweep-room.js'

/** What an operator may ask of a running bot, wherever it runs. */
export type OperatorRequest =
  | { readonly action: 'state' }
  | { readonly action: 'pause'; readonly reason: string }
  | { readonly action: 'resume' }
  /**
   * Today's money counts as spent because the ledger had lost replies, and this is what X has billed today, in
   * micro-dollars: from now on that counts in its place, and what the budget knows of besides.
   */
  | { readonly action: 'billed-today'; readonly amount: number }
  /** Somebody who said "stop" wants to be answered again. */
  | { readonly action: 'opt-in'; readonly uid: string }
  | { readonly action: 'forget'; readonly uid: string }
  /** Removes everything of everybody, for good. `sure` is the name of the stage. */
  | { readonly action: 'purge'; readonly sure: string }

/** What became of it. A request that makes no sense is an outcome; a broken world is thrown. */
export type OperatorResult =
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'refused'; readonly detail: string }

/** What the operator's requests work with: a journal, queues that can be searched, and a budget that can be looked at, where the bot has them. */
export type OperatorPorts = Pick<
  Ports,
  'accounts' | 'blobs' | 'killSwitch' | 'budget' | 'ledger' | 'now' | 'optOuts' | 'sessions' | 'userActions'
> &
  Kept & { readonly spending?: Spending }

/** Which bot is asked. */
export interface OperatorOptions extends Bounds {
  readonly bot: BotAccount
  readonly stage: string
}

/** Does what an operator asks of a running bot. */
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
      return done('They are answered again.')
    case 'forget':
      return done(await forget(ports, request.uid))
    case 'purge':
      if (request.sure !== options.stage) return refused(`To purge, say sure: "${options.stage}".`)
      await purge(ports)
      return done('Nothing of anybody is held any more.')
    default:
      return refused('It is asked to do what it does not know: is it another version of hexbird?')
  }
}

async function billedToday(
  { budget, spending, now }: OperatorPorts,
  { limits }: OperatorOptions,
  amount: number,
): Promise<OperatorResult> {
  if (!spending) return refused('This bot never takes a day for spent because of lost replies.')
  await budget.settle([dayCharge(LOST_REPLIES, amount, limits, now())], now())
  return done((await spentToday({ spending, now }, limits)).day)
}

/** Stops all posting until somebody resumes it. */
export async function pause({ killSwitch, now }: Pick<Ports, 'killSwitch' | 'now'>, reason: string): Promise<void> {
  await killSwitch.trip(`Paused by an operator: ${reason}`, now())
}

const done = (result: unknown): OperatorResult => ({ kind: 'done', result })
const refused = (detail: string): OperatorResult => ({ kind: 'refused', detail })
