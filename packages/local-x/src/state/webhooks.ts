import type { Json } from '../util/json.js'

/** A registered webhook. Only a valid one gets events. */
export type LocalWebhook = {
  readonly id: string
  readonly url: string
  readonly valid: boolean
  /** Epoch milliseconds. */
  readonly createdAt: number
}

/** A subscription of the X Activity API. */
export type ActivitySubscription = {
  readonly id: string
  readonly eventType: string
  readonly filter: {
    readonly user_id?: string
    readonly keyword?: string
    readonly direction?: string
    readonly qualifiers?: Json
  }
  readonly tag?: string
  readonly webhookId?: string
  readonly createdAt: number
  readonly updatedAt: number
}

/** What there was to tell a webhook, whether or not it arrived. */
export type WebhookEvent = { readonly webhookId: string; readonly body: Uint8Array; readonly at: number }

export type Webhooks = ReturnType<typeof createWebhooks>

/** The webhooks, and what is subscribed to them in both dialects. */
export function createWebhooks(changed: () => void = () => {}) {
  const webhooks = new Map<string, LocalWebhook>()
  const accountSubscriptions: { readonly webhookId: string; readonly userId: string }[] = []
  const activitySubscriptions = new Map<string, ActivitySubscription>()
  const events: WebhookEvent[] = []

  function remove(id: string): boolean {
    for (const subscription of accountSubscriptions.filter(({ webhookId }) => webhookId === id)) {
      unsubscribeAccount(subscription.webhookId, subscription.userId)
    }
    for (const { id: subscriptionId, webhookId } of activitySubscriptions.values()) {
      if (webhookId === id) activitySubscriptions.delete(subscriptionId)
    }
    const removed = webhooks.delete(id)
    changed()
    return removed
  }

  function unsubscribeAccount(webhookId: string, userId: string): boolean {
    const at = accountSubscriptions.findIndex((one) => one.webhookId === webhookId && one.userId === userId)
    if (at >= 0) accountSubscriptions.splice(at, 1)
    return at >= 0
  }

  return {
    put(webhook: LocalWebhook): void {
      webhooks.set(webhook.id, webhook)
      changed()
    },
    find: (id: string) => webhooks.get(id),
    withUrl: (url: string) => [...webhooks.values()].find((webhook) => webhook.url === url),
    all: (): LocalWebhook[] => [...webhooks.values()],
    remove,

    /** Keeps an event for a replay. */
    record: (event: WebhookEvent): void => void events.push(event),
    /** The events of the webhook from `from` to before `to`, oldest first. */
    eventsOf: (webhookId: string, from: number, to: number): WebhookEvent[] =>
      events.filter((event) => event.webhookId === webhookId && event.at >= from && event.at < to),

    subscribeAccount: (webhookId: string, userId: string): void =>
      void accountSubscriptions.push({ webhookId, userId }),
    unsubscribeAccount,
    accountsOf: (webhookId: string): string[] =>
      accountSubscriptions.filter((one) => one.webhookId === webhookId).map(({ userId }) => userId),

    /** How many accounts are subscribed, over all webhooks. */
    accountCount: (): number => accountSubscriptions.length,

    findActivity: (id: string) => activitySubscriptions.get(id),
    putActivity: (subscription: ActivitySubscription): void =>
      void activitySubscriptions.set(subscription.id, subscription),
    removeActivity: (id: string): boolean => activitySubscriptions.delete(id),
    activities: (): ActivitySubscription[] => [...activitySubscriptions.values()],
  }
}
