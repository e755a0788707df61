import { encodeJob, jobKey, photosPrefix } from '../job.js'
import type { Label } from '../label.js'
import type { NotYet, Outcome } from '../outcome.js'
import type { Platform } from '../platform.js'
import type { BotAccount, IgnoreReason } from '../policy.js'
import { reasonToIgnore } from '../policy.js'
import type { Ports } from '../ports/index.js'
import type { FetchResult } from '../ports/media-fetcher.js'
import type { Later } from '../ports/social-client.js'
import { composeReply } from '../reply.js'
import type { ReplyRules } from '../rules.js'
import type { Limits } from '../spending.js'
import { meaningOfRefusal, moneyCharges, replyCharges } from '../spending.js'
import { TIMES } from '../times.js'
import type { Photo, Tweet } from '../tweet.js'
import type { Words } from './reply-once.js'
import { replyOnce } from './reply-once.js'

export interface AnswerOptions {
  readonly bot: BotAccount
  readonly rules: ReplyRules
  readonly limits: Limits
  readonly platform: Platform
}

type HandlePorts = Pick<
  Ports,
  'social' | 'media' | 'blobs' | 'ledger' | 'budget' | 'breaker' | 'optOuts' | 'now' | 'newId'
>

/**
 * Answers a tweet that asks for it, or stores its photos and leaves the job of answering them. Everything before the
 * reply may be done again without harm: the keys follow from the tweet.
 */
export async function handleTweet(ports: HandlePorts, options: AnswerOptions, event: Tweet): Promise<Outcome> {
  const { bot, platform, limits } = options

  const reason = reasonToIgnore(event, bot, platform.summons, ports.now())
  if (reason) return ignored(reason)
  if (await ports.optOuts.has(event.author.id)) return ignored('opted-out')
  if ((await ports.ledger.find(replyKey(event)))?.kind === 'settled') return ignored('already-handled')
  const room = await ports.budget.allows(expectedCharges(event, options, ports.now()), ports.now())
  if (room.kind === 'refused') {
    const meaning = meaningOfRefusal(room)
    if (meaning !== 'wait') return ignored(meaning, `No room in ${room.window}.`)
  }

  const tweet = event.media === 'unknown' ? await look(event.id) : event
  if ('kind' in tweet) return tweet
  const whole = tweet === event ? event : completed(event, tweet)
  const reasonNow = reasonToIgnore(whole, bot, platform.summons, ports.now())
  if (reasonNow) return ignored(reasonNow)

  if (whole.photos.length > 0) return answerPhotos(whole, whole.photos)

  const subject = await subjectOf(whole)
  if (subject && 'kind' in subject) return subject
  if (subject && subject.photos.length > 0) return answerPhotos(whole, subject.photos)
  return askForPhoto(whole, whole.conversationId ?? subject?.conversationId ?? whole.firstId)

  /** Once in a conversation, so that "thanks" is met with silence. */
  async function askForPhoto(tweet: Tweet, conversation: string): Promise<Outcome> {
    if (tweet.inReplyToUserId === bot.id) return ignored('follow-up')
    if (conversation !== tweet.firstId) {
      const root = await ports.ledger.find({ botId: bot.id, about: conversation })
      if (root?.kind === 'settled') return ignored('follow-up')
    }
    const asked = await ports.ledger.settle(
      { botId: bot.id, about: `conversation:${conversation}` },
      { kind: 'photo-asked-for', firstId: tweet.firstId },
      ports.now(),
    )
    if (asked.kind !== 'photo-asked-for' || asked.firstId !== tweet.firstId) return ignored('follow-up')
    return replyOnce(ports, options, {
      key: replyKey(tweet),
      tweet,
      words: async () => wording(options.rules, tweet, []),
    })
  }

  async function answerPhotos(tweet: Tweet, photos: readonly Photo[]): Promise<Outcome> {
    const fetched = (await Promise.all(photos.map((photo) => ports.media.fetch(photo)))).filter(isFetched)
    if (fetched.length === 0) {
      const words = async () => wording(options.rules, tweet, [[]])
      return replyOnce(ports, options, { key: replyKey(tweet), tweet, words })
    }
    const keys = await Promise.all(
      fetched.map(async ({ bytes, type }, index) => {
        const key = `${photosPrefix(tweet)}${index}`
        await ports.blobs.put(key, bytes, type)
        return key
      }),
    )
    // Last: a job must never be there before its photos.
    const key = jobKey(tweet)
    await ports.blobs.put(key, encodeJob({ v: 1, tweet, photos: keys }), 'application/json')
    return { kind: 'job-stored', jobKey: key }
  }

  /** "@bot what is this?" under somebody's tweet is about that tweet. */
  async function subjectOf(tweet: Tweet): Promise<Tweet | Outcome | undefined> {
    const id = idOfSubject(tweet, bot.id)
    if (id === undefined) return undefined
    const seen = await look(id)
    return 'kind' in seen && seen.kind === 'ignored' && seen.reason === 'tweet-gone' ? undefined : seen
  }

  async function look(id: string): Promise<Tweet | Outcome> {
    const charges = moneyCharges(platform.prices.tweetRead, event, limits, ports.now())
    const spent = await ports.budget.spend(charges, ports.now())
    if (spent.kind === 'refused') return ignored('over-budget', `No room in ${spent.window}.`)
    const lookup = await ports.social.tweet(id)
    switch (lookup.kind) {
      case 'found':
        return lookup.tweet
      case 'gone':
        return ignored('tweet-gone', lookup.detail)
      case 'later':
        return notYet(lookup, ports.now())
    }
  }
}

