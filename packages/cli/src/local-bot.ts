import { randomBytes, randomUUID } from 'node:crypto'
import type { Agent } from 'node:http'
import type { MemoryQueueOptions } from '@hexbird/adapters-memory'
import { KeywordImageLabeler, memoryStores } from '@hexbird/adapters-memory'
import {
  agentTo,
  DEFAULT_EVENT_TYPES,
  HttpsMediaFetcher,
  XSignIn,
  XSocialClient,
  XUserActions,
  XWebhooks,
} from '@hexbird/adapters-x'
import type { BotOptions, Definition, EventOutcome, Outcome, Tweet } from '@hexbird/core'
import { animalRules, photoReplies } from '@hexbird/core'
import type { BlobStore, Ports } from '@hexbird/core/adapter'
import { type Attempt, boundsOf, type OperatorPorts, type SignInOptions, type SignInPorts } from '@hexbird/core/host'
import { defined } from '@hexbird/core/util'
import type { SignInAppEvent, WebhookAppEvent } from '@hexbird/http'
import { SIGN_IN_PATHS, WEBHOOK_PATH } from '@hexbird/http'
import type { LocalX, LocalXOptions } from '@hexbird/local-x'
import { LocalXError, startLocalX } from '@hexbird/local-x'
import type { Around, RunPorts } from '@hexbird/runner'
import { startBot } from '@hexbird/runner'
import { getConnInfo } from '@hono/node-server/conninfo'
import { foreign } from './foreign.js'
import { STILL_WORKING, toldFailure, tweetAtWork } from './local/trouble.js'
import { toldOutcome } from './outcome-words.js'
import { tweetOf } from './run/tell-work.js'
import { listenAt, usageErrorOf } from './server.js'
import { keepSweeping } from './sweep-local.js'
import { UsageError } from './usage-error.js'

/** The formats in which X delivers events. */
export type Dialect = 'x-activity' | 'account-activity'

/** Options for a bot and its local X. */
export interface LocalBotOptions extends Omit<BotOptions, 'bot'> {
  /** The bot's definition. Default: a bot that names animals in photos. */
  readonly definition?: Definition
  /** The formats that the webhook is subscribed to. Default: X Activity only. */
  readonly dialects?: readonly Dialect[]
  /** How the queues of events and jobs behave. */
  readonly queue?: MemoryQueueOptions
  readonly localX?: LocalXOptions
  /** The bot's clock, epoch milliseconds. */
  readonly now?: () => number
  /** Called with the outcome each time a tweet is handled. */
  readonly onOutcome?: (outcome: Outcome, tweet: Tweet) => void
  /** Called with the outcome of each event that is not a tweet. */
  readonly onOther?: (outcome: EventOutcome) => void
  /** Called each time an attempt at an event or a job fails, with the tweet that it is about, if any. */
  readonly onFailure?: (error: unknown, tweet: Tweet | undefined, attempt: Attempt) => void
  /** Called when a tweet has been worked on for ten seconds. */
  readonly onSlow?: (tweet: Tweet) => void
  /** Called for each event at the webhook. */
  readonly onWebhookEvent?: (event: WebhookAppEvent) => void
  /** What the sign-in offers. */
  readonly signIn?: Partial<Omit<SignInOptions, 'callback' | 'account'>>
  /** How often, in milliseconds, the bot polls for mentions that were not delivered. Default: never. */
  readonly sweepEvery?: number
  /** Called for each event at the sign-in pages. */
  readonly onSignInEvent?: (event: SignInAppEvent) => void
  /** Ports that replace the usual ones. To wrap the usual ones, pass a function: it gets them. */
  readonly ports?: Partial<LocalPorts> | ((usual: LocalPorts) => Partial<LocalPorts>)
}

/** The ports of a bot and its sign-in. */
export type LocalPorts = Required<Omit<RunPorts, 'jobs'>> &
  SignInPorts &
  Required<Pick<OperatorPorts, 'queues'>> &
  Pick<Ports, 'cursor'>

