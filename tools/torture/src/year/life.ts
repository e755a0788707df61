import { KeywordImageLabeler } from '@hexbird/adapters-memory'
import { type agentTo, HttpsMediaFetcher, XMentions, XSocialClient } from '@hexbird/adapters-x'
import {
  type BotPorts,
  defaultLimits,
  type Event,
  type EventOutcome,
  type Limits,
  type Platform,
  photoReplies,
  type ReplyRules,
} from '@hexbird/core'
import { tweetOfJobKey } from '@hexbird/core/adapter'
import { catchUp, sweep } from '@hexbird/core/host'
import { faulty, type Injector, type Process, type VirtualClock } from '@hexbird/prove/harness'
import { startBot, type Work } from '@hexbird/runner'
import { openStore, type Store } from '../../../../packages/adapters-sqlite/src/open-store.js'
import { keepAsking } from '../../../../packages/cli/src/run/asking.js'
import { without, type YearGuards } from './guards.js'
import type { Credentials } from './world.js'

/** What a process of the bot is started with. */
export interface Surroundings {
  readonly path: string
  readonly clock: VirtualClock
  /** What the machine's clock says. */
  readonly now: () => number
  readonly random: () => number
  readonly newId: () => string
  readonly bot: { readonly id: string; readonly username: string }
  readonly credentials: Credentials
  readonly agent: ReturnType<typeof agentTo>
  readonly limits: Partial<Limits>
  readonly platform: Platform
  readonly rules: ReplyRules
  readonly removed: YearGuards
  readonly injector: Injector
  /** X takes the same words twice, so that nothing but the bot's own care keeps it from a second reply. */
  readonly words: () => number
  /** What became of a tweet. */
  readonly onOutcome: (firstId: string, outcome: EventOutcome) => void
  readonly onLabel: () => void
  /** The bot begins to read its timeline, or is done. */
  readonly onCatchUp: (isBegun: boolean) => Promise<void>
  readonly onOpened: (store: Store) => void
}

/** A bot at work, as `hexbird run` puts it together. */
export interface Life {
  readonly store: Store
  /** Puts what the queues gave up back into them, as a person does on the status page. Gives how much. */
  redrive(): Promise<number>
  close(): Promise<void>
}

const MINUTE = 60_000

/** `hexbird run` looks for as many first. */
const FIRST_PAGE = 5

/** A process that dies never comes back from this. @throws where the store cannot be opened */
export async function startLife(process: Process, around: Surroundings): Promise<Life> {
  const { bot, now, clock, injector, platform, agent, credentials, newId } = around
  const limits = { ...defaultLimits, ...around.limits }
  const through = <Port extends object>(port: Port, name: string) => faulty(port, name, process, injector)
  const timers = {
    now,
    setTimer: (run: () => void, milliseconds: number) =>
      clock.setTimer(() => {
        if (!process.isDead()) run()
      }, milliseconds),
    clearTimer: clock.clearTimer,
  }
  const store = openStore(around.path, { now })
  around.onOpened(store)
  const asBot = { credentials, botId: bot.id, agent, now }
  const client = new XSocialClient(asBot)
  const social: BotPorts['social'] & Pick<XSocialClient, 'ownTweets'> = {
    reply: (id, text, mediaIds) => client.reply(id, `${text} ${around.words()}`, mediaIds),
    uploadImage: (image) => client.uploadImage(image),
    tweet: (id) => client.tweet(id),
    findOwnReply: (id) => client.findOwnReply(id),
    me: () => client.me(),
    ownTweets: (query) => client.ownTweets(query),
  }
  const queue = { ...timers, random: around.random, onError: () => {} }
  const events = store.queue<Event>('events', queue)
  const jobs = store.queue<string>('jobs', queue)
  const labeler = new KeywordImageLabeler(store.blobs())
  const { ports } = store
  const x = through(social, 'social')
  const shared = without(
    {
      ledger: through(ports.ledger, 'ledger'),
      budget: through(ports.budget, 'budget'),
      blobs: through(store.blobs(), 'blobs'),
      killSwitch: through(ports.killSwitch, 'killSwitch'),
      optOuts: through(ports.optOuts, 'optOuts'),
      now,
    },
    around.removed,
  )
  await ports.killSwitch.claimStore(bot.id)
  const told = through({ catchUp: around.onCatchUp }, 'world')
  await told.catchUp(true)
  if (!around.removed.has('catch-up')) await caughtUp()
  await told.catchUp(false)
  const inbox = through({ put: (items: readonly Event[]) => events.put(items) }, 'inbox')
  const running = startBot(
    photoReplies(around.rules),
    {
      ...shared,
      journal: through(ports.journal, 'journal'),
      newId,
      jobs: through(store.jobs(jobs), 'jobs'),
      inbox,
      queues: { events, jobs },
      social: x,
      media: through(new HttpsMediaFetcher({ agent }), 'media'),
      labeler: through(
        {
          label(...asked: Parameters<typeof labeler.label>) {
            around.onLabel()
            return labeler.label(...asked)
          },
        },
        'labeler',
      ),
    },
    {
      bot,
      limits,
      platform,
      onJournalError: () => {},
      around: async (work, handle) => {
        try {
          const outcome = await handle()
          const firstId = firstIdOf(work)
          if (firstId !== undefined) around.onOutcome(firstId, outcome)
          return outcome
        } catch (error) {
          if (around.removed.has('retry')) return { kind: 'passed-over', name: 'failed' }
          throw error
        }
      },
      services: [store],
    },
  )
  const asking = {
    ...shared,
    mentions: through(new XMentions(asBot), 'mentions'),
    cursor: through(ports.cursor, 'cursor'),
    inbox,
  }
  const options = { bot, limits, platform, firstPage: FIRST_PAGE }
  const stopAsking = keepAsking(
    (lookBack) => sweep(asking, lookBack ? options : { ...options, overlap: 0 }),
    { every: 5 * MINUTE, lookBackEvery: 10 * MINUTE },
    ({ kind }) => {
      if (kind === 'swept') unlessFull(() => store.marks.put('polled', now()))
    },
    timers,
  )
  return {
    store,
    async redrive() {
      let count = 0
      for (const each of [events, jobs]) {
        for (const { id } of each.deadLetters) if (await each.redrive(id)) count += 1
      }
      return count
    },
    async close() {
      await stopAsking()
      await running.close()
    },
  }

  /** As `hexbird run` waits for X. */
  async function caughtUp(): Promise<void> {
    for (;;) {
      const result = await catchUp({ ...shared, social: x, ownTweets: x }, { bot, limits, platform })
      if (result.kind === 'caught-up') return
      const wait = Math.min(Math.max(result.until - now(), 1_000), 5 * MINUTE)
      await new Promise<void>((resolve) => timers.setTimer(resolve, wait))
    }
  }
}

/** The doctor's mark is worth no end of the bot. */
function unlessFull(write: () => void): void {
  try {
    write()
  } catch {}
}

function firstIdOf(work: Work): string | undefined {
  if (work.kind === 'job') return tweetOfJobKey(work.key)?.firstId
  return work.event.kind === 'tweet' ? work.event.tweet.firstId : undefined
}
