import { createBot } from '@hexbird/core'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { handleBatch } from '../batch.js'
import { observedBudget } from '../observe.js'
import { once } from '../once.js'
import { rules } from '../rules.js'
import { entry, type Make } from './entry.js'
import { tellOutcome } from './outcomes.js'

/** Events from the queue: what needs no photo is answered, and photos are stored with the job of answering them. */
export const makeTweets: Make<'tweets', SQSEvent, SQSBatchResponse> = (settings, observer) => {
  const ready = once(async () => {
    const [{ createWiring }, sqs] = await Promise.all([import('../container.js'), import('@hexbird/adapters-aws/sqs')])
    const ports = await createWiring(settings).ports(
      'social',
      'media',
      'blobs',
      'labeler',
      'ledger',
      'budget',
      'breaker',
      'optOuts',
      'accounts',
      'now',
      'newId',
    )
    const bot = createBot({ ...ports, budget: observedBudget(ports.budget, observer) }, { bot: settings.bot, rules })
    const queueUrl = settings.environment.HEXBIRD_EVENTS_QUEUE_URL
    return {
      bot,
      now: ports.now,
      decodeEvent: sqs.decodeEvent,
      delay: new sqs.SqsDelay({ client: sqs.sqsClient(), queueUrl }),
    }
  })
  return async (batch) => {
    const { bot, now, decodeEvent, delay } = await ready()
    return handleBatch(batch, {
      async handle(record) {
        const waits = delay.waitsUntil(record, now())
        if (waits !== undefined) return { retryAt: waits }
        const event = decodeEvent(record.body)
        const outcome = await bot.handleEvent(event)
        const tweet = event.kind === 'tweet' ? { tweetId: event.tweet.id, createdAt: event.tweet.createdAt } : {}
        return tellOutcome(observer, outcome, { ...tweet, now: now() })
      },
      putOff: (body, until) => delay.putOff(body, until, now()),
      failed(record, error) {
        observer.count('Failed')
        observer.error('An event failed and comes again.', error, { messageId: record.messageId })
      },
    })
  }
}

export const handler = entry('tweets', makeTweets)
