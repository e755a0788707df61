import {
  KeywordImageLabeler,
  MemoryBlobStore,
  MemoryBudget,
  MemoryCursor,
  MemoryInbox,
  MemoryKillSwitch,
  MemoryOptOuts,
  MemoryQueue,
  MemoryReplyLedger,
} from '@hexbird/adapters-memory'
import { HttpsMediaFetcher, XActivityStream, XMentions, XSocialClient } from '@hexbird/adapters-x'
import type { Bot, BotPorts, Definition, Event, EventOutcome, Limits } from '@hexbird/core'
import { createBot, defaultLimits, selfServe2026 } from '@hexbird/core'
import { type Cursor, type Inbox, JOBS, type Jobs, jobKey, type Mentions } from '@hexbird/core/adapter'
import type { Handled, Swept } from '@hexbird/core/host'
import { sweep } from '@hexbird/core/host'
import { createWebhookApp } from '@hexbird/http'
import type { Bill, LocalTweet, TweetDraft } from '@hexbird/local-x'
import {
  type AllPorts,
  type Fault,
  type FaultPlan,
  faulty,
  type Gate,
  type Injector,
  injector,
  orderlyGate,
  type Process,
  startProcess,
} from './faults.js'
import type { LocalStage } from './local-stage.js'
import { type CallListener, createMeter, type Meter } from './meter.js'
import { randomOf } from './random.js'
import { type Tally, tally } from './tally.js'

/** A queue, as a fixture uses it. */
interface FixtureQueue<Item> {
  put(items: readonly Item[]): Promise<void>
  consume(handler: (item: Item) => Promise<Handled>): () => Promise<void>
  readonly deadLetters: readonly { readonly item: Item; readonly reason: unknown }[]
}

/** Everything that a bot keeps, elsewhere than in memory: a store of `@hexbird/adapters-sqlite`, for example. */
interface FixtureFile {
  readonly ports: Pick<BotPorts, 'ledger' | 'budget' | 'killSwitch' | 'optOuts'> & { readonly cursor: Cursor }
  blobs(): BotPorts['blobs']
  jobs(queue: Pick<FixtureQueue<string>, 'put'>): Jobs
  queue<Item>(name: string, options: object): FixtureQueue<Item>
}

/** How a bot is weakened, to show what each of its guards is for: each part wraps what it is given. */
export interface Weakness {
  /** The ports of a process, of which `label` is the kind: `x-activity`, `account-activity`, `job` or `sweep`. */
  readonly ports?: (ports: AllPorts, process: { readonly label: string; readonly now: () => number }) => AllPorts
  /** What the bot gets of the store, after the faults. */
  readonly blobs?: (blobs: BotPorts['blobs']) => BotPorts['blobs']
  readonly event?: (event: Event, now: number) => Event
  /** `handle` does at once what is put in; a sweep has none. */
  readonly inbox?: (inbox: Inbox, handle?: (event: Event) => Promise<unknown>) => Inbox
  readonly mentions?: (mentions: Mentions, cursor: Cursor) => Mentions
  /** What failed is taken for done. */
  readonly forgetsFailures?: boolean
  /** Waiting uses up tries. */
  readonly countsWaits?: boolean
  /** X is not asked for what it did not deliver; or not after each connection of the stream. */
  readonly neverSweeps?: boolean
  readonly connectsWithoutSweep?: boolean
}

