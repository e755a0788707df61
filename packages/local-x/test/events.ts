import type { LocalX, LocalXOptions } from '../src/index.js'
import { type Closers, clientsOf, hmac, start, startWebhook, type TestWebhook } from './support.js'

export type Dialect = 'account-activity' | 'x-activity'

/** A local X with one webhook, to which the bot is subscribed: in the newer dialect for these events. */
export async function subscribedTo(
  dialect: Dialect,
  events: readonly string[],
  stack: Closers,
  options: LocalXOptions,
) {
  const x = await start(stack, options)
  const hook = await startWebhook(x.credentials.consumerSecret, stack)
  const { asApp, asBot } = clientsOf(x)
  const { id } = (await asApp.v2.post('webhooks', { url: hook.url })).data
  if (dialect === 'account-activity') await asBot.v2.post(`account_activity/webhooks/${id}/subscriptions/all`, {})
  else {
    for (const event_type of events) {
      await asBot.v2.post('activity/subscriptions', { event_type, filter: { user_id: x.bot.id }, webhook_id: id })
    }
  }
  return { x, hook, asApp, asBot, webhookId: String(id) }
}

/** What the webhook was told so far; each delivery has to be signed. */
export function told(x: LocalX, hook: TestWebhook) {
  return hook.received.map(({ raw, signature }) => {
    if (signature !== hmac(x.credentials.consumerSecret, raw)) throw new Error(`Wrongly signed: ${raw}`)
    return JSON.parse(raw.toString())
  })
}
