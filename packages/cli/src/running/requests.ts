import type { Dialect, SubscribeRequest } from '@hexbird/adapters-x'
import type { OperatorRequest } from '@hexbird/core/host'

/** What may be asked of a running bot: of a deployed stage's `admin` function, and of `hexbird dev`. */
export type BotRequest = OperatorRequest | { readonly action: 'id-of'; readonly username: string }

/** What may be asked of the `admin` function besides: it holds the secrets of its webhook. */
type WebhookRequest =
  | { readonly action: 'webhook-register'; readonly url: string }
  | { readonly action: 'webhook-list' }
  | { readonly action: 'webhook-revalidate' | 'webhook-delete'; readonly id: string }
  /** ISO 8601. */
  | { readonly action: 'webhook-replay'; readonly id: string; readonly from: string; readonly to: string }
  | ({ readonly action: 'subscribe' } & Omit<SubscribeRequest, 'botId'>)
  | { readonly action: 'subscriptions'; readonly webhookId: string }
  /** `id`: of the subscription in X Activity, of the account in Account Activity. */
  | { readonly action: 'unsubscribe'; readonly webhookId: string; readonly dialect: Dialect; readonly id: string }

export type StageRequest = BotRequest | WebhookRequest

/** How the bot of `hexbird dev` is called where a deployed one is called by its stage. */
export const LOCAL_STAGE = 'local'
