import type { Event } from '../domain/event.js'
import type { Mention, Tweet } from '../domain/tweet.js'
import { asksToStop, saysStop } from '../policy/should-reply.js'
import { graphemes } from '../reply/safe-text.js'

/** The most UTF-16 units to keep of a text, including the `…`. Premium accounts may write 25,000. */
const MOST_TEXT = 4000
/** The most mentions to keep. */
const MOST_MENTIONS = 50
/** The most UTF-16 units to keep of a photo's alt text: X's own limit. */
const MOST_ALT_TEXT = 1000
/** How many UTF-16 units around a cut to search for a boundary between graphemes. No emoji is longer. */
const AROUND = 64

/**
 * Shortens an event to what a handler needs, for an inbox that cannot store all of it. Cuts long texts, which then end
 * in `…`. Keeps only the first mentions, and always those of the bot. Ids, times and photos are unchanged. A look-up
 * returns the rest.
 *
 * An event that is already short is returned unchanged. Shortening never changes whether a text says "stop".
 */
export function shortenEvent(event: Event): Event {
  switch (event.kind) {
    case 'tweet': {
      const tweet = shortenTweet(event.tweet)
      return tweet === event.tweet ? event : { ...event, tweet }
    }
    case 'message': {
      if (event.text === undefined || event.text.length <= MOST_TEXT) return event
      return { ...event, text: shortenText(event.text, saysStop(event.text)) }
    }
    default:
      return event
  }
}

function shortenTweet(tweet: Tweet): Tweet {
  const text = shortenText(tweet.text, asksToStop(tweet, tweet.botId))
  const mentions = shortenMentions(tweet.mentions, tweet.botId)
  const isDescribedAtLength = tweet.photos.some(({ altText }) => (altText?.length ?? 0) > MOST_ALT_TEXT)
  if (text === tweet.text && mentions === tweet.mentions && !isDescribedAtLength) return tweet
  const photos = tweet.photos.map((photo) =>
    photo.altText === undefined ? photo : { ...photo, altText: cut(photo.altText, MOST_ALT_TEXT) },
  )
  return { ...tweet, text, mentions, photos }
}

/** Because of the `…`, a cut text cannot say "stop" unless the whole text does. */
function shortenText(text: string, isStop: boolean): string {
  return isStop && text.length > MOST_TEXT ? 'stop' : cut(text, MOST_TEXT)
}

/**
 * Always keeps two mentions of the bot, because they decide what happens: the first explicit one and the first implicit
 * one.
 */
function shortenMentions(mentions: readonly Mention[], botId: string): readonly Mention[] {
  if (mentions.length <= MOST_MENTIONS) return mentions
  const own = [true, false].flatMap((wanted) =>
    mentions.filter(({ id, explicit }) => id === botId && explicit === wanted).slice(0, 1),
  )
  const others = mentions.filter(({ id }) => id !== botId).slice(0, MOST_MENTIONS - own.length)
  const kept = new Set([...own, ...others])
  return mentions.filter((mention) => kept.delete(mention))
}

/** Cuts a text to at most `most` UTF-16 units, including the `…`, without splitting a grapheme. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text
  const end = most - 1
  let kept = end - AROUND
  for (const { length } of graphemes(text.slice(kept, end + AROUND))) {
    if (kept + length > end) break
    kept += length
  }
  return `${text.slice(0, kept)}…`
}
