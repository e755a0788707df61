import { decodeEvent } from '@hexbird/adapters-aws/messages'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { answering, forEveryReply, type LoadBot } from './answering.js'
import { beforeFirstEvent, entry, type Make } from './entry.js'
import { tellOutcome } from './outcomes.js'

/** Events from the queue: what needs no photo is answered, and photos are stored with the job of answering them. */
export const makeTweets = (load: LoadBot): Make<'tweets', SQSEvent, SQSBatchResponse> =>
  answering(load, 'HEXBIRD_EVENTS_QUEUE_URL', async ({ bot, now, observer }, { body }, signal) => {
    const event = decodeEvent(body)
    const outcome = await bot.handleEvent(event, signal)
    const tweet = event.kind === 'tweet' ? { tweetId: event.tweet.id, createdAt: event.tweet.createdAt } : {}
    return tellOutcome(observer, outcome, { ...tweet, now: now() })
  })

/** Loads what every tweet needs. */
export async function handlerOf(load: LoadBot) {
  await beforeFirstEvent(...forEveryReply(), load())
  return entry('tweets', makeTweets(load))
}
