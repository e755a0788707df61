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
 * The ports of a running bot. Optional are `now` and `newId`, which default to the system's, and `jobs`, which by default
 * stores a job in `blobs` and then puts its key into `queues.jobs`.
 */
export type RunPorts = Omit<BotPorts, 'now' | 'newId'> &
  Partial<Pick<BotPorts, 'now' | 'newId'>> & {
    /** Puts events into `queues.events`. The webhook uses it, and a sweep can. */
    readonly inbox: Inbox
    readonly queues: Queues
    /** Records the outcome of each tweet. Default: nothing is recorded. */
    readonly journal?: Journal
  }

/** Anything that has to be closed: a database, a model, an agent. */
export interface Service {
  /** May return a promise. */
  close(): unknown
}

/** The options of the bot, and what it serves over HTTP. */
export interface RunOptions extends BotOptions, WebOptions {
  /** Wraps all work. Default: nothing. */
  readonly around?: Around
  /** Called with errors of the journal; the bot continues without it. Default: a process warning. */
  readonly onJournalError?: (error: unknown) => void
  /** How long one attempt may take, in milliseconds. If it takes longer, it has failed. Default: a minute. */
  readonly attemptTimeout?: number
  /** Services to close, in this order, after the last handler has finished. */
  readonly services?: readonly Service[]
}

/** A running bot. */
export interface Running {
  /** Serves `/health`, and the webhook and sign-in if they are set up. Works with any server of `Request` and `Response`. */
  readonly fetch: Fetch
  /** Replaces the bot, starting with the next event. @throws BotError if this is not a bot; then the current one stays */
  use(definition: Definition): void
  /** Counts of each outcome since the start; `failed` counts what was thrown. */
  outcomes(): OutcomeCounts
  /** Resolves when no event and no job is waiting or being handled. */
  idle(): Promise<void>
  /**
   * Stops accepting work, finishes work in progress, and closes all services, even if one of them fails. Waiting work stays
   * in its queue. Stop the server first, so that open requests can finish.
   */
  close(): Promise<void>
}

/**
 * Runs a bot in this process: incoming work is queued and handled, and deferred work is handled again later.
 *
 * @throws BotError if this is not a definition, or if it needs a port that is missing
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
    options.attemptTimeout,
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
