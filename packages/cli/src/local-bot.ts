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
import { decodeJob } from '@hexbird/core/adapter'
import { boundsOf, type OperatorPorts, type SignInOptions, type SignInPorts } from '@hexbird/core/host'
import { defined } from '@hexbird/core/util'
import type { SignInAppEvent, WebhookAppEvent } from '@hexbird/http'
import { SIGN_IN_PATHS, WEBHOOK_PATH } from '@hexbird/http'
import type { LocalX, LocalXOptions } from '@hexbird/local-x'
import { LocalXError, startLocalX } from '@hexbird/local-x'
import type { Around, RunPorts, Work } from '@hexbird/runner'
import { startBot } from '@hexbird/runner'
import { getConnInfo } from '@hono/node-server/conninfo'
import { foreign } from './foreign.js'
import { troubleOf } from './local/trouble.js'
import { toldOutcome } from './outcome-words.js'
import { listenAt, usageErrorOf } from './server.js'
import { keepSweeping } from './sweep-local.js'
import { UsageError } from './usage-error.js'

/** The dialects in which X tells of an account. */
export type Dialect = 'x-activity' | 'account-activity'

/** How a bot and its local X start: all that a bot may be told, and what is wanted of X. */
export interface LocalBotOptions extends Omit<BotOptions, 'bot'> {
  /** What the bot does. Default: it says which animals are in a photo. */
  readonly definition?: Definition
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
  /** So often, in milliseconds, the bot asks for mentions that were not delivered. Left out, it does not. */
  readonly sweepEvery?: number
  /** Told what the pages of the sign-in noticed. */
  readonly onSignInEvent?: (event: SignInAppEvent) => void
  /** Ports to use in place of the usual ones, perhaps made of them. */
  readonly ports?: Partial<LocalPorts> | ((usual: LocalPorts) => Partial<LocalPorts>)
}

/** All that a bot and its sign-in work with. */
export type LocalPorts = Required<Omit<RunPorts, 'jobs'>> &
  SignInPorts &
  Required<Pick<OperatorPorts, 'queues'>> &
  Pick<Ports, 'cursor'>

/** A bot and the X that it lives in, both on this machine. */
export interface LocalBot {
  readonly x: LocalX
  readonly webhookUrl: string
  /** Where people sign in. */
  readonly signInUrl: string
  /** What the bot works with. */
  readonly ports: LocalPorts
  /** Replaces the bot, from the next event on. @throws BotError if this is not a bot; the current one stays */
  use(definition: Definition): void
  /** Resolves when no event and no job is waiting or running. */
  idle(): Promise<void>
  /** Stops the bot and its X; what they held is gone. */
  close(): Promise<void>
}

/** Runs a whole bot against a local X: the real web apps, the real client, real signatures; stores in memory. */
export async function startLocalBot(options: LocalBotOptions = {}): Promise<LocalBot> {
  const { definition = photoReplies(animalRules), now = Date.now } = options
  // First of all an address: X wants to know where sign-ins may lead back to.
  const web = await listenAt()
  const x = await startX(options, `${web.origin}${SIGN_IN_PATHS.callback}`).catch(async (error: unknown) => {
    await web.close()
    return refused(error, options)
  })
  const agent = agentTo({ port: x.port })
  const usual = portsOn(x, agent, now, options.queue)
  const ports = {
    ...usual,
    ...defined((typeof options.ports === 'function' ? options.ports(usual) : options.ports) ?? {}),
  }
  // Of tweets that a sweep has put into the inbox.
  const swept = new Set<string>()
  const running = startBot(definition, ports, {
    ...options,
    bot: x.bot,
    around: telling(x, ports.blobs, swept, options),
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
  web.serve(running.fetch)
  const webhookUrl = `${web.origin}${WEBHOOK_PATH}`
  await subscribe(x, agent, webhookUrl, options.dialects ?? ['x-activity'])
  const signInUrl = `${web.origin}${SIGN_IN_PATHS.page}`
  x.noteBot({ links: [{ text: 'Sign in', url: signInUrl }] })
  const { sweepEvery: every, limits } = options
  const stopSweeping =
    every === undefined
      ? async () => {}
      : keepSweeping(x, { agent, ports, every, swept, ...boundsOf(definition, defined({ limits })) })
  return {
    x,
    webhookUrl,
    signInUrl,
    ports,
    use: (next) => running.use(next),
    idle: () => running.idle(),
    async close() {
      await stopSweeping()
      await running.close()
      await x.close()
      agent.destroy()
      await web.close()
    },
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

/** Tells the local X, and whoever started the bot, what becomes of each thing. */
function telling(
  x: LocalX,
  blobs: BlobStore,
  swept: Set<string>,
  { onOutcome, onOther, onFailure }: LocalBotOptions,
): Around {
  return async (work, handle) => {
    let tweet: Tweet | undefined
    try {
      tweet = await tweetOf(blobs, work)
      const outcome = await handle()
      if (!tweet) {
        if (work.kind === 'event') onOther?.(outcome)
        return outcome
      }
      // A sweep lists what was delivered, too.
      const isOld = swept.delete(tweet.id) && 'reason' in outcome && outcome.reason === 'already-handled'
      if (isOld) return outcome
      x.noteOutcome(tweet.id, toldOutcome(outcome, tweet))
      onOutcome?.(outcome as Outcome, tweet)
      return outcome
    } catch (error) {
      if (tweet) x.noteOutcome(tweet.id, { kind: 'failed', text: `failed: ${troubleOf(error)}; up to five tries` })
      onFailure?.(error)
      throw error
    }
  }
}

/** A job is gone once it is done. */
async function tweetOf(blobs: BlobStore, work: Work): Promise<Tweet | undefined> {
  if (work.kind === 'event') return work.event.kind === 'tweet' ? work.event.tweet : undefined
  const job = await blobs.get(work.key)
  return job && decodeJob(job.bytes).tweet
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
