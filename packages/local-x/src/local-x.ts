import type { LocalCredentials } from './auth.js'
import { makeTweet, type TweetDraft } from './controls.js'
import type { Delivery } from './deliveries.js'
import { LocalXError } from './errors.js'
import { createFaults, type Fault } from './faults.js'
import { importRecording } from './recordings.js'
import { startServer } from './server.js'
import type { PhotoUpload } from './state/media.js'
import type { LocalPerson, PersonOptions } from './state/people.js'
import type { LocalTweet } from './state/tweets.js'
import type { WebhookSecrets } from './webhook-secrets.js'
import { createWorld, type World } from './world.js'

export type LocalXOptions = {
  /** Default 0: any free port. */
  readonly port?: number
  /** The address to listen on; default 127.0.0.1. */
  readonly host?: string
  /** Epoch milliseconds, of ids, dates and windows; default `Date.now`. Signatures are checked by the wall clock. */
  readonly now?: () => number
  /** The same seed and clock give the same credentials and ids. Without it both are random. */
  readonly seed?: number
  /** The account that has the API credentials; default `hexbird`. */
  readonly bot?: { readonly id?: string; readonly username?: string }
  /** Accounts to begin with. Others come into being when they first tweet. */
  readonly people?: readonly PersonOptions[]
  /** What the app's webhooks are signed with; default `oauth1`, the consumer secret. */
  readonly webhookSecrets?: WebhookSecrets
  /** Answer 429 beyond X's limits; default true. Without it requests are counted all the same. */
  readonly rateLimits?: boolean
}

/**
 * An X that runs in this process.
 *
 * Clients keep X's own addresses (`https://api.x.com/…`, `https://pbs.twimg.com/…`) and are given an `http.Agent` whose
 * `createConnection` goes to `port` on the loopback address, so that URLs, headers and signatures are those that X sees.
 */
export type LocalX = {
  /** `http://127.0.0.1:<port>`, where the controls answer. */
  readonly url: string
  readonly port: number
  readonly credentials: LocalCredentials
  readonly bot: { readonly id: string; readonly username: string }

  /** The account of that name, made if there is none. */
  person(username: string): LocalPerson
  /** Makes a tweet and tells the webhooks; resolves when they have answered. */
  tweet(draft: TweetDraft): Promise<LocalTweet>
  /** Deletes a tweet with all its versions and tells the webhooks, if it was the subscribed account's own. */
  deleteTweet(id: string): Promise<void>
  /** All tweets, oldest first, the deleted and the superseded ones too. */
  tweets(): readonly LocalTweet[]
  /** The replies to a tweet, oldest first. */
  repliesTo(id: string): readonly LocalTweet[]
  /** The bot's first reply to a tweet, now or within the time; else throws `NO_REPLY`. */
  waitForReply(id: string, timeoutMs: number): Promise<LocalTweet>

  /**
   * Makes known what a recorded delivery of either dialect tells of, so that a bot can answer it. `photos` are the bytes
   * of its photos, in their order. Nothing is delivered: that is `deliver`.
   */
  importDelivery(rawJson: string, photos?: readonly PhotoUpload[]): readonly LocalTweet[]
  /** Signs exactly these bytes and posts them to every registered webhook, valid or not. */
  deliver(rawBytes: Uint8Array | string): Promise<readonly Delivery[]>
  /** What was delivered so far, in order. */
  deliveries(): readonly Delivery[]
  /** Resolves when nothing waits to be delivered. */
  idle(): Promise<void>

  /** Makes the next matching requests to the API or the media host go wrong. */
  failNext(fault: Fault): void

  /** Stops listening, gives up what is being delivered, leaves nothing open. A second call does nothing more. */
  close(): Promise<void>
}

/**
 * Starts a local X. Nothing of it outlives `close`.
 *
 * @throws whatever listening on `port` throws, such as EADDRINUSE; `LocalXError` `BAD_NAME` for a username X would refuse
 */
export async function startLocalX(options: LocalXOptions = {}): Promise<LocalX> {
  const { port = 0, host = '127.0.0.1', now = Date.now, seed, bot = {}, people = [], rateLimits = true } = options
  const { webhookSecrets = 'oauth1' } = options
  const world = createWorld({ now, seed, bot, people, webhookSecrets })
  const faults = createFaults()
  const server = await startServer(world, faults, { port, host, rateLimits })
  const closing = new AbortController()
  let closed: Promise<void> | undefined

  async function stop(): Promise<void> {
    closing.abort()
    await world.deliveries.close()
    await server.close()
  }

  return {
    url: `http://127.0.0.1:${server.port}`,
    port: server.port,
    credentials: world.credentials,
    bot: { id: world.bot.id, username: world.bot.username },

    person: (username) => world.people.findOrAdd(username),
    async tweet(draft) {
      const tweet = makeTweet(world, draft)
      await world.announce(tweet)
      return tweet
    },
    async deleteTweet(id) {
      await world.announceDeletion(world.tweets.remove(id))
    },
    tweets: () => world.tweets.all(),
    repliesTo: (id) => world.tweets.repliesTo(id),
    waitForReply: (id, timeoutMs) => waitForReply(world, id, timeoutMs, closing.signal),

    importDelivery: (rawJson, photos = []) => importRecording(world, rawJson, photos),
    deliver: (rawBytes) =>
      Promise.all(world.webhooks.all().map((webhook) => world.deliveries.enqueue(webhook, Buffer.from(rawBytes)))),
    deliveries: () => world.deliveries.done(),
    idle: () => world.deliveries.idle(),

    failNext: (fault) => faults.failNext(fault),

    close() {
      closed ??= stop()
      return closed
    },
  }
}

function waitForReply(world: World, id: string, timeoutMs: number, closing: AbortSignal): Promise<LocalTweet> {
  const isReply = (tweet: LocalTweet) => tweet.inReplyTo?.id === id && tweet.author.id === world.bot.id
  const there = world.tweets.repliesTo(id).find(isReply)
  if (there !== undefined) return Promise.resolve(there)
  return new Promise((resolve, reject) => {
    function finish(settle: () => void): void {
      clearTimeout(timer)
      world.onTweet.delete(listen)
      closing.removeEventListener('abort', abandon)
      settle()
    }
    const listen = (tweet: LocalTweet) => isReply(tweet) && finish(() => resolve(tweet))
    const abandon = () => finish(() => reject(new LocalXError('CLOSED', `Closed while waiting for a reply to ${id}.`)))
    const timer = setTimeout(() => {
      const message = `@${world.bot.username} did not reply to ${id} within ${timeoutMs} ms.`
      finish(() => reject(new LocalXError('NO_REPLY', message)))
    }, timeoutMs)
    world.onTweet.add(listen)
    closing.addEventListener('abort', abandon)
  })
}
