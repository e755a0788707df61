import type { Bounds } from '../policy/charges.js'
import type { BotAccount } from '../policy/should-reply.js'
import type { Ports } from '../ports/index.js'
import { forget, type Kept, purge } from './disconnect.js'
import { sweepRoom } from './sweep-room.js'

/** What an operator may ask of a running bot, wherever it runs. */
export type OperatorRequest =
  | { readonly action: 'state' }
  | { readonly action: 'pause'; readonly reason: string }
  | { readonly action: 'resume' }
  /** Somebody who said "stop" wants to be answered again. */
  | { readonly action: 'opt-in'; readonly uid: string }
  | { readonly action: 'forget'; readonly uid: string }
  /** Removes everything of everybody, for good. `sure` is the name of the stage. */
  | { readonly action: 'purge'; readonly sure: string }

/** What became of it. A request that makes no sense is an outcome; a broken world is thrown. */
export type OperatorResult =
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'refused'; readonly detail: string }

/** What the operator's requests work with: a journal and queues that can be searched where the bot has them. */
export type OperatorPorts = Pick<
  Ports,
  'accounts' | 'blobs' | 'killSwitch' | 'budget' | 'ledger' | 'now' | 'optOuts' | 'sessions' | 'userActions'
> &
  Kept

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

/** Stops all posting until somebody resumes it. */
export async function pause({ killSwitch, now }: Pick<Ports, 'killSwitch' | 'now'>, reason: string): Promise<void> {
  await killSwitch.trip(`Paused by an operator: ${reason}`, now())
}

const done = (result: unknown): OperatorResult => ({ kind: 'done', result })
const refused = (detail: string): OperatorResult => ({ kind: 'refused', detail })