export interface FixtureOptions {
  /** A function is asked for each process. */
  readonly definition: Definition | ((process: Process, injector: Injector) => Definition)
  /** How many images each reply is to have. */
  readonly images: number
  readonly stage: LocalStage
  readonly seed: number
  /** Made for each fixture, with what is left of its time. */
  readonly weaken?: (later: (run: () => void, milliseconds: number) => unknown) => Weakness
  readonly plan?: FaultPlan
  readonly gate?: Gate
  readonly limits?: Partial<Limits>
  /** X takes the same words twice, so that nothing but the bot's own care keeps it from a second reply. */
  readonly forgetsWords: boolean
  /** X does not list a reply when it is first looked for. */
  readonly listsLate?: boolean
  /** All that is stored is in it. */
  readonly file?: FixtureFile
  /** What is stored, and who looks at it, elsewhere than in memory. */
  readonly stores?: Partial<Pick<AllPorts, 'blobs' | 'labeler' | 'ledger' | 'budget' | 'killSwitch' | 'optOuts'>>
  /** How the ports break besides: for outages. */
  readonly outage?: (ports: AllPorts) => AllPorts
  /** By so many milliseconds the clock of every other process is ahead. */
  readonly apart?: number
  /** Why a tweet may have no reply. */
  readonly mayRefuse?: (outcome: EventOutcome) => boolean
  /** What waits for words: the bot has seen these outcomes, of the tweet with that first id. */
  readonly onOutcome?: (outcome: EventOutcome, about: string) => void
  /** Told when a fault of the plan has been done. */
  readonly onFault?: Injector['onFault']
  /** Told of what a queue gives up, and why, when it does. */
  readonly onDeadLetter?: (about: string, reason: unknown) => void
  /** Told of the tweets that a sweep found and put into the inbox, by their first ids. */
  readonly onSwept?: (abouts: readonly string[]) => void
  readonly calls?: CallListener
  /** Runs what a process does, so that whatever it calls can tell which one it is. */
  readonly within?: <Result>(process: Process, work: () => Result) => Result
  /** Milliseconds of this process's time that a handler may wait for something else than a port. Default 60,000. */
  readonly patience?: number
}

/** What is to become of a tweet. */
interface Told {
  /** It must not be answered, ever. */
  readonly unwelcome?: boolean
  /** What the photos of this version of it show, in a word that no other version's show. */
  readonly shows?: string
}

/** A bot on a local X: what is stored outlives its processes, of which there is one for each thing to do. */
export interface Fixture {
  readonly injector: Injector
  readonly meter: Meter
  readonly ledger: BotPorts['ledger']
  readonly killSwitch: BotPorts['killSwitch']
  /**
   * Somebody tweets; the webhook takes the deliveries in, or does not. Nothing is handled yet. A tweet may be one that
   * must not be answered, ever.
   */
  tell(draft: TweetDraft, how?: Told): Promise<LocalTweet>
  /** Something else happens on X, of which it may tell the bot. */
  happen<Result>(what: () => Promise<Result>): Promise<Result>
  /** The deliveries from the one of that number up to the other, once more. */
  redeliver(from: number, until: number): Promise<void>
  /** Everything runs, in virtual time, until nothing is left to do or `until` holds; lost deliveries are swept up. */
  settle(until?: () => boolean): Promise<void>
  /** X is asked for what it did not deliver, as the schedule does it. */
  sweep(): Promise<Swept | undefined>
  /** The same, again until it comes to an end. False if it does not, as while posting is stopped. */
  sweepUp(): Promise<boolean>
  /** Puts what the queues gave up since the last time back into them, as an operator does; gives the reasons. */
  redrive(): Promise<readonly unknown[]>
  /** What came of it, as the local X counts. */
  count(): Tally
  /** CPU milliseconds that handlers spent waiting for something other than a port. */
  waitedMs(): number
  /** The last outcomes of each tweet, by its first id. */
  readonly outcomes: ReadonlyMap<string, readonly EventOutcome[]>
}

/** Nothing in a story takes so many steps: whatever does is going round in circles. */
const MOST_STEPS = 200_000

/** The time of this process is asked for once in so many turns of the event loop. */
const SPINS = 256

/** Milliseconds: what is shorter may be the local X that answers. */
const SHORT = 50

/** Milliseconds that this process has had: on a busy machine far fewer than went by. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Milliseconds, where it matters that time goes by. */
const POST_TAKES = 200

/** X waits ten seconds for the webhook, which only stores: nothing should come near them. */
const SLOW = 5_000

