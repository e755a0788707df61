import type { LocalCredentials } from './auth/authenticator.js'
import {
  checkAgain,
  grantToken,
  type MessageDraft,
  makeMessage,
  makeTweet,
  revokeAccess,
  type TweetDraft,
} from './control/controls.js'
import { createFaults, type Fault } from './control/faults.js'
import { importRecording } from './control/recordings.js'
import { startServer } from './server.js'
import { APP_DEFAULTS, type OAuthErrorFormat, type WebhookQuota } from './state/app.js'
import type { Bill } from './state/bill.js'
import type { BotNote } from './state/bot-note.js'
import type { PhotoUpload } from './state/media.js'
import type { LocalMessage } from './state/messages.js'
import type { BotOutcome, NotedOutcome } from './state/outcomes.js'
import type { LocalPerson, PersonChange, PersonOptions } from './state/people.js'
import type { Switches } from './state/switches.js'
import type { AccessLevel, IssuedTokens } from './state/tokens.js'
import type { LocalTweet, RefusedPost } from './state/tweets.js'
import type { LocalWebhook } from './state/webhooks.js'
import { type Clock, systemClock } from './util/clock.js'
import { LocalXError } from './util/errors.js'
import { given } from './util/given.js'
import type { Delivery } from './webhooks/deliveries.js'
import type { WebhookSecrets } from './webhooks/secrets.js'
import { createWorld, type World } from './world.js'

/** How a local X starts. */
export type LocalXOptions = {
  /** Default 0: any free port. */
  readonly port?: number
  /** The address to listen on; default 127.0.0.1. */
  readonly host?: string
  /** Epoch milliseconds, of ids, dates and windows; default `Date.now`. Signatures are checked by the wall clock. */
  readonly now?: () => number
  /** The time and all waiting, in place of `now`: `testClock()` stands still until it is told. */
  readonly clock?: Clock
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
  /** Where sign-ins may lead back to, letter by letter, as in the app's settings on X; `oob` for a PIN. */
  readonly callbacks?: readonly string[]
  /** How `/oauth/request_token` and `/oauth/access_token` write their errors; default `json`. */
  readonly oauthErrors?: OAuthErrorFormat
  /** Whether the app may follow; default `enterprise-only`, as for self-serve apps since 20 April 2026. */
  readonly follows?: 'enterprise-only' | 'allowed'
  /**
   * Whose token private events of X Activity are subscribed with: default `any-user`, as X's published description says;
   * `oauth2`, as X's pages say, refuses OAuth 1.0a with `OauthAccessTokenRequired`.
   */
  readonly privateEvents?: 'any-user' | 'oauth2'
  /**
   * Whether the activity stream takes `backfill_minutes`: default `allowed`, as X's published description says;
   * `enterprise-only`, as is reported of self-serve apps, answers 400.
   */
  readonly streamBackfill?: 'enterprise-only' | 'allowed'
  /** Milliseconds between the keep-alives of the activity stream; default 20 s, as X's pages say. */
  readonly keepAliveMs?: number
  /** Default pay-per-use: 1 webhook, 3 Account Activity subscriptions. */
  readonly webhookQuota?: WebhookQuota
  /**
   * Photos keep what is embedded in them, such as keywords, which X removes; default false. It is a switch, so `set`
   * changes it later.
   */
  readonly keepMetadata?: boolean
  /** What the bot's own tokens may do; default everything, `read-write-directmessages`. */
  readonly access?: AccessLevel
  /** How long an image that a client uploads is processed, by `clock`; default 0: at once, as X does with most. */
  readonly mediaProcessingMs?: number
}

/**
 * An X that runs in this process.
 *
 * A client that takes a base URL is given `url`; OAuth 1.0a signatures are then those of `http://127.0.0.1:<port>/2/…`. One
 * that does not keeps X's own addresses (`https://api.x.com/…`, `https://pbs.twimg.com/…`) and is given an `http.Agent` whose
 * `createConnection` goes to `port` on the loopback address, so that URLs, headers and signatures are those that X sees.
 */
