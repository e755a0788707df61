import type { Tweet } from '../domain/tweet.js'
import type { Bounds } from '../policy/charges.js'
import { postCharges } from '../policy/charges.js'
import { TIMES } from '../policy/times.js'
import type { ClaimResult, Ports, ReplyIntent, ReplyKey, SettledOutcome } from '../ports/index.js'
import type { KillSwitchState } from '../ports/kill-switch.js'
import type { ImageUpload, PostRefusal } from '../ports/social-client.js'
import type { ComposedReply } from '../reply/compose.js'
import { type Bill, holdReply, replyCost, reserve, settleBill } from './bill.js'
import { isInGap } from './gap.js'
import { lookUp } from './look-up.js'
import type { Deferred, Final } from './outcome.js'
import { busy, defer, deferred, retryIn, stop, stoppedBy, waitOf } from './waiting.js'

export interface ReplyRequest {
  readonly key: ReplyKey
  readonly tweet: Tweet
  /** The tweet's bill. */
  readonly bill: Bill
  /** The extra cost of the text, in micro-dollars: labeling photos for it, or a link in it. */
  readonly wordsCost: number
  /** When this run began, epoch milliseconds. It posts only if there is time left to receive X's response. */
  readonly startedAt: number
  /** Whether this run has looked up the tweet at X. */
  readonly isSeen: boolean
  /** Whether this run has already checked that the ledger has no entry for the key. */
  readonly isUnknown: boolean
  /** The kill switch's state, if this run has read it already. It is read again before each call to X. */
  readonly state: KillSwitchState | undefined
  /** Called only once all checks have passed, because producing the variants may cost money. */
  readonly variants: () => Promise<ReplyVariants | Final | Deferred>
}

/**
 * Returns the variant of a reply with a number from 0. Variants say the same in different words, in case X rejects one
 * as a duplicate. All have the same images.
 */
export type ReplyVariants = (
  variant: number,
) => Pick<ComposedReply, 'text' | 'labels'> & { readonly images?: readonly ImageUpload[] }

type ReplyPorts = Pick<Ports, 'social' | 'ledger' | 'budget' | 'killSwitch' | 'now' | 'newId'>

/** How many variants to try if X rejects them as duplicates. */
const MOST_VARIANTS = 8

/**
 * After this many refusals in a row without a reason about the tweet, stop all posting: the app itself is the problem.
 */
const MOST_STRIKES = 3

/**
 * Replies exactly once: claims the key and records the text before posting it, and settles afterwards. If an earlier
 * try may have been posted, looks for it first. If X does not list it, posts the same text once more, so that X's own
 * check for duplicates protects too. There is never a third post.
 */
