import type { Context, PhotoContext } from '../bot/context.js'
import type { Definition, Next } from '../bot/definition.js'
import { defineBot, job } from '../bot/definition.js'
import { LABEL_PHOTOS, photosPrefix, type StoredPhotos } from '../domain/job.js'
import { photoSize } from '../domain/photo-size.js'
import type { Photo, Tweet } from '../domain/tweet.js'
import { timeOfId } from '../domain/tweet.js'
import type { PixelRange } from '../policy/platform.js'
import { TIMES } from '../policy/times.js'
import type { ImageLabeler } from '../ports/image-labeler.js'
import type { FetchResult } from '../ports/media-fetcher.js'
import { checkRules, type ReplyRules } from '../reply/rules.js'
import { holdMoney, replyCost } from './bill.js'
import { endWith, replyTo, runOf } from './dispatch.js'
import type { Outcome } from './outcome.js'
import { replyKey } from './reply-key.js'
import { replyVariants } from './reply-variants.js'
import { replyWithLabels } from './reply-with-labels.js'
import type { Run } from './run.js'

/** X allows four photos per tweet. */
const MOST_PHOTOS = 4

/**
 * Creates a bot that says what is in photos. It stores the photos, then labels them and replies in a job. If a tweet
 * has no photo and no later handler answers it, the bot asks for a photo, once per conversation, so that it does not
 * reply to "thanks".
 *
 * @param rules what the bot looks for and what it says
 * @param options.labeler overrides the labeler in the bot's ports
 * @throws RulesError with every fault in `rules`: where it is and how to fix it
 */
export function photoReplies(rules: ReplyRules, options: { readonly labeler?: ImageLabeler } = {}): Definition {
  checkRules(rules)
  const labelPhotos = job<StoredPhotos>(LABEL_PHOTOS, (ctx, photos) =>
    replyWithLabels(runOf(ctx), rules, photos, options),
  )
  const storePhotos = async (ctx: PhotoContext) => {
    const run = runOf(ctx)
    const stored = await store(run, (run.photos ?? []).slice(0, MOST_PHOTOS))
    if ('kind' in stored) run.outcome = stored
    else if (stored.photos.length > 0) await ctx.defer(labelPhotos, stored)
    else run.outcome = await replyTo(run, async () => replyVariants(rules, run.tweet, [[]]))
  }
  return defineBot()
    .job(labelPhotos)
    .on('tweet:photo', Object.assign(storePhotos, { labels: MOST_PHOTOS, hasLabeler: options.labeler !== undefined }))
    .on('tweet:text', async (ctx: Context, next: Next) => {
      await next()
      const run = runOf(ctx)
      run.outcome ??= await askForPhoto(run, rules)
    })
}

/** Fetches the photos and stores those that can be labeled. Returns an outcome if the budget has no room for them. */
async function store(run: Run, shown: readonly Photo[]): Promise<StoredPhotos | Outcome> {
  const { ports, options, tweet, bill } = run
  const { prices, photoPixels } = options.platform
  const refused = await holdMoney(ports, options, bill, prices.label * shown.length + replyCost(options))
  if (refused) return refused
  const results = await Promise.all(shown.map((photo) => ports.media.fetch(photo)))
  const fetched = results.flatMap((result, index) =>
    isFetched(result) && isLookedAt(result.bytes, photoPixels) ? [{ ...result, index }] : [],
  )
  // An edit may have other photos and be handled at the same time, so each version has its own keys.
  const stored = await Promise.allSettled(
    fetched.map(async ({ bytes, type, index }) => {
      const key = `${photosPrefix(tweet)}${tweet.id}-${index}`
      await ports.blobs.put(key, bytes, type)
      return key
    }),
  )
  const photos = stored.map((put) => {
    if (put.status === 'rejected') throw put.reason
    return put.value
  })
  const altTexts = fetched.map(({ index }) => shown[index]?.altText ?? null)
  return { photos, ...(altTexts.some((text) => text !== null) && { altTexts }) }
}

type Fetched = Extract<FetchResult, { kind: 'fetched' }>
const isFetched = (result: FetchResult): result is Fetched => result.kind === 'fetched'

/**
 * Skips photos that the labeler would reject, because labeling costs money. X itself serves at most 2,048 pixels per
 * side.
 */
function isLookedAt(bytes: Uint8Array, { least, most }: PixelRange): boolean {
  const size = photoSize(bytes)
  return size !== undefined && [size.width, size.height].every((side) => side >= least && side <= most)
}

const FOLLOW_UP: Outcome = { kind: 'ignored', reason: 'follow-up' }

/** Asks for a photo once per conversation, so that the bot does not reply to "thanks". */
async function askForPhoto(run: Run, rules: ReplyRules): Promise<Outcome> {
  const { ports, options, tweet, referenced } = run
  const { ledger, now } = ports
  const { bot } = options
  if (!tweet.mentions.some(({ id }) => id === bot.id) || tweet.inReplyToUserId === bot.id) return FOLLOW_UP
  const parent = referenced?.id === tweet.inReplyToId ? referenced : undefined
  const conversation = tweet.conversationId ?? parent?.conversationId ?? tweet.firstId
  if (conversation !== tweet.firstId) {
    const root = await ledger.find({ botId: bot.id, about: conversation })
    if (root?.kind === 'settled') return FOLLOW_UP
  }
  if (!(await isFirstToAsk(run, tweet, conversation))) return FOLLOW_UP
  return endWith(run, ask())

  async function ask(): Promise<Outcome> {
    const outcome = await replyTo(run, async () => replyVariants(rules, tweet, []))
    // Record that there was no reply, so that the next tweet in this conversation does not count as a follow-up.
    if (outcome.kind === 'ignored' && outcome.reason !== 'already-handled') {
      await ledger.settle(replyKey(tweet), { kind: 'skipped', reason: outcome.reason }, now())
    }
    return outcome
  }
}

/** Whether this tweet is the first of its conversation to ask, or all that asked before it ended without a reply. */
async function isFirstToAsk(run: Run, tweet: Tweet, conversation: string, after?: string): Promise<boolean> {
  const { ports, options } = run
  const { ledger, now } = ports
  const botId = options.bot.id
  const about = `conversation:${conversation}${after === undefined ? '' : `:after:${after}`}`
  const recorded = await ledger.settle({ botId, about }, { kind: 'photo-asked-for', firstId: tweet.firstId }, now())
  if (recorded.kind !== 'photo-asked-for') return false
  if (recorded.firstId === tweet.firstId) return true
  const before = await ledger.find({ botId, about: recorded.firstId })
  const gotNone = before
    ? before.kind === 'settled' && ['refused', 'skipped'].includes(before.outcome.kind)
    : now() - (timeOfId(recorded.firstId) ?? 0) > TIMES.tooOld
  return gotNone && isFirstToAsk(run, tweet, conversation, recorded.firstId)
}