/** The variants that are tried in order. After them come numbered ones, from a place that differs from tweet to tweet. */
const IN_ORDER = 4

/** The words for a tweet: the same for the same photo, and others each time that X has seen them a short while ago. */
export function wording(rules: ReplyRules, tweet: Tweet, labelsPerPhoto: readonly (readonly Label[])[]): Words {
  const { author, lang } = tweet
  const apart = Number(tweet.id.slice(-3))
  return (number) => {
    const variant = number < IN_ORDER ? number : number + apart
    return composeReply(rules, author, labelsPerPhoto, { variant, ...(lang !== undefined && { lang }) })
  }
}

export const replyKey = ({ botId, firstId }: Pick<Tweet, 'botId' | 'firstId'>) => ({ botId, about: firstId })

function expectedCharges(tweet: Tweet, { limits, platform }: AnswerOptions, now: number) {
  const { prices } = platform
  const besides = (tweet.media === 'unknown' ? prices.tweetRead : 0) + prices.label * tweet.photos.length
  return replyCharges(tweet, { limits, platform }, now, besides)
}

/** The look-up knows media and names; only the event knows for sure whom the author mentioned and quoted. */
function completed(event: Tweet, seen: Tweet): Tweet {
  const explicit = new Set(event.mentions.filter(({ explicit }) => explicit).map(({ id }) => id))
  const quotedAuthorId = seen.quotedAuthorId ?? event.quotedAuthorId
  return {
    ...event,
    ...seen,
    botId: event.botId,
    firstId: event.firstId === event.id ? seen.firstId : event.firstId,
    mentions: [
      ...seen.mentions.map((mention) => ({ ...mention, explicit: mention.explicit || explicit.has(mention.id) })),
      ...event.mentions.filter(({ id }) => !seen.mentions.some((mention) => mention.id === id)),
    ],
    ...(quotedAuthorId !== undefined && { quotedAuthorId }),
  }
}

function idOfSubject(tweet: Tweet, botId: string): string | undefined {
  if (tweet.quotedId !== undefined && tweet.quotedAuthorId !== botId) return tweet.quotedId
  return tweet.inReplyToUserId === botId ? undefined : tweet.inReplyToId
}

type Fetched = Extract<FetchResult, { kind: 'fetched' }>
const isFetched = (result: FetchResult): result is Fetched => result.kind === 'fetched'

const ignored = (reason: IgnoreReason, detail?: string): Outcome => ({
  kind: 'ignored',
  reason,
  ...(detail !== undefined && { detail }),
})

const notYet = ({ reason, until, detail }: Later, now: number): NotYet => ({
  kind: 'later',
  reason,
  until: until ?? now + TIMES.retryAfter,
  detail,
})
