import { randomBytes, randomUUID } from 'node:crypto'
import type { Handled, MemoryQueueOptions } from '@hexbird/adapters-memory'
import {
  KeywordImageLabeler,
  MemoryAccountStore,
  MemoryBlobStore,
  MemoryBudget,
  MemoryInbox,
  MemoryKillSwitch,
  MemoryOptOuts,
  MemoryQueue,
  MemoryReplyLedger,
  MemorySessionStore,
} from '@hexbird/adapters-memory'
import {
  agentTo,
  DEFAULT_EVENT_TYPES,
  HttpsMediaFetcher,
  XSignIn,
  XSocialClient,
  XUserActions,
  XWebhooks,
} from '@hexbird/adapters-x'
import type {
  BotOptions,
  BotPorts,
  Event,
  EventOutcome,
  Outcome,
  ReplyRules,
  SignInOptions,
  SignInPorts,
  Tweet,
} from '@hexbird/core'
import { createBot, createSignIn, decodeJob, JOBS } from '@hexbird/core'
import { defined } from '@hexbird/core/util'
import type { SignInAppEvent, WebhookAppEvent } from '@hexbird/http'
import { createSignInApp, createWebhookApp, SIGN_IN_PATHS, WEBHOOK_PATH } from '@hexbird/http'
import type { LocalX, LocalXOptions } from '@hexbird/local-x'
import { LocalXError, startLocalX } from '@hexbird/local-x'
import { getConnInfo } from '@hono/node-server/conninfo'
import { foreign } from './foreign.js'
import { listen } from './loopback-server.js'
import { UsageError } from './usage-error.js'

/** The dialects in which X tells of an account. */
export type Dialect = 'x-activity' | 'account-activity'

/** How a bot and its local X start: all that a bot may be told, and what is wanted of X. */
export interface LocalBotOptions extends Omit<BotOptions, 'bot'> {
  /** What the webhook is subscribed to. Default: X Activity alone. */
  readonly dialects?: readonly Dialect[]
  /** How the queues of events and jobs behave. */
  readonly queue?: MemoryQueueOptions
  readonly localX?: LocalXOptions
  /** The bot's clock, epoch milliseconds. */
  readonly now?: () => number
  /** Told what became of each tweet, each time that it is worked on. */
  readonly onOutcome?: (outcome: Outcome, tweet: Tweet) => void
  /** What became of an event that is no tweet. */
  readonly onOther?: (outcome: EventOutcome) => void
  /** Told why an event or a job failed, each time that it does. It is tried again, up to five times in all. */
  readonly onFailure?: (error: unknown) => void
  /** Told what the webhook noticed. */
  readonly onWebhookEvent?: (event: WebhookAppEvent) => void
  /** What signing in offers. */
  readonly signIn?: Partial<Omit<SignInOptions, 'callback' | 'account'>>
  /** Told what the pages of the sign-in noticed. */
  readonly onSignInEvent?: (event: SignInAppEvent) => void
  /** Ports to use in place of the usual ones, perhaps made of them. */
  readonly ports?: Partial<LocalPorts> | ((usual: LocalPorts) => Partial<LocalPorts>)
}

/** All that a bot and its sign-in work with. */
export type LocalPorts = Required<BotPorts> & SignInPorts

/** A bot and the X that it lives in, both on this machine. */
export interface LocalBot {
  readonly x: LocalX
  readonly webhookUrl: string
  /** Where people sign in. */
  readonly signInUrl: string
  /** What the bot works with. */
  readonly ports: LocalPorts
  /** From the next call on the bot goes by these rules. @throws RulesError where they have faults: the last ones stay */
  use(rules: ReplyRules): void
  /** Resolves when no event and no job is waiting or running. */
  idle(): Promise<void>
  /** Stops the bot and its X; what they held is gone. */
  close(): Promise<void>
}