/** A running bot and its local X. */
export interface LocalBot {
  readonly x: LocalX
  readonly webhookUrl: string
  /** Where people sign in. */
  readonly signInUrl: string
  /** The ports of the bot. */
  readonly ports: LocalPorts
  /** Replaces the bot, starting with the next event. @throws BotError if this is not a bot: the current one stays */
  use(definition: Definition): void
  /** Resolves when no event or job is waiting or running. */
  idle(): Promise<void>
  /** Stops the bot and its local X, and discards their data. */
  close(): Promise<void>
}

/** Runs a complete bot against a local X, with the real web apps, client and signatures, and with in-memory stores. */
export async function startLocalBot(options: LocalBotOptions = {}): Promise<LocalBot> {
  // First of all an address: X wants to know where sign-ins may lead back to.
  const web = await listenAt()
  const open: (() => unknown)[] = [() => web.close()]
  const close = async () => {
    for (const one of open.splice(0).reverse()) await one()
  }
  try {
    return { ...(await startOn(web, options, open)), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Starts the bot on `web`, and adds to `open` how to close each part. */
async function startOn(
  web: Awaited<ReturnType<typeof listenAt>>,
  options: LocalBotOptions,
  open: (() => unknown)[],
): Promise<Omit<LocalBot, 'close'>> {
  const { definition = photoReplies(animalRules), now = Date.now } = options
  const x = await startX(options, `${web.origin}${SIGN_IN_PATHS.callback}`).catch((error: unknown) =>
    refused(error, options),
  )
  const agent = agentTo({ port: x.port })
  open.push(
    () => agent.destroy(),
    () => x.close(),
  )
  const usual = portsOn(x, agent, now, options.queue)
  const ports = {
    ...usual,
    ...defined((typeof options.ports === 'function' ? options.ports(usual) : options.ports) ?? {}),
  }
  // Of tweets that a sweep has put into the inbox, and of those that a queue or a handler has.
  const swept = new Set<string>()
  const underWay = new Set<string>()
  const running = startBot(definition, ports, {
    ...options,
    bot: x.bot,
    around: telling(x, ports.blobs, { swept, underWay }, options),
    webhook: webhookOf(x, options),
    signIn: {
      ports,
      ...defined({ options: options.signIn }),
      app: {
        origin: web.origin,
        service: `@${x.bot.username}`,
        privacyPolicyUrl: `${x.url}/example/privacy-policy`,
        cookieKeys: [randomBytes(32).toString('base64url')],
        addressOf: (context) => getConnInfo(context).remote.address,
        xOrigins: [x.url],
        now,
        ...defined({ onEvent: options.onSignInEvent }),
      },
    },
  })
  open.push(() => running.close())
  web.serve(running.fetch)
  const webhookUrl = `${web.origin}${WEBHOOK_PATH}`
  await subscribe(x, agent, webhookUrl, options.dialects ?? ['x-activity'])
  const signInUrl = `${web.origin}${SIGN_IN_PATHS.page}`
  x.noteBot({ links: [{ text: 'Sign in', url: signInUrl }] })
  const { sweepEvery: every, limits } = options
  if (every !== undefined) {
    open.push(keepSweeping(x, { agent, ports, every, swept, underWay, ...boundsOf(definition, defined({ limits })) }))
  }
  return {
    x,
    webhookUrl,
    signInUrl,
    ports,
    use: (next) => running.use(next),
    idle: () => running.idle(),
  }
}

/** The usual labeler reads what X would remove. */
const startX = ({ localX = {} }: LocalBotOptions, callback: string): Promise<LocalX> =>
  startLocalX({ keepMetadata: true, ...localX, callbacks: [...(localX.callbacks ?? []), callback] })

function portsOn(x: LocalX, agent: Agent, now: () => number, queue: MemoryQueueOptions = {}): LocalPorts {
  const { consumerKey, consumerSecret } = x.credentials
  const stores = memoryStores({ now, ...defined(queue) })
  return {
    ...stores,
    social: new XSocialClient({ credentials: x.credentials, botId: x.bot.id, agent, now }),
    media: new HttpsMediaFetcher({ agent }),
    labeler: new KeywordImageLabeler(stores.blobs),
    signIn: new XSignIn({ consumerKey, consumerSecret, agent, now, pages: `${x.url}/oauth/` }),
    userActions: new XUserActions({ consumerKey, consumerSecret, agent, now }),
    now,
    newId: randomUUID,
  }
}

function webhookOf({ credentials }: LocalX, { localX, onWebhookEvent }: LocalBotOptions) {
  const { webhookSecrets = 'oauth1' } = localX ?? {}
  return {
    consumerSecrets: [credentials.consumerSecret],
    ...(webhookSecrets !== 'oauth1' && { clientSecrets: [credentials.clientSecret] }),
    ...defined({ onEvent: onWebhookEvent }),
  }
}

/** A bot that has worked on a tweet for this long says so. In milliseconds. */
const SLOW = 10_000

/** Tells the local X, and whoever started the bot, what becomes of each thing. */
function telling(
  x: LocalX,
  blobs: BlobStore,
  { swept, underWay }: { readonly swept: Set<string>; readonly underWay: Set<string> },
  { onOutcome, onOther, onFailure, onSlow }: LocalBotOptions,
): Around {
  // By the author's id. A sweep lists a tweet without its author's name.
  const names = new Map<string, string>()
  const named = ({ author, ...tweet }: Tweet): Tweet => {
    if (author.username !== undefined) names.set(author.id, author.username)
    return { ...tweet, author: { ...author, ...defined({ username: names.get(author.id) }) } }
  }
  const tellSlow = (tweet: Tweet) => {
    x.noteOutcome(tweet.id, { kind: 'running', text: STILL_WORKING })
    onSlow?.(tweet)
  }
  return async (work, handle) => {
    let tweet: Tweet | undefined
    let slow: NodeJS.Timeout | undefined
    try {
      const found = await tweetOf(work, blobs)
      if (found) {
        tweet = named(found)
        underWay.add(tweet.id)
        slow = setTimeout(tellSlow, SLOW, tweet)
      }
      const outcome = await tweetAtWork.run(tweet, handle)
      if (!tweet) {
        if (work.kind === 'event') onOther?.(outcome)
        return outcome
      }
      if (outcome.kind !== 'deferred' && outcome.kind !== 'job-stored') underWay.delete(tweet.id)
      // A sweep lists what was delivered, too.
      const isOld = swept.delete(tweet.id) && 'reason' in outcome && outcome.reason === 'already-handled'
      if (isOld) return outcome
      x.noteOutcome(tweet.id, toldOutcome(outcome, tweet))
      onOutcome?.(outcome as Outcome, tweet)
      return outcome
    } catch (error) {
      if (tweet) {
        x.noteOutcome(tweet.id, toldFailure(error, work.attempt))
        if (work.attempt.number === work.attempt.of) underWay.delete(tweet.id)
      }
      onFailure?.(error, tweet, work.attempt)
      throw error
    } finally {
      clearTimeout(slow)
    }
  }
}

async function subscribe(x: LocalX, agent: Agent, url: string, dialects: readonly Dialect[]): Promise<void> {
  const webhooks = new XWebhooks({ bearerToken: x.credentials.bearerToken, userCredentials: x.credentials, agent })
  const registered = await webhooks.register(url)
  if (registered.kind !== 'registered')
    throw new Error(`The local X refused the webhook: ${JSON.stringify(registered)}`)
  // Messages too: who writes "stop" is to be heard.
  const eventTypes = [...DEFAULT_EVENT_TYPES, 'dm.received']
  for (const dialect of dialects) {
    const results = await webhooks.subscribe({ dialect, webhookId: registered.webhook.id, botId: x.bot.id, eventTypes })
    const refused = results.find(({ kind }) => kind === 'refused')
    if (refused) throw new Error(`The local X refused a subscription: ${JSON.stringify(refused)}`)
  }
}

/** A port or a name that the local X cannot have is for the person to mend. */
function refused(error: unknown, { localX = {} }: LocalBotOptions): never {
  if (error instanceof LocalXError) throw new UsageError(foreign(error.message), { cause: error })
  throw usageErrorOf(error, localX.host ?? '127.0.0.1', localX.port ?? 0) ?? error
}
