import type { SubscribeRequest, SubscribeResult, Subscription, XWebhooks } from '@hexbird/adapters-x'
import type { Limits } from '@hexbird/core'
import type { XCall } from '@hexbird/core/adapter'
import type { SweepRoom } from '@hexbird/core/host'
import { foreign } from '../foreign.js'
import type { StageRequest } from '../running/requests.js'
import { askStage } from '../running/stage.js'
import { UsageError } from '../usage-error.js'

/** What administers webhooks: X itself, or a deployed stage that holds the secrets. */
export type Webhooks = Pick<
  XWebhooks,
  'register' | 'list' | 'revalidate' | 'remove' | 'replay' | 'subscriptions' | 'unsubscribe'
>

/** The webhooks of a deployed stage, which holds the secrets: its `admin` function asks X. */
export function stageWebhooks(stage: string) {
  // What the function gives is what `XWebhooks` gave it, through JSON, which loses nothing of it.
  const done = async <T>(request: StageRequest): Promise<T> => {
    const answer = await askStage(stage, request)
    if (answer.kind === 'refused') throw new UsageError(foreign(answer.detail))
    return answer.result as T
  }
  const time = (epoch: number) => new Date(epoch).toISOString()
  const list: Webhooks['list'] = () => done({ action: 'webhook-list' })
  /** Both dialects' at one webhook. The function knows no other question. */
  const at = (webhookId: string) => done<readonly Subscription[]>({ action: 'subscriptions', webhookId })
  const state = () => done<State>({ action: 'state' })
  const webhooks: Webhooks = {
    list,
    register: (url) => done({ action: 'webhook-register', url }),
    remove: (id) => done({ action: 'webhook-delete', id }),
    revalidate: (id) => done({ action: 'webhook-revalidate', id }),
    replay: ({ webhookId: id, from, to }) => done({ action: 'webhook-replay', id, from: time(from), to: time(to) }),
    async subscriptions(of) {
      const [first] = await list()
      const webhookId = of.dialect === 'account-activity' ? of.webhookId : first?.id
      if (webhookId === undefined) return []
      return (await at(webhookId)).filter(({ dialect }) => dialect === of.dialect)
    },
    async unsubscribe(one) {
      const webhookId = one.webhookId ?? (await list())[0]?.id
      if (webhookId === undefined) throw new UsageError('X has no webhook for this stage, so there is nothing to end.')
      const id = one.dialect === 'x-activity' ? one.id : one.userId
      return done({ action: 'unsubscribe', webhookId, dialect: one.dialect, id })
    },
  }
  return {
    webhooks,
    subscribe: (wish: Omit<SubscribeRequest, 'botId'>) =>
      done<readonly SubscribeResult[]>({ action: 'subscribe', ...wish }),
    /** The bot that the stage is of. */
    botId: async () => (await state()).bot.id,
    state,
  }
}

/** How a stage is. One that was deployed before November 2026 tells of its bot and whether it is stopped, and no more. */
export interface State {
  readonly bot: { readonly id: string; readonly username: string }
  /** Why nothing is posted. */
  readonly stopped?: { readonly reason: string }
  /** Until when X is not asked, by the kind of call, epoch milliseconds. */
  readonly waits?: Readonly<Partial<Record<XCall, number>>>
  /** Tweets that X refused a reply without a reason. */
  readonly strikes?: readonly string[]
  /** Whether today's budget lets the sweep ask X. */
  readonly sweep?: SweepRoom
  /** What it may spend. */
  readonly limits?: Limits
}
