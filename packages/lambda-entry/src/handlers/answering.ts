import { type Bot, createBot, type Definition, type Log } from '@hexbird/core'
import type { Now } from '@hexbird/core/adapter'
import { type Handled, needsOf, TIMES } from '@hexbird/core/host'
import { memoize } from '@hexbird/core/util'
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { handleBatch } from '../batch.js'
import { type Observer, observedBudget } from '../observe.js'
import { type AnySettings, SettingsError } from '../settings.js'

/** Loads the bot's file, whose default export is the bot. */
export type LoadBot = () => Promise<{ readonly default: Definition }>

/** What is loaded for every reply. */
export const forEveryReply = (): readonly Promise<unknown>[] => [
  import('../container.js'),
  import('@hexbird/adapters-aws/dynamo'),
  import('@hexbird/adapters-aws/messages'),
  import('@hexbird/adapters-x'),
]

/** The bot, with adapters that are loaded when they are first called: most tweets have no photo, most jobs no wait. */
export interface Answering {
  readonly bot: Bot
  readonly now: Now
}

/**
 * A function that answers what is in a queue: makes the bot when the first batch comes, defers what has to wait, and
 * tells of what failed.
 */
export function answering(
  load: LoadBot,
  settings: AnySettings,
  observer: Observer,
  queueUrl: string,
  handle: (answering: Answering, record: SQSRecord, signal: AbortSignal) => Promise<Handled>,
): (batch: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
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
    return { bot, now: ports.now }
  })
  const delay = memoize(async () => {
    const { SqsDelay, sqsClient } = await import('@hexbird/adapters-aws/sqs')
    return new SqsDelay({ client: sqsClient(), queueUrl })
  })
  return async (batch, context) => {
    const signal = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - TIMES.timeToEnd))
    const [made, { waitsUntil }] = await Promise.all([ready(), import('@hexbird/adapters-aws/messages')])
    return handleBatch(batch, {
      async handle(record) {
        const waits = waitsUntil(record, made.now())
        return waits === undefined ? handle(made, record, signal) : { retryAt: waits }
      },
      defer: async (body, until) => (await delay()).defer(body, until, made.now()),
      failed(record, error) {
        observer.count('Failed')
        observer.error('A message failed and will be retried.', error, { messageId: record.messageId })
      },
    })
  }
}

/** A bot may be another here than where it was deployed from, if its file asks its environment: its jobs would be lost. */
function mustFit(definition: Definition, { without }: AnySettings): void {
  if (!without.includes('jobs') || !needsOf(definition).jobs) return
  throw new SettingsError('The bot has jobs, but had none when its stage was deployed. Deploy the stage again.')
}

const logOf = (observer: Observer): Log => ({
  info: (message, details) => observer.info(message, { details }),
  warn: (message, details) => observer.warn(message, { details }),
})