const ANSWER_LOST: ReadonlySet<string> = new Set<Fault>(['throw-after', 'timeout'])

/** No delivery: all that came before it has been read when it is. */
const LAST_LINE = 'all\r\n'

/** Milliseconds: what waits for so long, such as for a silent line, is not waited for. */
const NEVER = 60_000

/** What is taken for done. */
const PASSED_OVER: EventOutcome = { kind: 'passed-over', name: 'failed' }

const UNRESOLVED = ({ kind }: EventOutcome) => kind === 'unresolved'

/** What a handler waits for is no port: time stands still meanwhile, so that it may wait for good. */
export class StuckError extends Error {
  override readonly name = 'StuckError'
  readonly code = 'STUCK'
}

export function createFixture(options: FixtureOptions): Fixture {
  const { definition, stage, mayRefuse = UNRESOLVED, forgetsWords, patience = 60_000 } = options
  const { within = (_, work) => work() } = options
  const { x, clock, agent } = stage
  const { now } = clock
  const random = randomOf(options.seed)
  const limits = { ...defaultLimits, ...options.limits }
  const meter = createMeter({
    limits,
    now,
    billed: () => askedFor(x.bill()),
    calls: options.calls,
    status: stage.lastStatus,
  })
  const injected = injector(options.plan ?? new Map(), options.gate ?? orderlyGate(), clock.pass, (...told) => {
    const [fault, label, process] = told
    // Whoever got no answer has not heard until when X wants to be left alone.
    if (ANSWER_LOST.has(fault) && /^(?:social|mentions)\./.test(label)) meter.failed(process)
    options.onFault?.(...told)
  })
  const { gate } = injected
  const stored = new Set<string>()
  const outcomes = new Map<string, EventOutcome[]>()
  /** By first id: all versions of what was asked. */
  const asked = new Map<string, string[]>()
  const unwelcome = new Set<string>()
  /** By the id of a version of a tweet. */
  const shows = new Map<string, string>()
  const lookedFor = new Set<string>()
  let waited = 0
  /** How many dead letters were put back, and how many were told of. */
  let redriven = { events: 0, jobs: 0 }
  let toldOf = redriven
  const weakness = options.weaken?.(clock.setTimer) ?? {}
  const { inbox: inboxOf = (one: Inbox) => one, mentions: mentionsOf = (one: Mentions) => one } = weakness
  const living = new Set<Process>()
  let [live, ids, deliveries, lost, blocked, dead] = [0, 0, 0, 0, 0, 0]

  const queue = { now, random, setTimer: clock.setTimer, clearTimer: clock.clearTimer, backoff: 60_000 }
  const { file } = options
  const events = file?.queue<Event>('events', queue) ?? new MemoryQueue<Event>(queue)
  const jobs = file?.queue<string>('jobs', queue) ?? new MemoryQueue<string>(queue)
  const inbox: Inbox = file ? events : new MemoryInbox(events)
  const held = options.stores?.blobs ?? file?.blobs() ?? new MemoryBlobStore()
  const blobs = watched(held, stored, (key) => void (key.startsWith(JOBS) && jobs.put([key])))
  const {
    ledger = new MemoryReplyLedger(),
    budget = new MemoryBudget(),
    killSwitch = new MemoryKillSwitch(),
    optOuts = new MemoryOptOuts(),
    labeler = new KeywordImageLabeler(blobs),
  }: NonNullable<FixtureOptions['stores']> = options.stores ?? file?.ports ?? {}
  const cursor = file?.ports.cursor ?? new MemoryCursor()
  const { consumerSecret, bearerToken } = x.credentials
  const asBot = { credentials: x.credentials, botId: x.bot.id, agent, now }
  const client = new XSocialClient(asBot)
  const social: BotPorts['social'] = {
    async reply(id, text, mediaIds) {
      // The time is among the words that a bot says where X has seen all others.
      if (!forgetsWords) clock.pass(POST_TAKES)
      return client.reply(id, text, mediaIds)
    },
    uploadImage: (image) => client.uploadImage(image),
    tweet: (id) => client.tweet(id),
    findOwnReply: async (id) => (options.listsLate && isFirst(id) ? { kind: 'absent' } : client.findOwnReply(id)),
    me: () => client.me(),
  }
  const media = new HttpsMediaFetcher({ agent })
  const mentions = new XMentions(asBot)
  const newId = () => `${options.seed}-${ids++}`
  /** The clock of a process. */
  const clocks = new Map<Process, () => number>()
  const clockOf = (one: Process) => clocks.get(one) ?? now

  function portsOf(one: Process): AllPorts {
    const metered = meter.of(one)
    const now = clockOf(one)
    const honest: AllPorts = {
      social: metered.social(social),
      media,
      blobs,
      labeler: metered.labeler(labeler),
      ledger,
      budget,
      killSwitch: metered.killSwitch(killSwitch),
      optOuts,
      ...(file && { jobs: noted(file.jobs(jobs), stored) }),
      now,
      newId,
    }
    const given = options.outage?.(honest) ?? honest
    const ports = weakness.ports?.(given, { label: one.label, now }) ?? given
    const through = <Port extends object>(port: Port, name: string) => faulty(port, name, one, injected)
    const faultyBlobs = through(ports.blobs, 'blobs')
    return {
      social: through(ports.social, 'social'),
      media: through(ports.media, 'media'),
      blobs: weakness.blobs?.(faultyBlobs) ?? faultyBlobs,
      labeler: through(ports.labeler, 'labeler'),
      ledger: through(ports.ledger, 'ledger'),
      budget: through(ports.budget, 'budget'),
      killSwitch: through(ports.killSwitch, 'killSwitch'),
      optOuts: through(ports.optOuts, 'optOuts'),
      ...(ports.jobs && { jobs: through(ports.jobs, 'jobs') }),
      now,
      newId,
    }
  }

  /** Does one thing in a process of its own. Where that dies nobody ever hears of it. */
  function inProcess<Result>(label: string, work: (one: Process) => Promise<Result>, about?: string): Promise<Result> {
    const one = startProcess(label, about)
    living.add(one)
    const ahead = clocks.size % 2 === 0 ? 0 : (options.apart ?? 0)
    clocks.set(one, () => now() + ahead)
    meter.born(one)
    live += 1
    let over = false
    return new Promise((resolve) => {
      const end = (tell?: () => void) => {
        if (over) return
        over = true
        live -= 1
        living.delete(one)
        tell?.()
      }
      void one.died.then(() => end())
      // What is thrown at once is a rejection too.
      const begin = async () => within(one, () => work(one))
      const doing = begin()
      const done = () => end(() => resolve(doing))
      doing.then(
        () => {
          meter.ended(one)
          done()
        },
        () => {
          meter.failed(one)
          done()
        },
      )
    })
  }

  const botOf = (one: Process): Bot => {
    const made = typeof definition === 'function' ? definition(one, injected) : definition
    return createBot(made, portsOf(one), { bot: x.bot, limits })
  }

  function isFirst(tweetId: string): boolean {
    const known = lookedFor.has(tweetId)
    lookedFor.add(tweetId)
    return !known
  }

  async function handled(label: string, about: string, work: (bot: Bot) => Promise<EventOutcome>) {
    const working = inProcess(label, (one) => work(botOf(one)), about)
    const outcome = await (weakness.forgetsFailures ? working.catch(() => PASSED_OVER) : working)
    options.onOutcome?.(outcome, about)
    outcomes.set(about, [...(outcomes.get(about) ?? []), outcome])
    if (outcome.kind !== 'deferred') return 'done'
    if (weakness.countsWaits) throw new Error('It has to wait.')
    return { retryAt: outcome.until }
  }

  async function answerWebhook(
    request: Request,
    incoming: { readonly socket: { destroy(): unknown } },
  ): Promise<Response> {
    const body = await request.arrayBuffer()
    const begun = now()
    const { injected: faults, passed } = injected
    const response = await inProcess('webhook', async (one) => {
      const handle = (event: Event) => botOf(one).handleEvent(event)
      const app = createWebhookApp({
        inbox: inboxOf(faulty(inbox, 'inbox', one, injected), handle),
        consumerSecrets: [consumerSecret],
      })
      void one.died.then(() => incoming.socket.destroy())
      return app.fetch(new Request(request.url, { method: 'POST', headers: request.headers, body }))
    })
    // A call of another process may have timed out meanwhile, in the same virtual time.
    const took = now() - begun - (injected.passed - passed)
    if (took > SLOW && injected.injected === faults) blocked += 1
    return response
  }

  /** Runs what waits at the gate until `over`; time stands still. */
  async function run(over: () => boolean): Promise<void> {
    let [steps, spins, idleSince] = [0, 0, 0]
    while (!over()) {
      if (gate.count() > 0) {
        const idle = spins < SPINS ? 0 : cpuTime() - idleSince
        if (idle > SHORT) waited += idle
        spins = 0
        steps += 1
        if (steps > MOST_STEPS) throw abandon(`There is no end to it: ${injected.seen.slice(-20).join(', ')}`)
        await gate.next()
      } else {
        spins += 1
        if (spins === SPINS) idleSince = cpuTime()
        else if (spins % SPINS === 0 && cpuTime() - idleSince > patience)
          throw abandon(`Nothing went on for ${patience} ms`)
      }
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** Whoever still waits is dead from now on: what comes back to it reaches nobody. */
  function abandon(why: string): StuckError {
    const names = [...living].map(({ label, about }) => (about === undefined ? label : `${label} ${about}`))
    for (const one of [...living]) one.die()
    return new StuckError(`${why}: ${names.join(', ')}.`)
  }

  async function during<Result>(external: Promise<Result>): Promise<Result> {
    let over = false
    const watched = external.finally(() => {
      over = true
    })
    void watched.catch(() => {})
    await run(() => over)
    return watched
  }

  function tellOfDeadLetters(): void {
    if (!options.onDeadLetter) return
    const [ofEvents, ofJobs] = [events.deadLetters, jobs.deadLetters]
    for (const { item, reason } of ofEvents.slice(toldOf.events)) options.onDeadLetter(aboutEvent(item), reason)
    for (const { item, reason } of ofJobs.slice(toldOf.jobs)) options.onDeadLetter(aboutJob(item), reason)
    toldOf = { events: ofEvents.length, jobs: ofJobs.length }
  }

  async function drain(until: () => boolean): Promise<void> {
    const stops = [
      events.consume((event) => {
        const told = weakness.event?.(event, now()) ?? event
        const tweet = told.kind === 'tweet' ? told.tweet : undefined
        const label = tweet?.conversationId === undefined ? 'account-activity' : 'x-activity'
        return handled(label, aboutEvent(told), (bot) => bot.handleEvent(told))
      }),
      jobs.consume((key) => handled('job', aboutJob(key), (bot) => bot.runJob(key))),
    ]
    for (;;) {
      await run(() => gate.count() === 0 && live === 0)
      // What has just ended may have put something into a queue.
      await new Promise((resolve) => setImmediate(resolve))
      if (gate.count() > 0 || live > 0) continue
      tellOfDeadLetters()
      if (until() || !clock.jump()) break
    }
    // Consumers that wait for a dead process wait for good: nothing of theirs is left, so nobody waits for them.
    for (const stop of stops) void stop()
    dead = events.deadLetters.length + jobs.deadLetters.length
  }

  /** Gives what the sweep did, or nothing where it failed or died. */
  async function sweepOnce(): Promise<Swept | undefined> {
    clock.pass(5 * 60_000)
    let over = false
    let swept: Swept | undefined
    const working = inProcess('sweep', async (one) => {
      const through = <Port extends object>(port: Port, name: string) => faulty(port, name, one, injected)
      const { budget: spending, killSwitch: breaking } = portsOf(one)
      const told: Inbox = {
        async put(events) {
          await inbox.put(events)
          options.onSwept?.(events.map(aboutEvent))
        },
      }
      const ports = {
        mentions: through(mentionsOf(meter.of(one).mentions(mentions), cursor), 'mentions'),
        cursor: through(cursor, 'cursor'),
        inbox: inboxOf(through(told, 'inbox')),
        budget: spending,
        killSwitch: breaking,
        now: clockOf(one),
      }
      return sweep(ports, { bot: x.bot, limits, platform: selfServe2026 })
    })
    working.then(
      (result) => {
        swept = result
        over = true
      },
      () => {
        over = true
      },
    )
    await run(() => over || live === 0)
    return swept
  }

  /** Whether it speaks of what another version of the tweet shows than the one that it replies to. */
  function isMixed({ text, inReplyTo }: LocalTweet, versions: readonly string[]): boolean {
    const said = text.toLowerCase()
    const meant = shows.get(inReplyTo?.id ?? '')
    return versions.some((id) => {
      const shown = shows.get(id)
      return id !== inReplyTo?.id && shown !== undefined && shown !== meant && said.includes(shown)
    })
  }

  /** Whether it lacks an image, or the words for those who cannot see it. */
  const isBare = ({ photos }: LocalTweet) =>
    photos.length !== options.images || photos.some(({ altText = '' }) => altText === '')

  async function sweepUp(): Promise<boolean> {
    for (let tries = 0; tries < 6; tries++) if ((await sweepOnce())?.kind === 'swept') return true
    return false
  }

  /**
   * The same, with somebody who reads X's stream meanwhile, until the line is cut or its reader dies. A sweep follows each
   * connection, and comes every ten minutes besides.
   */
  async function overStream<Result>(what: () => Promise<Result>): Promise<Result> {
    let [connected, over, dead] = [false, false, false]
    if (!weakness.connectsWithoutSweep) lost += 1
    let close = async () => {}
    void inProcess('stream', async (one) => {
      const handle = (event: Event) => botOf(one).handleEvent(event)
      const stream = new XActivityStream({
        bearerToken,
        agent,
        inbox: inboxOf(faulty(inbox, 'inbox', one, injected), handle),
        now,
        silenceMs: NEVER,
        setTimer: (run, ms) =>
          ms < NEVER
            ? setImmediate(() => {
                clock.pass(ms)
                run()
              })
            : undefined,
        clearTimer: (timer) => clearImmediate(timer as NodeJS.Immediate),
        onEvent({ kind }) {
          if (kind === 'taken') deliveries += 1
          if (kind === 'connected') connected = true
          if (kind === 'line-skipped' || (kind === 'cut' && connected)) over = true
        },
      })
      close = () => stream.close()
      void one.died.then(() => {
        dead = true
        over = true
        void stream.close()
      })
      stream.start()
    })
    await run(() => connected)
    const told = await during(what())
    x.stream.write(LAST_LINE)
    await run(() => over)
    if (!dead) await during(close())
    return told
  }

  async function deliver<Result>(what: () => Promise<Result>): Promise<Result> {
    if (stage.dialects === 'stream') return overStream(what)
    const before = x.deliveries().length
    const { injected: faults } = injected
    const told = await during(what())
    const made = x.deliveries().slice(before)
    deliveries += made.length
    const failed = made.filter(({ status }) => status !== 200)
    lost += failed.length
    const isInjected = injected.injected > faults
    if (!isInjected) blocked += failed.filter(({ status }) => status !== undefined).length
    return told
  }

  stage.answerWith(answerWebhook)
  x.set({ takesSameWords: forgetsWords })
  const newest = x.tweets().at(-1)
  if (newest) void cursor.advance({ id: newest.id, seen: [] })

  return {
    injector: injected,
    meter,
    ledger,
    killSwitch,
    outcomes,
    waitedMs: () => waited,
    async tell(draft, how) {
      const tweet = await deliver(() => x.tweet(draft))
      const [first = tweet.id] = draft.edits === undefined ? [tweet.id] : [draft.edits]
      asked.set(first, [...(asked.get(first) ?? []), tweet.id])
      meter.knows(tweet.id, tweet.author.id)
      if (how?.unwelcome) unwelcome.add(first)
      // An edit keeps the photos unless it has others.
      const shown = how?.shows ?? (draft.photos === undefined ? shows.get(draft.edits ?? '') : undefined)
      if (shown !== undefined) shows.set(tweet.id, shown)
      return tweet
    },
    happen: deliver,
    async redeliver(from, until) {
      const again = x.deliveries().slice(from, until)
      await deliver(async () => {
        for (const { id } of again) await x.redeliver(id)
      })
    },
    async settle(until = () => false) {
      await drain(until)
      for (let rounds = 0; lost > 0 && rounds < 3 && !weakness.neverSweeps; rounds++) {
        const before = lost
        lost = 0
        const isSwept = await sweepUp()
        await drain(until)
        if (isSwept) continue
        lost += before
        break
      }
    },
    sweep: sweepOnce,
    sweepUp,
    async redrive() {
      const given = [...events.deadLetters.slice(redriven.events), ...jobs.deadLetters.slice(redriven.jobs)]
      for (const { item } of events.deadLetters.slice(redriven.events)) await events.put([item])
      for (const { item } of jobs.deadLetters.slice(redriven.jobs)) await jobs.put([item])
      redriven = { events: events.deadLetters.length, jobs: jobs.deadLetters.length }
      return given.map(({ reason }) => reason)
    },
    count() {
      let [replies, refused, missed, doubled, unwanted, mixed, bare] = [0, 0, 0, 0, 0, 0, 0]
      for (const [first, versions] of asked) {
        const own = versions.flatMap((id) => x.repliesTo(id).filter(({ author }) => author.id === x.bot.id))
        const made = own.length
        mixed += own.filter((reply) => isMixed(reply, versions)).length
        bare += own.filter(isBare).length
        replies += made
        doubled += Math.max(0, made - 1)
        if (unwelcome.has(first)) unwanted += made
        if (made > 0) continue
        if ((outcomes.get(first) ?? []).some(mayRefuse)) refused += 1
        else missed += 1
      }
      return tally({
        stories: 1,
        faults: injected.injected,
        crashes: injected.crashes,
        deliveries,
        tweets: asked.size,
        replies,
        refused,
        deadLetters: dead,
        missed,
        doubled,
        mixed,
        bare,
        photosLeft: stored.size,
        overspent: meter.overspent(),
        early: meter.early(),
        unwelcome: unwanted,
        blocked,
      })
    },
  }
}

const aboutEvent = (event: Event): string => (event.kind === 'tweet' ? event.tweet.firstId : event.kind)

const aboutJob = (key: string): string => /([0-9]+)\.json$/.exec(key)?.[1] ?? key

/** In micro-dollars, for what was asked of X: what it delivers it bills besides, wanted or not. */
export const askedFor = ({ total, byKind }: Bill): number =>
  total - byKind.postEvent - byKind.messageEvent - byKind.followEvent

/** A store that tells of what was stored, and of what it holds. */
function watched(store: BotPorts['blobs'], keys: Set<string>, onStored: (key: string) => void): BotPorts['blobs'] {
  return {
    async put(key, bytes, type) {
      await store.put(key, bytes, type)
      keys.add(key)
      onStored(key)
    },
    get: (key) => store.get(key),
    async remove(key) {
      await store.remove(key)
      keys.delete(key)
    },
    async removeAll(prefix) {
      await store.removeAll(prefix)
      for (const key of keys) if (key.startsWith(prefix)) keys.delete(key)
    },
  }
}

/** Jobs that tell of what was stored. */
const noted = (jobs: Jobs, keys: Set<string>): Jobs => ({
  async put(job) {
    await jobs.put(job)
    keys.add(jobKey(job.tweet))
  },
})
