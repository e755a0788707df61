import type { BotAccount, Event, Limits } from '@hexbird/core'
import {
  JOURNAL_ENDS,
  type Journal,
  type JournalDay,
  type JournalEnd,
  type KillSwitch,
  type Now,
  type Spending,
  tweetOfJobKey,
} from '@hexbird/core/adapter'
import { pause, spentToday } from '@hexbird/core/host'
import { defined } from '@hexbird/core/util'
import type { About, QueueView, StatusAction, StatusView } from '@hexbird/http'
import type { OutcomeCounts } from './journal.js'

/** A queue whose items can be inspected, such as those of `@hexbird/adapters-sqlite`. */
export interface WatchedQueue<Item> {
  readonly size: number
  /** The first waiting items, in order of delivery. */
  waiting(most: number): readonly { readonly item: Item; readonly until: number; readonly inFlight: boolean }[]
  readonly deadLetters: readonly DeadLetter<Item>[]
  /** Puts a dead letter back into the queue. `false` if there is none with this id. */
  redrive(id: number): Promise<boolean>
}

interface DeadLetter<Item> {
  readonly id: number
  readonly item: Item
  readonly receives: number
  readonly reason: string
  readonly at: number
}

/** The ports from which the status page reads, and through which it acts. */
export interface StatusPorts {
  readonly killSwitch: KillSwitch
  readonly spending: Spending
  readonly journal: Pick<Journal, 'recent' | 'days'>
  readonly queues: { readonly events: WatchedQueue<Event>; readonly jobs: WatchedQueue<string> }
  /** Counts of each outcome since the start. */
  readonly outcomes: () => OutcomeCounts
  readonly now: Now
}

/** The bot that the status is about. */
export interface StatusOptions {
  readonly bot: BotAccount
  readonly limits: Limits
}

/** How much of each list to show. */
const MOST = { entries: 50, waiting: 20, deadLetters: 20, days: 14 }
const DAY = 24 * 60 * 60 * 1000

/** Reads the data for the status page and the metrics. */
export async function readStatus(ports: StatusPorts, { bot, limits }: StatusOptions): Promise<StatusView> {
  const { killSwitch, journal, queues, outcomes, now } = ports
  const at = now()
  const days = Array.from({ length: MOST.days }, (_, index) => dayOf(at - (MOST.days - 1 - index) * DAY))
  const [state, money, entries, known] = await Promise.all([
    killSwitch.state(),
    spentToday(ports, limits),
    journal.recent(MOST.entries),
    journal.days(days[0] ?? ''),
  ])
  const names = new Map(
    entries.flatMap(({ authorId, username }) => (username === undefined ? [] : [[authorId, username]])),
  )
  return {
    at,
    username: bot.username,
    killSwitch: state,
    money,
    limits,
    queues: [viewOf('events', queues.events, aboutEvent), viewOf('jobs', queues.jobs, (key) => aboutJob(key, names))],
    // The journal keeps them in the order of arrival, but the page shows the time of each one's latest outcome.
    entries: entries.toSorted((a, b) => b.at - a.at),
    days: days.map((day) => known.find((one) => one.day === day) ?? { day, ...NONE, failed: 0, cost: 0 }),
    outcomes: outcomes(),
  }
}

/** Carries out an action from the status page. `false` if its target no longer exists. */
export async function actOnStatus(
  ports: Pick<StatusPorts, 'killSwitch' | 'queues' | 'now'>,
  action: StatusAction,
): Promise<boolean> {
  switch (action.kind) {
    case 'pause':
      await pause(ports, action.reason)
      return true
    case 'resume':
      await ports.killSwitch.reset()
      return true
    case 'retry': {
      const { events, jobs } = ports.queues
      const queue = action.queue === 'events' ? events : action.queue === 'jobs' ? jobs : undefined
      return (await queue?.redrive(action.id)) ?? false
    }
  }
}

function viewOf<Item>(name: string, queue: WatchedQueue<Item>, about: (item: Item) => About): QueueView {
  const { size, deadLetters } = queue
  return {
    name,
    size,
    waiting: queue.waiting(MOST.waiting).map(({ item, until, inFlight }) => ({ about: about(item), until, inFlight })),
    deadLetterCount: deadLetters.length,
    deadLetters: deadLetters
      .slice(0, MOST.deadLetters)
      .map(({ id, item, receives, reason, at }) => ({ id, about: about(item), receives, reason, at })),
  }
}

function aboutEvent(event: Event): About {
  if (event.kind !== 'tweet') return { kind: event.kind }
  const { firstId, author } = event.tweet
  return { tweetId: firstId, authorId: author.id, ...defined({ username: author.username }) }
}

/** The key of a job has no handle, but the journal may. */
function aboutJob(key: string, names: ReadonlyMap<string, string>): About {
  const tweet = tweetOfJobKey(key)
  if (tweet === undefined) return { kind: 'job' }
  const { firstId, author } = tweet
  return { tweetId: firstId, authorId: author.id, ...defined({ username: names.get(author.id) }) }
}

const NONE = Object.fromEntries(JOURNAL_ENDS.map((end) => [end, 0])) as Record<JournalEnd, number>
const dayOf = (at: number): JournalDay['day'] => new Date(at).toISOString().slice(0, 10)