/** Wires a whole bot to a local X: the real web apps, the real client, real signatures; stores in memory. */
export async function startLocalBot(options: LocalBotOptions = {}): Promise<LocalBot> {
  const { dialects = ['x-activity'], now = Date.now } = options
  const { webhookSecrets = 'oauth1' } = options.localX ?? {}
  // First of all an address: X wants to know where sign-ins may lead back to.
  const web = await listen()
  const callback = `${web.origin}${SIGN_IN_PATHS.callback}`
  const { callbacks = [] } = options.localX ?? {}
  // The usual labeler reads what X would remove.
  const x = await startLocalX({ keepMetadata: true, ...options.localX, callbacks: [...callbacks, callback] }).catch(
    async (error: unknown) => {
      await web.close()
      return refused(error)
    },
  )
  const onOutcome: NonNullable<LocalBotOptions['onOutcome']> = (outcome, tweet) => {
    x.noteOutcome(tweet.id, { kind: outcome.kind, ...('reason' in outcome && { reason: outcome.reason }) })
    options.onOutcome?.(outcome, tweet)
  }
  const agent = agentTo({ port: x.port })
  const { consumerKey, consumerSecret, clientSecret, accessToken, accessSecret, bearerToken } = x.credentials
  const credentials = { consumerKey, consumerSecret, accessToken, accessSecret }

  const events = new MemoryQueue<Event>({ now, ...defined(options.queue ?? {}) })
  const jobs = new MemoryQueue<string>({ now, ...defined(options.queue ?? {}) })
  const blobs = new MemoryBlobStore({
    onStored(key) {
      if (key.startsWith(JOBS)) void jobs.put([key])
    },
  })
  const usual: LocalPorts = {
    social: new XSocialClient({ credentials, botId: x.bot.id, agent, now }),
    media: new HttpsMediaFetcher({ agent }),
    blobs,
    labeler: new KeywordImageLabeler(blobs),
    ledger: new MemoryReplyLedger(),
    budget: new MemoryBudget(),
    killSwitch: new MemoryKillSwitch(),
    optOuts: new MemoryOptOuts(),
    sessions: new MemorySessionStore(),
    accounts: new MemoryAccountStore(),
    signIn: new XSignIn({ consumerKey, consumerSecret, agent, now, pages: `${x.url}/oauth/` }),
    userActions: new XUserActions({ consumerKey, consumerSecret, agent, now }),
    now,
    newId: randomUUID,
  }
  const ports = {
    ...usual,
    ...defined((typeof options.ports === 'function' ? options.ports(usual) : options.ports) ?? {}),
  }
  let bot = createBot(ports, { ...options, bot: x.bot })

  const telling =
    <Item>(handle: (item: Item) => Promise<Handled>) =>
    async (item: Item): Promise<Handled> => {
      try {
        return await handle(item)
      } catch (error) {
        options.onFailure?.(error)
        throw error
      }
    }
  const handleEvent = async (event: Event): Promise<Handled> => {
    if (event.kind !== 'tweet') {
      const outcome = await bot.handleEvent(event)
      options.onOther?.(outcome)
      return 'done'
    }
    const outcome = await bot.handleTweet(event.tweet)
    onOutcome(outcome, event.tweet)
    return outcome.kind === 'deferred' ? { retryAt: outcome.until } : 'done'
  }
  const handleJob = async (key: string): Promise<Handled> => {
    const job = await ports.blobs.get(key)
    const outcome: Outcome = await bot.replyWithLabels(key)
    if (job) onOutcome(outcome, decodeJob(job.bytes).tweet)
    return outcome.kind === 'deferred' ? { retryAt: outcome.until } : 'done'
  }
  const stopEvents = events.consume(telling(handleEvent))
  const stopJobs = jobs.consume(telling(handleJob))

  const webhook = createWebhookApp({
    inbox: new MemoryInbox(events),
    consumerSecrets: [consumerSecret],
    ...(webhookSecrets !== 'oauth1' && { clientSecrets: [clientSecret] }),
    ...defined({ onEvent: options.onWebhookEvent }),
  })
  const signIn = createSignInApp({
    bot: createSignIn(ports, { callback, account: x.bot, ...defined(options.signIn ?? {}) }),
    origin: web.origin,
    service: 'hexbird',
    privacyPolicyUrl: `${web.origin}${SIGN_IN_PATHS.page}`,
    cookieKeys: [randomBytes(32).toString('base64url')],
    addressOf: (context) => getConnInfo(context).remote.address,
    xOrigins: [x.url],
    now,
    ...defined({ onEvent: options.onSignInEvent }),
  })
  web.serve((request, env) =>
    new URL(request.url).pathname === WEBHOOK_PATH ? webhook.fetch(request, env) : signIn.fetch(request, env),
  )
  const webhookUrl = `${web.origin}${WEBHOOK_PATH}`

  const webhooks = new XWebhooks({ bearerToken, userCredentials: credentials, agent })
  const registered = await webhooks.register(webhookUrl)
  if (registered.kind !== 'registered')
    throw new Error(`The local X refused the webhook: ${JSON.stringify(registered)}`)
  // Messages too: who writes "stop" is to be heard.
  const eventTypes = [...DEFAULT_EVENT_TYPES, 'dm.received']
  for (const dialect of dialects) {
    const results = await webhooks.subscribe({ dialect, webhookId: registered.webhook.id, botId: x.bot.id, eventTypes })
    const refused = results.find(({ kind }) => kind === 'refused')
    if (refused) throw new Error(`The local X refused a subscription: ${JSON.stringify(refused)}`)
  }

  return {
    x,
    webhookUrl,
    signInUrl: `${web.origin}${SIGN_IN_PATHS.page}`,
    ports,
    use(rules) {
      bot = createBot(ports, { ...options, bot: x.bot, rules })
    },
    async idle() {
      await events.idle()
      await jobs.idle()
    },
    async close() {
      await Promise.all([stopEvents(), stopJobs()])
      await x.close()
      agent.destroy()
      await web.close()
    },
  }
}

/** A port or a name that the local X cannot have is for the person to mend. */
function refused(error: unknown): never {
  if (error instanceof LocalXError) throw new UsageError(foreign(error.message), { cause: error })
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    throw new UsageError('That port is in use. Choose another with --port, or leave it out for a free one.', {
      cause: error,
    })
  }
  throw error
}