export type LocalX = {
  /** `http://127.0.0.1:<port>`, where the API and the controls answer. */
  readonly url: string
  readonly port: number
  readonly credentials: LocalCredentials
  readonly bot: { readonly id: string; readonly username: string }

  /** The account of that name, made if there is none. */
  person(username: string): LocalPerson
  /** Changes what a person can change about their account: name, protection, whether strangers may write. */
  changePerson(username: string, changes: PersonChange): LocalPerson
  /** A person blocks the bot: it is not told of their tweets from now on, and cannot reply to any of them. */
  block(username: string): void
  /** What anybody tried to post by the API and X's rules refused, oldest first. */
  refusedPosts(): readonly RefusedPost[]
  /** Who follows the account of that name. */
  followersOf(username: string): readonly LocalPerson[]
  /** All direct messages, oldest first. */
  messages(): readonly LocalMessage[]
  /** Where a browser finds what X serves under an address of its own, such as the page of a sign-in. */
  browserUrl(addressOnX: string): string
  /**
   * Gives the app another consumer key and secret, as X's console does: at once and without an overlap. The Bearer token
   * ends with them and is given anew by `POST /oauth2/token`; access tokens stay. Gives the credentials as they are now.
   */
  regenerateKeys(): LocalCredentials
  /**
   * An OAuth 2.0 token of the account of that name, as a sign-in would end with; the account is made if there is none.
   *
   * @param scopes default all that X has
   * @throws LocalXError `BAD_SCOPE`
   */
  userToken(username: string, scopes?: readonly string[]): IssuedTokens
  /** The credits that are left; undefined, which is the default, for as many as it takes. At 0 the API answers 402. */
  setCredits(credits: number | undefined): void
  /**
   * What X would have charged so far, in micro-dollars, by its published prices: each post and account that was read once
   * a UTC day, expansions included, each event of X Activity that was delivered, and all that was posted.
   */
  bill(): Bill
  /**
   * Makes a tweet and tells the webhooks; resolves when they have answered.
   *
   * @throws LocalXError `BAD_TEXT` and `BAD_PHOTO` for what X would not take, and others for a draft that X would refuse
   */
  tweet(draft: TweetDraft): Promise<LocalTweet>
  /** Sends a direct message and tells the webhooks; resolves when they have answered. @throws LocalXError `BAD_MESSAGE` */
  message(draft: MessageDraft): Promise<LocalMessage>
  /** Deletes a tweet with all its versions and tells the webhooks, if it was the subscribed account's own. */
  deleteTweet(id: string): Promise<void>
  /** A person takes back what they granted to the app: `user_event.revoke` or `oauth.revoke` to each webhook. */
  revoke(username: string): Promise<void>
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
  importDelivery(rawJson: string, photos?: readonly PhotoUpload[]): Promise<readonly LocalTweet[]>
  /** Signs exactly these bytes and posts them to every registered webhook, valid or not. */
  deliver(rawBytes: Uint8Array | string): Promise<readonly Delivery[]>
  /** What was delivered so far, in order. */
  deliveries(): readonly Delivery[]
  /** Posts the bytes of a delivery once more, at once, whatever the switches say. */
  redeliver(id: string): Promise<Delivery>
  /** The registered webhooks. Only valid ones are told of anything. */
  webhooks(): readonly LocalWebhook[]
  /** Sends a webhook the challenge: a wrong answer makes it invalid, a right one valid again. */
  checkWebhook(id: string): Promise<LocalWebhook>
  /** Resolves when nothing waits to be delivered, retries included: with a clock of its own, that has to be advanced. */
  idle(): Promise<void>

  /** The open connections of the activity stream. */
  readonly stream: {
    /** How many there are. */
    connections(): number
    /** Writes exactly these bytes to each, part of a line or not. */
    write(rawBytes: Uint8Array | string): void
    /** Cuts each, after what was written so far. */
    cut(): void
  }

  /** What goes wrong at present, now and then or always. */
  switches(): Switches
  /** Sets some switches and leaves the others; gives all. @throws LocalXError `BAD_SWITCH` */
  set(some: Partial<Switches>): Switches
  /** Takes down what a bot says became of a tweet; the page shows it beside the tweet. */
  noteOutcome(tweetId: string, outcome: BotOutcome): void
  /** Shows on the page what a bot tells of itself; what is left out stays. @throws LocalXError `BAD_NOTE` */
  noteBot(note: BotNote): void
  /** All outcomes, in the order in which they were noted. */
  outcomes(): readonly NotedOutcome[]

  /** Leaves a mention out of the list of mentions until the function that this returns is called, as X does at times. */
  listLate(tweetId: string): () => void
  /** Makes the next matching requests to the API or the media host go wrong. */
  failNext(fault: Fault): void
  /** Forgets every fault that is still waiting for its requests. */
  clearFaults(): void

  /** Stops listening, gives up what is being delivered, leaves nothing open. A second call does nothing more. */
  close(): Promise<void>
}

