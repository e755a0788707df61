import type { Tweet } from '../domain/tweet.js'
import { reasonToIgnore } from '../policy/should-reply.js'
import { defined } from '../util/defined.js'
import { replyCost } from './bill.js'
import { lookUp } from './look-up.js'
import type { Outcome } from './outcome.js'
import type { Run } from './run.js'

/**
 * Finds the photos of the tweet, or of the tweet that it asks about, with a look-up if the event does not have them.
 * Returns an outcome if the tweet must be ignored or deferred.
 */
export async function seePhotos(run: Run): Promise<Outcome | undefined> {
  if (run.photos) return undefined
  const { event, options, ports } = run
  const { bot, platform } = options
  if (event.media === 'unknown' && !run.isSeen) {
    const seen = await fetchTweet(run, event.id)
    if ('kind' in seen) return seen
    run.tweet = completed(event, seen)
    run.isSeen = true
    const reason = reasonToIgnore(run.tweet, bot, platform.summons, ports.now())
    if (reason) return { kind: 'ignored', reason }
  }
  const { tweet } = run
  if (tweet.photos.length === 0 && tweet.mentions.some(({ id }) => id === bot.id)) {
    const seen = await fetchReferenced(run)
    if (seen && 'kind' in seen) return seen
    run.referenced = seen
  }
  run.photos = tweet.photos.length > 0 ? tweet.photos : (run.referenced?.photos ?? [])
  return undefined
}

/** Looks up the tweet that this one asks about: "@bot what is this?" in a reply is about the tweet above it. */
async function fetchReferenced(run: Run): Promise<Tweet | Outcome | undefined> {
  const id = idOfReferencedTweet(run.tweet, run.options.bot.id)
  if (id === undefined) return undefined
  const seen = await fetchTweet(run, id)
  return 'kind' in seen && seen.kind === 'ignored' && seen.reason === 'tweet-gone' ? undefined : seen
}

/** Looks up a tweet. Also reserves the labels and the reply, so that the bot does not pay for a look-up in vain. */
function fetchTweet({ ports, options, bill, event }: Run, id: string): Promise<Tweet | Outcome> {
  const labels = Math.max(0, ...options.definition.steps.map(({ run }) => run.labels ?? 0))
  const rest = options.platform.prices.label * labels + replyCost(options)
  return lookUp(ports, options, bill, { asking: event, id, rest })
}

export function idOfReferencedTweet(tweet: Tweet, botId: string): string | undefined {
  if (tweet.quotedId !== undefined && tweet.quotedAuthorId !== botId) return tweet.quotedId
  return tweet.inReplyToUserId === botId ? undefined : tweet.inReplyToId
}

/**
 * Merges event and look-up: only the look-up is sure about media and names, only the event about mentions and quotes.
 */
function completed(event: Tweet, seen: Tweet): Tweet {
  const explicit = new Set(event.mentions.filter(({ explicit }) => explicit).map(({ id }) => id))
  const quotedAuthorId = seen.quotedAuthorId ?? event.quotedAuthorId
  return {
    ...event,
    ...seen,
    author: { ...event.author, ...seen.author },
    photos: seen.photos.length > 0 ? seen.photos : event.photos,
    botId: event.botId,
    firstId: event.firstId === event.id ? seen.firstId : event.firstId,
    mentions: [
      ...seen.mentions.map((mention) => ({ ...mention, explicit: mention.explicit || explicit.has(mention.id) })),
      ...event.mentions.filter(({ id }) => !seen.mentions.some((mention) => mention.id === id)),
    ],
    ...defined({ quotedAuthorId }),
  }
}
