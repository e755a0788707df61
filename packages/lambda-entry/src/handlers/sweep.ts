import { boundsOf, type Swept, sweep } from '@hexbird/core/host'
import { memoize } from '@hexbird/core/util'
import { createWiring } from '../container.js'
import { type Observer, observedBudget } from '../observe.js'
import { tellSetAside } from '../set-aside.js'
import type { LoadBot } from './answering.js'
import { beforeFirstEvent, entry, type Make } from './entry.js'
import { webhooksOf } from './webhooks.js'

/** What a sweep did, for whoever invokes it by hand. */
export interface SweepReport {
  readonly mentions: Swept
  readonly webhooks: readonly { readonly id: string; readonly valid: boolean }[]
}

/** Every few minutes: mentions that X did not deliver, and webhooks that X takes for broken. */
export const makeSweep =
  (load: LoadBot): Make<'sweep', unknown, SweepReport> =>
  (settings, observer) => {
    const ready = memoize(async () => {
      const wiring = createWiring(settings, tellSetAside(observer))
      const ports = await wiring.ports('mentions', 'cursor', 'budget', 'killSwitch', 'now')
      // As a rule there is nothing that was not delivered.
      return { ...ports, ...wiring.lazy('inbox'), budget: observedBudget(ports.budget, observer) }
    })
    const webhooks = memoize(() => webhooksOf(settings))

    return async () => {
      // Both are tried whatever becomes of the other; an error of either is the function's, and of two none is lost.
      const [mentions, checked] = await Promise.allSettled([sweepMentions(), checkWebhooks()])
      if (mentions.status === 'rejected') {
        if (checked.status === 'rejected') observer.error('The webhooks could not be checked.', checked.reason)
        throw mentions.reason
      }
      if (checked.status === 'rejected') throw checked.reason
      return { mentions: mentions.value, webhooks: checked.value }
    }

    async function sweepMentions() {
      const bounds = boundsOf((await load()).default, settings)
      const swept = await sweep(await ready(), { bot: settings.bot, ...bounds })
      tellSwept(observer, swept)
      return swept
    }

    async function checkWebhooks() {
      const x = await webhooks()
      const listed = await x.list()
      const checked = await Promise.all(
        listed.map(async ({ id, valid }) => ({ id, valid: valid || (await x.revalidate(id)).kind === 'valid' })),
      )
      // A stage without a webhook of its own has none to be valid; X gives an account one.
      if (checked.length > 0) observer.count('WebhookValid', checked.every(({ valid }) => valid) ? 1 : 0)
      return checked
    }
  }

/** A sweep that was refused is an error: what X did not deliver since the last one goes unanswered. */
export function tellSwept(observer: Pick<Observer, 'count' | 'info' | 'warn' | 'error'>, swept: Swept): void {
  switch (swept.kind) {
    case 'swept':
      observer.count('Swept', swept.found)
      observer.info('The sweep has finished.', { ...swept })
      return
    case 'over-budget':
      observer.count('OverBudget')
      observer.count('SweepRefused')
      observer.error(
        'The budget refused the sweep: mentions that X does not deliver go unanswered today.',
        swept.detail,
      )
      return
    case 'deferred':
      if (swept.reason === 'stopped') observer.count('BreakerOpen')
      // A moment's wait is for the next sweep. These wait for a person.
      if (REFUSED.has(swept.reason)) observer.count('SweepRefused')
      if (REFUSED.has(swept.reason) || swept.reason === 'stopped') {
        observer.error('X could not be asked for mentions, or did not list them.', swept.detail, {
          reason: swept.reason,
        })
      } else observer.warn('The sweep was deferred.', { reason: swept.reason, detail: swept.detail })
  }
}

/** No credits, or keys that X does not take. A stopped bot has an alarm of its own. */
const REFUSED: ReadonlySet<string> = new Set(['no-credits', 'unauthorized', 'unexplained'])

/** Loads what every sweep needs. */
export async function handlerOf(load: LoadBot) {
  await beforeFirstEvent(import('@hexbird/adapters-aws/dynamo'), import('@hexbird/adapters-x'), load())
  return entry('sweep', makeSweep(load))
}
