import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { agentTo, DEFAULT_EVENT_TYPES, type Dialect, XWebhooks } from '@hexbird/adapters-x'
import type { Inbox } from '@hexbird/core/adapter'
import { createWebhookApp, WEBHOOK_PATH } from '@hexbird/http'
import type { LocalX } from '@hexbird/local-x'
import { serve } from '@hono/node-server'

/** A server on a free port of 127.0.0.1. */
export interface Serving {
  readonly url: string
  close(): Promise<void>
}

export async function serveApp(fetch: (request: Request) => Response | Promise<Response>): Promise<Serving> {
  const server = await new Promise<Server>((resolve) => {
    const made = serve({ fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(made as Server))
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${WEBHOOK_PATH}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The webhook, registered with the local X and subscribed to the bot's account. */
export async function serveWebhook(x: LocalX, dialect: Dialect, inbox: Inbox): Promise<Serving> {
  const { consumerSecret, bearerToken } = x.credentials
  const serving = await serveApp(createWebhookApp({ inbox, consumerSecrets: [consumerSecret] }).fetch)
  const agent = agentTo({ port: x.port })
  const webhooks = new XWebhooks({ bearerToken, userCredentials: x.credentials, agent })
  const registered = await webhooks.register(serving.url)
  if (registered.kind !== 'registered')
    throw new Error(`The local X refused the webhook: ${JSON.stringify(registered)}`)
  const webhookId = registered.webhook.id
  await webhooks.subscribe({ dialect, webhookId, botId: x.bot.id, eventTypes: DEFAULT_EVENT_TYPES })
  agent.destroy()
  return serving
}
