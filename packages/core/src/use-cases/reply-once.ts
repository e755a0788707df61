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
  /** What this run has spent on the tweet so far. */
  readonly bill: Bill
  /** What the words cost besides the reply, in micro-dollars: finding them, or a link in them. */
  readonly wordsCost: number
  /** When this run began, epoch milliseconds: it posts only while there is time left to hear the answer. */
  readonly startedAt: number
  /** Whether this run has just seen the tweet at X. */
  readonly isSeen: boolean
  /** Whether this run has asked the ledger already, and it knew nothing of the key. */
  readonly isUnknown: boolean
  /** The kill switch, where this run has asked it already; it is asked again before each call to X. */
  readonly state: KillSwitchState | undefined
  /** Asked for only when nothing speaks against a reply: finding the variants may cost money. */
  readonly variants: () => Promise<ReplyVariants | Final | Deferred>
}

/**
 * The variants of a reply by number, from 0: each says the same in other words, for when X calls it a duplicate. All have
 * the same images.
 */
export type ReplyVariants = (
  variant: number,
) => Pick<ComposedReply, 'text' | 'labels'> & { readonly images?: readonly ImageUpload[] }

type ReplyPorts = Pick<Ports, 'social' | 'ledger' | 'budget' | 'killSwitch' | 'now' | 'newId'>

/** So many variants are tried when X says that it has seen the words before. */
const MOST_VARIANTS = 8

/** So many tweets in a row that X refuses without a reason stop all posting: it is the app, not the tweets. */
const MOST_STRIKES = 3

/**
 * One reply, exactly: claims the key and records the words before X hears them, and settles after. Where an earlier
 * try may have been posted, it is looked for first; absent, the same words go out once more, so that X's own rule
 * against duplicates stands guard too. There is never a third post.
 */
