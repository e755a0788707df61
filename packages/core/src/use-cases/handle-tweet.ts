import { jobKey, photosPrefix } from '../domain/job.js'
import type { Label } from '../domain/label.js'
import { photoSize } from '../domain/photo-size.js'
import type { Photo, Tweet } from '../domain/tweet.js'
import { timeOfId } from '../domain/tweet.js'
import type { Bounds } from '../policy/charges.js'
import type { PixelRange } from '../policy/platform.js'
import type { BotAccount, IgnoreReason } from '../policy/should-reply.js'
import { asksToStop, reasonToIgnore } from '../policy/should-reply.js'
import { TIMES } from '../policy/times.js'
import type { Ports } from '../ports/index.js'
import type { FetchResult } from '../ports/media-fetcher.js'
import { composeReply } from '../reply/compose.js'
import type { ReplyRules } from '../reply/rules.js'
import { defined } from '../util/defined.js'
import { billForJob, holdMoney, openBill, replyCost, settleBill } from './bill.js'
import { isInGap } from './gap.js'
import { lookUp } from './look-up.js'
import type { Deferred, Final, Outcome } from './outcome.js'
import { removePhotos } from './remove-photos.js'
import type { ReplyVariants } from './reply-once.js'
import { outcomeOfSettled, replyOnce } from './reply-once.js'
import { deferred } from './waiting.js'

export interface AnswerOptions extends Bounds {
  readonly bot: BotAccount
  readonly rules: ReplyRules
}

type HandlePorts = Pick<
  Ports,
  'social' | 'media' | 'blobs' | 'jobs' | 'ledger' | 'budget' | 'killSwitch' | 'optOuts' | 'now' | 'newId'
> &
  Partial<Pick<Ports, 'gap'>>

/** X takes so many photos in one tweet. */
const MOST_PHOTOS = 4

/**
 * Answers a tweet that asks for it, or stores its photos and leaves the job of answering them. Everything before the
 * reply may be done again without harm: the keys follow from the tweet.
 */
