import type { BotOptions, BotPorts, Definition } from '@hexbird/core'
import { createBot } from '@hexbird/core'
import type { Inbox, Journal } from '@hexbird/core/adapter'
import { storedJobs } from '@hexbird/core/host'
import { defined } from '@hexbird/core/util'
import type { Fetch } from '@hexbird/http'
import { type Around, consume, type Queues, untilIdle } from './consume.js'
import { countOutcomes, keepJournal, meteredBudget, type OutcomeCounts } from './journal.js'
import { serve, type WebOptions } from './web.js'

/**
 * What a running bot works with. What may be left out: `now` and `newId`, for the system's own, and `jobs`, for those that
 * store a job in `blobs` and then put its key into `queues.jobs`.
 */
export type RunPorts = Omit<BotPorts, 'now' | 'newId'> &
  Partial<Pick<BotPorts, 'now' | 'newId'>> & {
    /** Puts events into `queues.events`: the webhook does so, and so may a sweep. */
    readonly inbox: Inbox
    readonly queues: Queues
    /** Is told what became of each tweet. Left out, nothing is written down. */
    readonly journal?: Journal
  }

/** A database, a model, an agent: whatever has to be closed. */
export interface Service {
  /** Gives a promise where it takes a while. */
  close(): unknown
}

/** Whose bot it is, what it may say and spend, and what it serves. */
export interface RunOptions extends BotOptions, WebOptions {
  /** Default: nothing is told. */
  readonly around?: Around
  /** Told what the journal threw: the bot works on without it. Default: a warning of the process. */
  readonly onJournalError?: (error: unknown) => void
  /** What was opened for this bot. All of it is closed after the last handler has ended, in this order. */
  readonly services?: readonly Service[]
}

/** A bot at work. */
export interface Running {
  /** Serves `/health`, and the webhook and the sign-in if they are set up: for any server of `Request` and `Response`. */
  readonly fetch: Fetch
  /** Replaces the bot, from the next event on. @throws BotError if this is not a bot; the current one stays */
  use(definition: Definition): void
  /** How often each outcome came about since the start; `failed` is what was thrown. */
  outcomes(): OutcomeCounts
  /** Resolves when no event and no job waits or is being handled. */
  idle(): Promise<void>
  /**
   * Takes nothing more, finishes what is being done, and closes the services, each whatever becomes of the others. What
   * waits stays in its queue. Stop the server first: it knows of requests that are still being answered.
   */
  close(): Promise<void>
}

/**
 * Runs a bot in this process: what comes in is queued, handled, and comes again when it has to wait.
 *
 * @throws BotError where the definition is none, or needs a port that is not there
 */
export function startBot(definition: Definition, ports: RunPorts, options: RunOptions): Running {
  const { around = (_, handle) => handle(), services = [] } = options
  const jobs = storedJobs(ports.blobs, ports.queues.jobs)
  const given = { now: Date.now, newId: () => crypto.randomUUID(), jobs, ...defined(ports) }
  const { journal, now } = given
  const used = journal ? { ...given, budget: meteredBudget(given.budget) } : given
  const { onJournalError = (error: unknown) => process.emitWarning(String(error)) } = options
  const counted = countOutcomes()
  const noted: Around = journal ? keepJournal(journal, now, onJournalError) : (_, handle) => handle()
  let bot = createBot(definition, used, options)
  let closed: Promise<void> | undefined
  const fetch = serve(ports.inbox, options, () => !closed)
  const stop = consume(
    ports.queues,
    () => bot,
    (work, handle) => around(work, () => counted.around(work, () => noted(work, handle))),
  )
  return {
    fetch,
    use(next) {
      bot = createBot(next, used, options)
    },
    outcomes: counted.counts,
    idle: () => untilIdle(ports.queues),
    close() {
      closed ??= stop().then(() => closeAll(services))
      return closed
    },
  }
}

async function closeAll(services: readonly Service[]): Promise<void> {
  const errors: unknown[] = []
  for (const service of services) {
    try {
      await service.close()
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
}