export async function replyOnce(ports: ReplyPorts, bounds: Bounds, request: ReplyRequest): Promise<Final | Deferred> {
  const { social, ledger, killSwitch, now, newId } = ports
  const { key, tweet, bill, startedAt } = request
  const owner = newId()
  let leaseEnds = 0
  /** The cost of the most expensive text so far. */
  let cost = replyCost(bounds)
  let media: Media | undefined

  const state = request.state ?? (await killSwitch.state())
  if (state.stopped) return stoppedBy(state.stopped.reason, now())

  // Resolve an existing claim before any check of the budget: its text is known, and may have been posted.
  const known = request.isUnknown ? undefined : await ledger.find(key)
  if (known) return known.kind === 'settled' ? outcomeOfSettled(known.outcome) : handleClaim(await claim(known.intent))
  if (isInGap(state, tweet)) return { kind: 'ignored', reason: 'gap' }

  const refused =
    waitOf(state, 'post', tweet, now()) ??
    (await holdReply(ports, bounds, bill, tweet, request.wordsCost + replyCost(bounds)))
  if (refused) return refused
  if (!request.isSeen && now() - tweet.createdAt > TIMES.lookAgainAfter) {
    // After a wait the tweet may be gone, and a reply would cost money in vain.
    const rest = request.wordsCost + replyCost(bounds)
    const seen = await lookUp(ports, bounds, bill, { asking: tweet, id: tweet.id, rest })
    if ('kind' in seen) return seen
  }
  const variants = await request.variants()
  if (typeof variants !== 'function') return variants

  for (let variant = 0; variant < MOST_VARIANTS; variant++) {
    const { text, labels, images = [] } = variants(variant)
    const fresh: ReplyIntent = { tweetId: tweet.id, text, authorId: tweet.author.id }
    const ended = await post(fresh, { labels, images }, handleClaim)
    if (ended !== 'duplicate') return ended
    await ledger.release(key, owner)
    if (variant === 0) {
      const found = await ownReply(fresh, now())
      if (found !== 'absent') return found
    }
  }
  return settle({
    kind: 'refused',
    reason: 'duplicate',
    detail: `X rejected ${MOST_VARIANTS} variants of this reply as duplicates.`,
  })

  function claim(intent: ReplyIntent): Promise<ClaimResult> {
    leaseEnds = now() + TIMES.lease
    return ledger.claim(key, { owner, intent, now: now(), until: leaseEnds })
  }

  async function handleClaim(claimed: ClaimResult): Promise<Final | Deferred> {
    switch (claimed.kind) {
      case 'settled':
        return outcomeOfSettled(claimed.outcome)
      case 'held':
        return busy(claimed, tweet, now(), 'Another worker holds the claim on this reply.')
      case 'expired':
        cost = Math.max(cost, replyCost(bounds, claimed.intent.text))
        return claimed.tries > 1 || willExpire(claimed.intent) ? resolveForGood(claimed) : resolve(claimed)
      case 'acquired':
        // Another run has just released the claim that was found: start over next time.
        await ledger.release(key, owner)
        return deferred('busy', now(), 'Another worker has just released its claim on this reply.')
    }
  }

  /** Whether the images may expire at X before this run ends. */
  function willExpire({ mediaExpireAt = Number.POSITIVE_INFINITY }: ReplyIntent): boolean {
    return now() > mediaExpireAt - TIMES.functionTimeout
  }

  /** One try may have been posted: looks for it, and only if it is absent posts the same text and images again. */
  async function resolve({ intent, since }: InDoubt): Promise<Final | Deferred> {
    const found = await ownReply(intent, since)
    if (found !== 'absent') return found
    if (now() < since + TIMES.secondPost) {
      return inDoubt(since + TIMES.secondPost, 'A reply may have been posted, and X does not list it yet.')
    }
    const ended = await post(intent, { labels: [], images: [] }, async () =>
      leaseRunsOut('The claim on this reply was lost while looking for it.'),
    )
    if (ended !== 'duplicate') return ended
    // Most likely X has made the first try meanwhile. If it is not listed yet, it gets a lease's time, however old it is.
    const unlisted = async () =>
      leaseRunsOut('X rejects the reply as a duplicate, and has not listed the first try yet.')
    const listed = await ownReply(intent, since, unlisted)
    return listed === 'absent' ? unlisted() : listed
  }

  /** Two tries may have been posted, or one whose images have expired: looks for a while longer, but posts no more. */
  async function resolveForGood({ intent, since, tries }: InDoubt): Promise<Final | Deferred> {
    const found = await ownReply(intent, since)
    if (found !== 'absent') return found
    if (now() < since + TIMES.lastLook) {
      const until = Math.min(now() + retryIn(now() - since, tweet), since + TIMES.lastLook)
      return inDoubt(until, 'A reply may have been posted and cannot be posted again, and X does not list it yet.')
    }
    const why = tries > 1 ? '' : ' Its images have expired, so it is not posted again.'
    return settle({
      kind: 'unresolved',
      detail: `A reply to tweet ${intent.tweetId} may have been posted, and is not in the bot's timeline.${why}`,
    })
  }

  /**
   * Looks for the reply. `since` is when it was first tried, and `later` defers if X cannot be asked now. `replyCost`
   * already includes what X charges for the listing.
   */
  async function ownReply(intent: ReplyIntent, since: number, later = inDoubt): Promise<Final | Deferred | 'absent'> {
    const waiting = noTimeLeft() ?? waitOf(await killSwitch.state(), 'timeline', tweet, now())
    if (waiting) return later(waiting.until, waiting.detail)
    const lookup = await social.findOwnReply(intent.tweetId)
    switch (lookup.kind) {
      case 'absent':
        return 'absent'
      case 'found':
        return settle({ kind: 'replied', replyId: lookup.id }, intent.text)
      case 'deferred': {
        const { until } = await defer(ports, 'timeline', lookup, { id: tweet.id, createdAt: since })
        return later(until, `It is unknown whether an earlier reply was posted: ${lookup.detail}`)
      }
      case 'locked':
        return stop(ports, lookup)
    }
  }

  /**
   * Claims and posts. Everything that may refuse comes before the claim, because a crash between claim and post is
   * indistinguishable from a post.
   */
  async function post(
    drafted: ReplyIntent,
    { labels, images }: Required<Pick<ReturnType<ReplyVariants>, 'labels' | 'images'>>,
    whenNotAcquired: (claimed: ClaimResult) => Promise<Final | Deferred>,
  ): Promise<Final | Deferred | 'duplicate'> {
    const charges = postCharges(bounds.platform, now())
    cost = Math.max(cost, replyCost(bounds, drafted.text))
    const refused = (await holdReply(ports, bounds, bill, tweet, cost)) ?? (await reserve(ports, charges))
    if (refused) return releaseClaim(refused)
    const uploaded = await upload(images)
    if ('kind' in uploaded) return notPosted(async () => uploaded)
    const intent: ReplyIntent = { ...drafted, ...uploaded }
    const state = await killSwitch.state()
    const waiting = waitOf(state, 'post', tweet, now())
    if (waiting) return notPosted(() => releaseClaim(waiting))
    const claimed = await claim(intent)
    if (claimed.kind !== 'acquired') return notPosted(() => whenNotAcquired(claimed))
    const tooLate = noTimeLeft()
    if (tooLate) return notPosted(() => releaseClaim(tooLate))
    const since = now()
    const result = await social.reply(intent.tweetId, intent.text, intent.mediaIds)
    switch (result.kind) {
      case 'posted':
        if (state.strikes.length > 0) await killSwitch.forgive()
        return settle({ kind: 'replied', replyId: result.id }, intent.text, labels)
      case 'ambiguous':
        return result.answered === true
          ? inDoubt(now() + retryIn(now() - since, tweet), result.detail)
          : leaseRunsOut(result.detail)
      case 'refused':
        // The first try may have been posted, which uses up the images at X.
        if (drafted.mediaIds && result.reason === 'media-invalid') return notPosted(async () => 'duplicate' as const)
        return notPosted(() => settle({ kind: 'refused', reason: result.reason, detail: result.detail }))
      case 'duplicate':
        return notPosted(async () => 'duplicate' as const)
      case 'deferred':
        return notPosted(() => defer(ports, 'post', result, tweet).then(releaseClaim))
      case 'unexplained':
        return notPosted(() => unexplained(result.detail).then(releaseClaim))
      case 'locked':
        return notPosted(() => stop(ports, result).then(releaseClaim))
    }

    /** Nothing was posted, so this post does not count against X's limits. */
    async function notPosted<Ended>(end: () => Promise<Ended>): Promise<Ended> {
      const ended = await end()
      await ports.budget.settle(charges, now())
      return ended
    }
  }

  /** Uploads the images, once per run. They are invisible until the post, so a failed upload may be repeated. */
  async function upload(images: readonly ImageUpload[]): Promise<Partial<Media> | Final | Deferred> {
    if (images.length === 0) return {}
    if (media) return media
    const uploaded = []
    for (const image of images) {
      const state = await killSwitch.state()
      const waiting = noTimeLeft() ?? waitOf(state, 'post', tweet, now()) ?? waitOf(state, 'upload', tweet, now())
      if (waiting) return waiting
      const result = await social.uploadImage(image)
      switch (result.kind) {
        case 'uploaded':
          uploaded.push(result)
          break
        case 'refused':
          return imageRefused(result.detail)
        case 'deferred':
          return defer(ports, 'upload', result, tweet)
        case 'locked':
          return stop(ports, result)
      }
    }
    media = {
      mediaIds: uploaded.map(({ mediaId }) => mediaId),
      mediaExpireAt: Math.min(...uploaded.map(({ expiresAt }) => expiresAt)),
    }
    return media
  }

  /**
   * Settles as refused, unless another worker has a claim: its images may be accepted, and it records its own outcome.
   */
  async function imageRefused(detail: string): Promise<Final | Deferred> {
    const known = await ledger.find(key)
    if (known?.kind === 'claimed') return busy(known, tweet, now(), 'Another worker holds the claim on this reply.')
    return settle({ kind: 'refused', reason: 'media-invalid' satisfies PostRefusal, detail })
  }

  /** Releases the claim, if this run has one. */
  async function releaseClaim<Outcome>(outcome: Outcome): Promise<Outcome> {
    if (leaseEnds > 0) await ledger.release(key, owner)
    return outcome
  }

  /**
   * Defers if the process was suspended or is slow, because it could be killed in the middle of a call to X. The delay
   * grows with the age of the tweet: each try costs a look-up, and may be as slow as this one.
   */
  function noTimeLeft(): Deferred | undefined {
    const latest = Math.min(leaseEnds || Infinity, startedAt + TIMES.functionTimeout) - TIMES.postTimeout
    if (now() <= latest) return undefined
    const until = now() + retryIn(now() - tweet.createdAt, tweet)
    return deferred('busy', until, 'There was no time left in this run to call X.')
  }

  /**
   * Retries the tweet a few times within its day. After several in a row, stops posting so that a person checks the
   * app.
   */
  async function unexplained(detail: string): Promise<Deferred> {
    const strikes = await killSwitch.strike(tweet.id)
    if (strikes.length >= MOST_STRIKES) {
      const reason = `X refused ${strikes.length} replies in a row without a reason about the tweets: ${detail}`
      await killSwitch.trip(reason, now())
      return stoppedBy(reason, now())
    }
    return deferred('unexplained', now() + Math.max(TIMES.retryAfter, now() - tweet.createdAt), detail)
  }

  async function settle(outcome: SettledOutcome, text = '', labels: readonly string[] = []): Promise<Final> {
    const settled = await ledger.settle(key, outcome, now())
    // Another run's outcome may have won, but this post is billed anyway.
    const replied = [outcome, settled].some(({ kind }) => kind === 'replied' || kind === 'unresolved')
    if (replied) bill.spent += cost
    await settleBill(ports, bill, { replied, ...(known && { spent: 'all' }) })
    return settled.kind === 'replied' ? { ...settled, text, labels } : outcomeOf(settled)
  }

  /**
   * Releases the claim in doubt: another run may continue at `until`. The try that may have been posted stays recorded.
   */
  async function inDoubt(until: number, detail: string): Promise<Deferred> {
    await ledger.release(key, owner, until)
    return deferred('ambiguous', until, detail)
  }

  /**
   * Keeps the claim with its try, which may have been posted. The next run finds the lease expired and looks for it.
   */
  function leaseRunsOut(detail: string): Deferred {
    return deferred('ambiguous', now() + TIMES.lease, detail)
  }
}

/** The images of a reply, as its intent has them. */
type Media = Required<Pick<ReplyIntent, 'mediaIds' | 'mediaExpireAt'>>

type InDoubt = Extract<ClaimResult, { kind: 'expired' }>

/** The outcome of a tweet that was settled before. `unresolved` is reported each time, because a person has to know. */
export function outcomeOfSettled(outcome: SettledOutcome): Final {
  return outcome.kind === 'unresolved' ? outcome : { kind: 'ignored', reason: 'already-handled' }
}

function outcomeOf(settled: Exclude<SettledOutcome, { kind: 'replied' }>): Final {
  switch (settled.kind) {
    case 'photo-asked-for':
      return { kind: 'ignored', reason: 'follow-up' }
    case 'skipped':
      return { kind: 'ignored', reason: 'already-handled' }
    default:
      return settled
  }
}