export async function handleTweet(ports: HandlePorts, options: AnswerOptions, event: Tweet): Promise<Outcome> {
  const { bot, platform } = options
  const { blobs, ledger, now } = ports
  const { prices } = platform

  if (asksToStop(event, bot.id)) {
    await ports.optOuts.add(event.author.id, event.createdAt)
    return ignored('opted-out')
  }
  const reason = reasonToIgnore(event, bot, platform.summons, now())
  if (reason) {
    // Nobody comes after this to remove what an earlier try has left.
    if (reason === 'too-old' && mayHavePhotos(event) && !(await hasJob())) await removePhotos(blobs, event)
    return ignored(reason)
  }
  const startedAt = now()
  const bill = openBill(event)
  const outcome = await route()
  if (outcome.kind === 'job-stored' || outcome.kind === 'deferred') return outcome
  if (!isOnRecord(outcome) && (await isLeftToAnother())) return outcome
  await settleBill(ports, bill, {
    replied: isOnRecord(outcome),
    ...(isOnRecord(outcome) && { spent: 'all' }),
  })
  if (mayHavePhotos(event)) await removePhotos(blobs, event)
  return outcome

  async function route(): Promise<Outcome> {
    if (await ports.optOuts.has(event.author.id)) return ignored('opted-out')
    const known = await ledger.find(replyKey(event))
    if (known?.kind === 'settled') return outcomeOfSettled(known.outcome)
    // What is in doubt is resolved with the words on record, whatever has become of the tweet.
    if (known) return reply(event, async () => deferred('busy', now(), 'Another worker has just given up its claim.'))

    if (await isInGap(ports, event)) {
      await ledger.settle(replyKey(event), { kind: 'skipped', reason: 'gap' }, now())
      return ignored('gap')
    }

    const seen = event.media === 'unknown' ? await fetchTweet(event.id) : event
    if ('kind' in seen) return seen
    const tweet = completed(event, seen)
    const reasonNow = reasonToIgnore(tweet, bot, platform.summons, now())
    if (reasonNow) return ignored(reasonNow)
    if (tweet.photos.length > 0) return answerPhotos(tweet, tweet.photos)
    if (!tweet.mentions.some(({ id }) => id === bot.id)) return ignored('follow-up')

    const referencedTweet = await fetchReferencedTweet(tweet)
    if (referencedTweet && 'kind' in referencedTweet) return referencedTweet
    if (referencedTweet && referencedTweet.photos.length > 0) return answerPhotos(tweet, referencedTweet.photos)
    const parent = referencedTweet?.id === tweet.inReplyToId ? referencedTweet : undefined
    return askForPhoto(tweet, tweet.conversationId ?? parent?.conversationId ?? tweet.firstId)
  }

  /** Once in a conversation, so that "thanks" is met with silence. */
  async function askForPhoto(tweet: Tweet, conversation: string): Promise<Outcome> {
    if (tweet.inReplyToUserId === bot.id) return ignored('follow-up')
    if (conversation !== tweet.firstId) {
      const root = await ledger.find({ botId: bot.id, about: conversation })
      if (root?.kind === 'settled') return ignored('follow-up')
    }
    if (!(await isFirstToAsk(tweet, conversation))) return ignored('follow-up')
    const outcome = await reply(tweet, async () => replyVariants(options.rules, tweet, []))
    // On record, so that the next in this conversation is not taken for a follow-up of a reply that never came.
    if (outcome.kind === 'ignored' && outcome.reason !== 'already-handled') {
      await ledger.settle(replyKey(tweet), { kind: 'skipped', reason: outcome.reason }, now())
    }
    return outcome
  }

  /** Whoever comes first, or comes next where whoever came before got no reply in the end. */
  async function isFirstToAsk(tweet: Tweet, conversation: string, after?: string): Promise<boolean> {
    const about = `conversation:${conversation}${after === undefined ? '' : `:after:${after}`}`
    const recorded = await ledger.settle(
      { botId: bot.id, about },
      { kind: 'photo-asked-for', firstId: tweet.firstId },
      now(),
    )
    if (recorded.kind !== 'photo-asked-for') return false
    if (recorded.firstId === tweet.firstId) return true
    const before = await ledger.find({ botId: bot.id, about: recorded.firstId })
    const gotNone = before
      ? before.kind === 'settled' && ['refused', 'skipped'].includes(before.outcome.kind)
      : now() - (timeOfId(recorded.firstId) ?? 0) > TIMES.tooOld
    return gotNone && isFirstToAsk(tweet, conversation, recorded.firstId)
  }

  async function answerPhotos(tweet: Tweet, photos: readonly Photo[]): Promise<Outcome> {
    const shown = photos.slice(0, MOST_PHOTOS)
    const refused = await holdMoney(ports, options, bill, prices.label * shown.length + replyCost(options))
    if (refused) return refused
    const results = await Promise.all(shown.map((photo) => ports.media.fetch(photo)))
    const fetched = results.flatMap((result, index) =>
      isFetched(result) && isLookedAt(result.bytes, platform.photoPixels) ? [{ ...result, index }] : [],
    )
    if (fetched.length === 0) return reply(tweet, async () => replyVariants(options.rules, tweet, [[]]))
    // An edit has other photos, and both may be at work at once: each has its own keys.
    const stored = await Promise.allSettled(
      fetched.map(async ({ bytes, type, index }) => {
        const key = `${photosPrefix(tweet)}${tweet.id}-${index}`
        await blobs.put(key, bytes, type)
        return key
      }),
    )
    const keys = stored.map((put) => {
      if (put.status === 'rejected') throw put.reason
      return put.value
    })
    // Last: a job must never be there before its photos.
    const altTexts = fetched.map(({ index }) => shown[index]?.altText ?? null)
    await ports.jobs.put({
      v: 1,
      tweet,
      photos: keys,
      ...(altTexts.some((text) => text !== null) && { altTexts }),
      bill: billForJob(bill, startedAt),
    })
    return { kind: 'job-stored', jobKey: jobKey(tweet) }
  }

  function reply(tweet: Tweet, variants: () => Promise<ReplyVariants | Deferred>): Promise<Final | Deferred> {
    const isSeen = event.media === 'unknown'
    return replyOnce(ports, options, { key: replyKey(tweet), tweet, bill, wordsCost: 0, startedAt, isSeen, variants })
  }

  /** "@bot what is this?" under somebody's tweet is about that tweet. */
  async function fetchReferencedTweet(tweet: Tweet): Promise<Tweet | Outcome | undefined> {
    const id = idOfReferencedTweet(tweet, bot.id)
    if (id === undefined) return undefined
    const seen = await fetchTweet(id)
    return 'kind' in seen && seen.kind === 'ignored' && seen.reason === 'tweet-gone' ? undefined : seen
  }

  /** What may follow is reserved too, so that a tweet that is begun can be finished. */
  function fetchTweet(id: string): Promise<Tweet | Outcome> {
    return lookUp(ports, options, bill, { asking: event, id, rest: prices.label * MOST_PHOTOS + replyCost(options) })
  }

  /**
   * Whether an earlier try has stored a job, or another run is posting: it does not share the reason that this one found,
   * and needs what is stored and reserved.
   */
  async function isLeftToAnother(): Promise<boolean> {
    if (mayHavePhotos(event) && (await hasJob())) return true
    return bill.held.size > 0 && (await ledger.find(replyKey(event)))?.kind === 'claimed'
  }

  async function hasJob(): Promise<boolean> {
    return (await blobs.get(jobKey(event))) !== undefined
  }

  function mayHavePhotos({ media, photos }: Tweet): boolean {
    return media !== 'absent' || photos.length > 0 || idOfReferencedTweet(event, bot.id) !== undefined
  }
}