/**
 * Starts a local X. Nothing of it outlives `close`.
 *
 * @throws whatever listening on `port` throws, such as EADDRINUSE; `LocalXError` `BAD_NAME` for a username X would refuse
 */
export async function startLocalX(options: LocalXOptions = {}): Promise<LocalX> {
  const {
    port = 0,
    host = '127.0.0.1',
    now = Date.now,
    clock = { ...systemClock, now },
    seed,
    bot = {},
    people = [],
    rateLimits = true,
    keepMetadata = false,
    access,
    mediaProcessingMs = 0,
    keepAliveMs = 20_000,
  } = options
  const { webhookSecrets = 'oauth1' } = options
  const { callbacks, oauthErrors, follows, privateEvents, streamBackfill, webhookQuota } = {
    ...APP_DEFAULTS,
    ...given(options),
  }
  const app = { callbacks, oauthErrors, follows, privateEvents, streamBackfill, webhookQuota, credits: undefined }
  const made = { clock, seed, bot, people, webhookSecrets, app, keepMetadata, access, mediaProcessingMs, keepAliveMs }
  const world = createWorld(made)
  const faults = createFaults(world.switches)
  const server = await startServer(world, faults, { port, host, rateLimits })
  const closing = new AbortController()
  let closed: Promise<void> | undefined

  async function stop(): Promise<void> {
    closing.abort()
    world.stream.close()
    await world.deliveries.close()
    await server.close()
  }

  return {
    url: `http://127.0.0.1:${server.port}`,
    port: server.port,
    get credentials() {
      return { ...world.credentials }
    },
    bot: { id: world.bot.id, username: world.bot.username },

    person: (username) => world.people.findOrAdd(username),
    changePerson: (username, changes) => world.people.change(world.people.findOrAdd(username), changes),
    block: (username) => void world.blockers.add(world.people.findOrAdd(username).id),
    refusedPosts: () => [...world.refusedPosts],
    followersOf: (username) => world.people.followersOf(world.people.findOrAdd(username).id),
    messages: () => world.messages.all(),
    browserUrl(addressOnX) {
      const { pathname, search } = new URL(addressOnX)
      return `http://127.0.0.1:${server.port}${pathname}${search}`
    },
    regenerateKeys() {
      world.regenerateKeys()
      return { ...world.credentials }
    },
    userToken: (username, scopes) => grantToken(world, username, scopes),
    setCredits(credits) {
      world.app.credits = credits
    },
    bill: () => world.bills.bill(),
    listLate(tweetId) {
      world.unlisted.add(tweetId)
      return () => void world.unlisted.delete(tweetId)
    },
    async tweet(draft) {
      const { tweet, announced } = await makeTweet(world, draft)
      await announced
      return tweet
    },
    async message(draft) {
      const message = makeMessage(world, draft)
      await world.announceMessage(message)
      return message
    },
    async deleteTweet(id) {
      await world.announceDeletion(world.tweets.remove(id))
    },
    revoke: (username) => revokeAccess(world, username),
    tweets: () => world.tweets.all(),
    repliesTo: (id) => world.tweets.repliesTo(id),
    waitForReply: (id, timeoutMs) => waitForReply(world, id, timeoutMs, closing.signal),

    importDelivery: (rawJson, photos = []) => importRecording(world, rawJson, photos),
    deliver: (rawBytes) =>
      Promise.all(world.webhooks.all().map((webhook) => world.deliveries.enqueue(webhook, Buffer.from(rawBytes)))),
    deliveries: () => world.deliveries.done(),
    redeliver: (id) => world.deliveries.redeliver(id),
    webhooks: () => world.webhooks.all(),
    checkWebhook: (id) => checkAgain(world, id),
    async idle() {
      await Promise.all([world.deliveries.idle(), world.stream.idle()])
    },
    stream: {
      connections: () => world.stream.connections(),
      write: (rawBytes) => world.stream.write(Buffer.from(rawBytes)),
      cut: () => world.stream.cut(),
    },

    switches: () => world.switches.all(),
    set: (some) => world.switches.set(some),
    noteOutcome: (tweetId, outcome) => world.outcomes.note(tweetId, outcome),
    noteBot: (note) => void world.botNotes.note(note),
    outcomes: () => world.outcomes.all(),

    failNext: (fault) => faults.failNext(fault),
    clearFaults: () => faults.clear(),

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
