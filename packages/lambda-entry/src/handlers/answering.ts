import { setTimeout as after } from 'node:timers/promises'
import { type Bot, createBot, type Definition, type Log } from '@hexbird/core'
import type { Now } from '@hexbird/core/adapter'
import { type Handled, needsOf, TIMES, timedOut } from '@hexbird/core/host'
import { memoize } from '@hexbird/core/util'
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { handleBatch } from '../batch.js'
import type { EnvironmentName } from '../functions.js'
import { type Observer, observedBudget } from '../observe.js'
import { type AnySettings, SettingsError } from '../settings.js'
import type { Run } from './entry.js'

/** Loads the bot's file, whose default export is the bot. */
export type LoadBot = () => Promise<{ readonly default: Definition }>

/** What is loaded for every reply. */
export const forEveryReply = (): readonly Promise<unknown>[] => [
  import('../container.js'),
  import('@hexbird/adapters-aws/dynamo'),
  import('@hexbird/adapters-aws/messages'),
  import('@hexbird/adapters-x'),
]

/** How long before its end a function answers which messages failed, in milliseconds. */
const TIME_TO_ANSWER = 1000

/** The bot, with adapters that are loaded when they are first called: most tweets have no photo, most jobs no wait. */
export interface Answering {
  readonly bot: Bot
  readonly now: Now
  readonly observer: Observer
}

/** The settings of a function that has the URL of that queue. */
type WithQueue<Name extends string> = AnySettings & { readonly environment: Readonly<Record<Name, string>> }

/**
 * A function that answers what is in a queue: makes the bot when the first batch comes, defers what has to wait, and
 * tells of what failed.
 */
export const answering =
  <Name extends EnvironmentName>(
    load: LoadBot,
    queue: Name,
    handle: (answering: Answering, record: SQSRecord, signal: AbortSignal) => Promise<Handled>,
  ) =>
  (settings: WithQueue<Name>, observer: Observer): Run<SQSEvent, SQSBatchResponse> => {
    const ready = memoize(async () => {
      const { createWiring } = await import('../container.js')
      const wiring = createWiring(settings)
      const { budget, ...needed } = await wiring.ports(
        'social',
        'ledger',
        'budget',
        'killSwitch',
        'optOuts',
        'now',
        'newId',
      )
      const ports = { ...needed, ...wiring.lazy('media', 'blobs', 'jobs', 'labeler', 'accounts') }
      const { default: definition } = await load()
      const bot = createBot(
        definition,
        { ...ports, budget: observedBudget(budget, observer) },
        { bot: settings.bot, limits: settings.limits, log: logOf(observer) },
      )
      mustFit(definition, settings)
      return { bot, now: ports.now, observer }
    })
    const delay = memoize(async () => {
      const { SqsDelay, sqsClient } = await import('@hexbird/adapters-aws/sqs')
      return new SqsDelay({ client: sqsClient(), queueUrl: settings.environment[queue] })
    })
    return async (batch, context) => {
      const signal = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - TIMES.timeToEnd))
      const [made, { waitsUntil }] = await Promise.all([ready(), import('@hexbird/adapters-aws/messages')])
      return handleBatch(batch, {
        async handle(record) {
          const waits = waitsUntil(record, made.now())
          return waits === undefined ? inTime(context, handle(made, record, signal)) : { retryAt: waits }
        },
        defer: async (body, until) => (await delay()).defer(body, until, made.now()),
        failed(record, error) {
          observer.count('Failed')
          observer.error('A message failed and will be retried.', error, { messageId: record.messageId })
        },
      })
    }
  }

/**
 * A handler that waits for good fails its own message, not the whole batch.
 *
 * @throws BotError TIMEOUT if the function is about to end
 */
async function inTime(context: Context, handling: Promise<Handled>): Promise<Handled> {
  const timer = new AbortController()
  const remaining = Math.max(0, context.getRemainingTimeInMillis() - TIME_TO_ANSWER)
  const timeout = after(remaining, undefined, { signal: timer.signal }).then(() =>
    Promise.reject(timedOut(TIMES.functionTimeout)),
  )
  return Promise.race([handling, timeout]).finally(() => timer.abort())
}

/** A bot may be another here than where it was deployed from, if its file asks its environment: its jobs would be lost. */
function mustFit(definition: Definition, { without }: AnySettings): void {
  if (!without.includes('jobs') || !needsOf(definition).jobs) return
  throw new SettingsError('The bot has jobs, but had none when its stage was deployed. Deploy the stage again.')
}

const logOf = (observer: Observer): Log => ({
  info: (message, details) => observer.info(message, { details }),
  warn: (message, details) => observer.warn(message, { details: details instanceof Error ? details.stack : details }),
})