/** Whether the ledger has the end, so that nobody works on the tweet any more. */
export const isOnRecord = (outcome: Final) => outcome.kind !== 'ignored' || outcome.reason === 'already-handled'

/** The variants that are tried in order. After them come numbered ones, from a place that differs from tweet to tweet. */
const IN_ORDER = 4

/** The words for a tweet: the same for the same photo, and others each time that X has seen them a short while ago. */
export function replyVariants(
  rules: ReplyRules,
  tweet: Tweet,
  labelsPerPhoto: readonly (readonly Label[])[],
): ReplyVariants {
  const { author, lang } = tweet
  const apart = Number(tweet.id.slice(-3))
  return (number) => {
    const variant = number < IN_ORDER ? number : number + apart
    return composeReply(rules, author, labelsPerPhoto, { variant, ...defined({ lang }) })
  }
}

export const replyKey = ({ botId, firstId }: Pick<Tweet, 'botId' | 'firstId'>) => ({ botId, about: firstId })

/** The look-up knows media and names; only the event knows for sure whom the author mentioned and quoted. */
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

function idOfReferencedTweet(tweet: Tweet, botId: string): string | undefined {
  if (tweet.quotedId !== undefined && tweet.quotedAuthorId !== botId) return tweet.quotedId
  return tweet.inReplyToUserId === botId ? undefined : tweet.inReplyToId
}

type Fetched = Extract<FetchResult, { kind: 'fetched' }>
const isFetched = (result: FetchResult): result is Fetched => result.kind === 'fetched'

/** What a labeler would refuse is not bought first. X itself gives no side of more than 2,048 pixels: who stands in for it may. */
function isLookedAt(bytes: Uint8Array, { least, most }: PixelRange): boolean {
  const size = photoSize(bytes)
  return size !== undefined && [size.width, size.height].every((side) => side >= least && side <= most)
}

const ignored = (reason: IgnoreReason): Outcome => ({ kind: 'ignored', reason })
