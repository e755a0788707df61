import { type Bot, createBot, type Handled, type Now } from '@hexbird/core'
import { memoize } from '@hexbird/core/util'
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { handleBatch } from '../batch.js'
import { type Observer, observedBudget } from '../observe.js'
import { rules } from '../rules.js'
import type { AnySettings } from '../settings.js'

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
  settings: AnySettings,
  observer: Observer,
  queueUrl: string,
  handle: (answering: Answering, record: SQSRecord) => Promise<Handled>,
): (batch: SQSEvent) => Promise<SQSBatchResponse> {
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
    const bot = createBot(
      { ...ports, budget: observedBudget(budget, observer) },
      {
        bot: settings.bot,
        limits: settings.limits,
        rules,
      },
    )
    return { bot, now: ports.now }
  })
  const delay = memoize(async () => {
    const { SqsDelay, sqsClient } = await import('@hexbird/adapters-aws/sqs')
    return new SqsDelay({ client: sqsClient(), queueUrl })
  })
  return async (batch) => {
    const [made, { waitsUntil }] = await Promise.all([ready(), import('@hexbird/adapters-aws/messages')])
    return handleBatch(batch, {
      async handle(record) {
        const waits = waitsUntil(record, made.now())
        return waits === undefined ? handle(made, record) : { retryAt: waits }
      },
      defer: async (body, until) => (await delay()).defer(body, until, made.now()),
      failed(record, error) {
        observer.count('Failed')
        observer.error('A message failed and comes again.', error, { messageId: record.messageId })
      },
    })
  }
}