export async function replyOnce(ports: ReplyPorts, bounds: Bounds, request: ReplyRequest): Promise<Final | Deferred> {
  const { social, ledger, killSwitch, now, newId } = ports
  const { key, tweet, bill, startedAt } = request
  const owner = newId()
  let leaseEnds = 0
  /** What the reply costs, in its dearest words so far. */
  let cost = replyCost(bounds)
  let media: Media | undefined

  const state = request.state ?? (await killSwitch.state())
  if (state.stopped) return stoppedBy(state.stopped.reason, now())

  // What is in doubt comes before every question of money: the words are known, and may have been posted.
  const known = request.isUnknown ? undefined : await ledger.find(key)
  if (known) return known.kind === 'settled' ? outcomeOfSettled(known.outcome) : handleClaim(await claim(known.intent))
  if (isInGap(state, tweet)) return { kind: 'ignored', reason: 'gap' }

  const refused =
    waitOf(state, 'post', tweet, now()) ??
    (await holdReply(ports, bounds, bill, tweet, request.wordsCost + replyCost(bounds)))
  if (refused) return refused
  if (!request.isSeen && now() - tweet.createdAt > TIMES.lookAgainAfter) {
    // After a wait the tweet may be gone: a reply to nothing costs money and helps nobody.
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
    detail: `X has seen ${MOST_VARIANTS} variants of this reply a short while ago.`,
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
        // The claim that was known a moment ago has been given back: from the beginning, next time.
        await ledger.release(key, owner)
        return deferred('busy', now(), 'Another worker has just given up its claim on this reply.')
    }
  }

  /** Whether X may forget the images before this run ends. */
  function willExpire({ mediaExpireAt = Number.POSITIVE_INFINITY }: ReplyIntent): boolean {
    return now() > mediaExpireAt - TIMES.functionTimeout
  }

  /** One try may have been posted: look, and only then post the same words and images again. */
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
    return leaseRunsOut(
      'X does not take the same reply again and does not list it: most likely the first try, not listed yet.',
    )
  }

  /** Two tries, or one whose images have expired: look for them a while longer, and leave it at that. */
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

  /** `since`: when the reply was first tried. What X lists was paid for with each reply: see `replyCost`. */
  async function ownReply(intent: ReplyIntent, since: number): Promise<Final | Deferred | 'absent'> {
    const waiting = noTimeLeft() ?? waitOf(await killSwitch.state(), 'timeline', tweet, now())
    if (waiting) return inDoubt(waiting.until, waiting.detail)
    const lookup = await social.findOwnReply(intent.tweetId)
    switch (lookup.kind) {
      case 'absent':
        return 'absent'
      case 'found':
        return settle({ kind: 'replied', replyId: lookup.id }, intent.text)
      case 'deferred': {
        const { until } = await defer(ports, 'timeline', lookup, { id: tweet.id, createdAt: since })
        return inDoubt(until, `An earlier reply cannot be looked for: ${lookup.detail}`)
      }
      case 'locked':
        return stop(ports, lookup)
    }
  }

  /**
   * Claims and posts. All that may refuse comes before the claim: a process that dies between claim and post leaves a try
   * that nobody can tell from a post.
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
        // The first try may have used up its images.
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

    /** Nothing was posted: X's windows have that post left. */
    async function notPosted<Ended>(end: () => Promise<Ended>): Promise<Ended> {
      const ended = await end()
      await ports.budget.settle(charges, now())
      return ended
    }
  }

  /** Gives X the images, once in a run. Nobody sees them before the post, so that whatever fails may be done again. */
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

  /** Another worker's images may have been taken, and its reply posted: the end is then its own to record. */
  async function imageRefused(detail: string): Promise<Final | Deferred> {
    const known = await ledger.find(key)
    if (known?.kind === 'claimed') return busy(known, tweet, now(), 'Another worker holds the claim on this reply.')
    return settle({ kind: 'refused', reason: 'media-invalid' satisfies PostRefusal, detail })
  }

  /** Gives the claim back, where this run has one. */
  async function releaseClaim<Outcome>(outcome: Outcome): Promise<Outcome> {
    if (leaseEnds > 0) await ledger.release(key, owner)
    return outcome
  }

  /**
   * This process was asleep, or everything takes long: it could be ended in the middle of a call to X. What took too long
   * may take as long again, and each try looks the tweet up: so there are fewer the longer it lasts.
   */
  function noTimeLeft(): Deferred | undefined {
    const latest = Math.min(leaseEnds || Infinity, startedAt + TIMES.functionTimeout) - TIMES.postTimeout
    if (now() <= latest) return undefined
    const until = now() + retryIn(now() - tweet.createdAt, tweet)
    return deferred('busy', until, 'There was no time left in this run to ask X.')
  }

  /** The tweet comes again, a few times in its day; and many in a row mean that a person has to look at the app. */
  async function unexplained(detail: string): Promise<Deferred> {
    const strikes = await killSwitch.strike(tweet.id)
    if (strikes.length >= MOST_STRIKES) {
      const reason = `X refused ${strikes.length} replies in a row and named no reason that is about them: ${detail}`
      await killSwitch.trip(reason, now())
      return stoppedBy(reason, now())
    }
    return deferred('unexplained', now() + Math.max(TIMES.retryAfter, now() - tweet.createdAt), detail)
  }

  async function settle(outcome: SettledOutcome, text = '', labels: readonly string[] = []): Promise<Final> {
    const settled = await ledger.settle(key, outcome, now())
    // Somebody else's end may stand, and this post is billed all the same.
    const replied = [outcome, settled].some(({ kind }) => kind === 'replied' || kind === 'unresolved')
    if (replied) bill.spent += cost
    await settleBill(ports, bill, { replied, ...(known && { spent: 'all' }) })
    return settled.kind === 'replied' ? { ...settled, text, labels } : outcomeOf(settled)
  }

  /** Others may go on from `until`. What may have been posted stays recorded. */
  async function inDoubt(until: number, detail: string): Promise<Deferred> {
    await ledger.release(key, owner, until)
    return deferred('ambiguous', until, detail)
  }

  /** Whatever may have been posted stays recorded: the next to come finds the lease run out, and looks. */
  function leaseRunsOut(detail: string): Deferred {
    return deferred('ambiguous', now() + TIMES.lease, detail)
  }
}

/** The images of a reply, as its intent has them. */
type Media = Required<Pick<ReplyIntent, 'mediaIds' | 'mediaExpireAt'>>

type InDoubt = Extract<ClaimResult, { kind: 'expired' }>

/** A matter that was settled before. Somebody has to hear of `unresolved`, so that is told again and again. */
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
