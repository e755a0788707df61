import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { MemoryQueueOptions } from '@hexbird/adapters-memory'
import {
  KeywordImageLabeler,
  MemoryBlobStore,
  MemoryBreaker,
  MemoryBudget,
  MemoryInbox,
  MemoryOptOuts,
  MemoryQueue,
  MemoryReplyLedger,
} from '@hexbird/adapters-memory'
import { agentTo, HttpsMediaFetcher, XSocialClient, XWebhooks } from '@hexbird/adapters-x'
import type { BotOptions, BotPorts, Event, Outcome, Tweet } from '@hexbird/core'
import { createBot, decodeJob, JOBS } from '@hexbird/core'
import type { WebhookNotice } from '@hexbird/http'
import { createWebhookApp, WEBHOOK_PATH } from '@hexbird/http'
import type { LocalX, LocalXOptions } from '@hexbird/local-x'
import { LocalXError, startLocalX } from '@hexbird/local-x'
import { serve } from '@hono/node-server'
import { UsageError } from './usage-error.js'

export type Dialect = 'x-activity' | 'account-activity'

export interface LocalBotOptions extends Omit<BotOptions, 'bot'> {
  /** What the webhook is subscribed to. Default: X Activity alone. */
  readonly dialects?: readonly Dialect[]
  /** How the queues of events and jobs behave. */
  readonly queue?: MemoryQueueOptions
  readonly localX?: LocalXOptions
  /** The bot's clock, epoch milliseconds. */
  readonly now?: () => number
  readonly onOutcome?: (outcome: Awaited<ReturnType<ReturnType<typeof createBot>['handleEvent']>>, tweet: Tweet) => void
  readonly onNotice?: (notice: WebhookNotice) => void
  /** Ports to use in place of the usual ones. */
  readonly ports?: Partial<BotPorts>
}

/** A bot and the X that it lives in, both on this machine. */
export interface LocalBot {
  readonly x: LocalX
  readonly webhookUrl: string
  /** Resolves when no event and no job is waiting or running. */
  idle(): Promise<void>
  close(): Promise<void>
}

/** Wires a whole bot to a local X: the real web app, the real client, real signatures; stores in memory. */
export async function startLocalBot(options: LocalBotOptions = {}): Promise<LocalBot> {
  const { dialects = ['x-activity'], now = Date.now } = options
  const { webhookSecrets = 'oauth1' } = options.localX ?? {}
  const x = await startLocalX(options.localX).catch(refused)
  const onOutcome: NonNullable<LocalBotOptions['onOutcome']> = (outcome, tweet) => {
    if (outcome.kind !== 'passed-over') {
      x.noteOutcome(tweet.id, { kind: outcome.kind, ...('reason' in outcome && { reason: outcome.reason }) })
    }
    options.onOutcome?.(outcome, tweet)
  }
  const agent = agentTo({ port: x.port })
  const { consumerKey, consumerSecret, clientSecret, accessToken, accessSecret, bearerToken } = x.credentials
  const credentials = { consumerKey, consumerSecret, accessToken, accessSecret }

  const events = new MemoryQueue<Event>({ now, ...options.queue })
  const jobs = new MemoryQueue<string>({ now, ...options.queue })
  const blobs = new MemoryBlobStore({
    onStored(key) {
      if (key.startsWith(JOBS)) void jobs.put([key])
    },
  })
  const ports: BotPorts = {
    social: new XSocialClient({ credentials, botId: x.bot.id, agent, now }),
    media: new HttpsMediaFetcher({ agent }),
    blobs,
    labeler: new KeywordImageLabeler(blobs),
    ledger: new MemoryReplyLedger(),
    budget: new MemoryBudget(),
    breaker: new MemoryBreaker(),
    optOuts: new MemoryOptOuts(),
    now,
    newId: randomUUID,
    ...options.ports,
  }
  const bot = createBot(ports, { ...options, bot: x.bot })

  const stopEvents = events.consume(async (event) => {
    const outcome = await bot.handleEvent(event)
    if (event.kind === 'tweet') onOutcome(outcome, event.tweet)
    return outcome.kind === 'later' ? { retryAt: outcome.until } : 'done'
  })
  const stopJobs = jobs.consume(async (key) => {
    const job = await ports.blobs.get(key)
    const outcome: Outcome = await bot.replyWithLabels(key)
    if (job) onOutcome(outcome, decodeJob(job.bytes).tweet)
    return outcome.kind === 'later' ? { retryAt: outcome.until } : 'done'
  })

  const app = createWebhookApp({
    inbox: new MemoryInbox(events),
    consumerSecrets: [consumerSecret],
    ...(webhookSecrets !== 'oauth1' && { clientSecrets: [clientSecret] }),
    ...(options.onNotice && { notice: options.onNotice }),
  })
  const server = await listen(app.fetch)
  const webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}${WEBHOOK_PATH}`

  const webhooks = new XWebhooks({ bearerToken, userCredentials: credentials, agent })
  const registered = await webhooks.register(webhookUrl)
  if (registered.kind !== 'registered')
    throw new Error(`The local X refused the webhook: ${JSON.stringify(registered)}`)
  for (const dialect of dialects) {
    const results = await webhooks.subscribe({ dialect, webhookId: registered.webhook.id, botId: x.bot.id })
    const refused = results.find(({ kind }) => kind === 'refused')
    if (refused) throw new Error(`The local X refused a subscription: ${JSON.stringify(refused)}`)
  }

  return {
    x,
    webhookUrl,
    async idle() {
      await events.idle()
      await jobs.idle()
    },
    async close() {
      await Promise.all([stopEvents(), stopJobs()])
      await x.close()
      agent.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A port or a name that the local X cannot have is for the person to mend. */
function refused(error: unknown): never {
  if (error instanceof LocalXError) throw new UsageError(error.message, { cause: error })
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    throw new UsageError('That port is in use. Choose another with --port, or leave it out for a free one.', {
      cause: error,
    })
  }
  throw error
}

function listen(fetch: (request: Request) => Response | Promise<Response>): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(server as Server))
    server.on('error', reject)
  })
}
