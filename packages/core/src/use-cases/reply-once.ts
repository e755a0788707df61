import type { Final, NotYet } from '../outcome.js'
import type { Begun, Ports, ReplyIntent, ReplyKey, SettledOutcome } from '../ports/index.js'
import type { ComposedReply } from '../reply.js'
import { moneyCharges, replyCharges } from '../spending.js'
import { TIMES } from '../times.js'
import type { Tweet } from '../tweet.js'
import type { Bounds } from './look-up.js'
import { lookUp, notYet, spend, stop, stoppedBy } from './look-up.js'

export interface ReplyRequest {
  readonly key: ReplyKey
  readonly tweet: Tweet
  /** Asked for only when nothing speaks against a reply: finding the words may cost money. */
  readonly words: () => Promise<Words | Final | NotYet>
}

/** The words by number, from 0: each number gives others, for when X calls them duplicates. */
export type Words = (wording: number) => Pick<ComposedReply, 'text' | 'labels'>

type ReplyPorts = Pick<Ports, 'social' | 'ledger' | 'budget' | 'breaker' | 'now' | 'newId'>

/** So many different wordings are tried when X says that it has seen the words before. */
const WORDINGS = 8

/**
 * One reply, exactly: claims the key and records the words before X hears them, and settles after. Where an earlier
 * try may have been posted, it is looked for first; absent, the same words go out once more, so that X's own rule
 * against duplicates stands guard too. There is never a third post.
 */
export async function replyOnce(ports: ReplyPorts, bounds: Bounds, request: ReplyRequest): Promise<Final | NotYet> {
  const { social, ledger, budget, breaker, now, newId } = ports
  const { key, tweet } = request
  const owner = newId()
  let leaseEnds = 0

  const stopped = await breaker.state()
  if (stopped) return stoppedBy(stopped.reason, now())

  // What is in doubt comes before every question of money: the words are known, and may have been posted.
  const known = await ledger.find(key)
  if (known) return known.kind === 'settled' ? outcomeOfSettled(known.outcome) : goOn(await begin(known.intent))

  const refused = await spend(ports, replyCharges(tweet, bounds, now()), 'allows')
  if (refused) return refused
  if (now() - tweet.createdAt > TIMES.lookAgainAfter) {
    // After a wait the tweet may be gone: a reply to nothing costs money and helps nobody.
    const seen = await lookUp(ports, bounds, tweet, tweet.id)
    if ('kind' in seen) return seen
  }
  const words = await request.words()
  if (typeof words !== 'function') return words

  for (let wording = 0; wording < WORDINGS; wording++) {
    const { text, labels } = words(wording)
    const fresh: ReplyIntent = { tweetId: tweet.id, text }
    const begun = await begin(fresh)
    if (begun.kind !== 'won') return goOn(begun)
    const ended = await post(fresh, labels)
    if (ended !== 'duplicate') return ended
    await ledger.release(key, owner)
    if (wording === 0) {
      const found = await ownReply(fresh)
      if (found !== 'absent') return found
    }
  }
  return settle({
    kind: 'refused',
    reason: 'duplicate',
    detail: `X has seen ${WORDINGS} wordings of this reply a short while ago.`,
  })

  function begin(intent: ReplyIntent): Promise<Begun> {
    leaseEnds = now() + TIMES.lease
    return ledger.begin(key, { owner, intent, now: now(), until: leaseEnds })
  }

  async function goOn(begun: Begun): Promise<Final | NotYet> {
    switch (begun.kind) {
      case 'settled':
        return outcomeOfSettled(begun.outcome)
      case 'busy':
        return later('busy', begun.until, 'Another worker holds the claim on this reply.')
      case 'unsure':
        return begun.tries > 1 ? resolveForGood(begun.intent) : resolve(begun.intent)
      case 'won':
        // The claim that was known a moment ago has been given back: from the beginning, next time.
        await ledger.release(key, owner)
        return later('busy', now(), 'Another worker has just given up its claim on this reply.')
    }
  }

  /** One try may have been posted: look, and only then post the same words again. */
  async function resolve(intent: ReplyIntent): Promise<Final | NotYet> {
    const found = await ownReply(intent)
    if (found !== 'absent') return found
    const begun = await begin(intent)
    if (begun.kind !== 'won') return leaseRunsOut('The claim on this reply was lost while looking for it.')
    const ended = await post(intent)
    if (ended !== 'duplicate') return ended
    return leaseRunsOut('X has seen these words and does not list them: most likely the first try, not listed yet.')
  }

  /** Two tries: look once more, and leave it at that. */
  async function resolveForGood(intent: ReplyIntent): Promise<Final | NotYet> {
    const found = await ownReply(intent)
    if (found !== 'absent') return found
    return settle({
      kind: 'unsure',
      detail: `A reply to tweet ${intent.tweetId} may have been posted, and is not in the bot's timeline.`,
    })
  }

  async function ownReply(intent: ReplyIntent): Promise<Final | NotYet | 'absent'> {
    const charges = moneyCharges(bounds.platform.prices.ownedRead, tweet, bounds.limits, now())
    const refused = await spend(ports, charges)
    if (refused) return leaseRunsOut(`No budget to look for an earlier reply: ${refused.detail}`)
    const lookup = await social.findOwnReply(intent.tweetId)
    switch (lookup.kind) {
      case 'absent':
        return 'absent'
      case 'found':
        return settle({ kind: 'replied', replyId: lookup.id }, intent.text)
      case 'later': {
        await budget.refund(charges, now())
        const { until } = notYet(lookup, tweet, now())
        return leaseRunsOut(`An earlier reply cannot be looked for: ${lookup.detail}`, until)
      }
      case 'locked':
        return stop(ports, lookup)
    }
  }

  async function post(intent: ReplyIntent, labels: readonly string[] = []): Promise<Final | NotYet | 'duplicate'> {
    const charges = replyCharges(tweet, bounds, now())
    const refused = await spend(ports, charges)
    if (refused) {
      await ledger.release(key, owner)
      return refused
    }
    if (now() > leaseEnds - TIMES.postTimeout) {
      // This process was asleep since it began: by now somebody else may be posting.
      await ledger.release(key, owner)
      await budget.refund(charges, now())
      return later('busy', now() + TIMES.lease, 'The claim on this reply was about to run out.')
    }
    const result = await social.reply(intent.tweetId, intent.text)
    switch (result.kind) {
      case 'posted':
        return settle({ kind: 'replied', replyId: result.id }, intent.text, labels)
      case 'unsure':
        return leaseRunsOut(result.detail)
      case 'refused': {
        const settled = await settle({ kind: 'refused', reason: result.reason, detail: result.detail })
        await budget.refund(charges, now())
        return settled
      }
      case 'duplicate':
        await budget.refund(charges, now())
        return 'duplicate'
      case 'later':
        await ledger.release(key, owner)
        await budget.refund(charges, now())
        return notYet(result, tweet, now())
      case 'locked': {
        const stoppedNow = await stop(ports, result)
        await ledger.release(key, owner)
        await budget.refund(charges, now())
        return stoppedNow
      }
    }
  }

  async function settle(outcome: SettledOutcome, text = '', labels: readonly string[] = []): Promise<Final> {
    const settled = await ledger.settle(key, outcome, now())
    return settled.kind === 'replied' ? { ...settled, text, labels } : outcomeOf(settled)
  }

  /** Whatever may have been posted stays recorded: the next to come finds the lease run out, and looks. */
  function leaseRunsOut(detail: string, until = 0): NotYet {
    return later('unsure', Math.max(until, now() + TIMES.lease), detail)
  }
}

/** A matter that was settled before. Somebody has to hear of `unsure`, so that is told again and again. */
export function outcomeOfSettled(outcome: SettledOutcome): Final {
  return outcome.kind === 'unsure' ? outcome : { kind: 'ignored', reason: 'already-handled' }
}

function outcomeOf(settled: Exclude<SettledOutcome, { kind: 'replied' }>): Final {
  return settled.kind === 'photo-asked-for' ? { kind: 'ignored', reason: 'follow-up' } : settled
}

const later = (reason: NotYet['reason'], until: number, detail: string): NotYet => ({
  kind: 'later',
  reason,
  until,
  detail,
})
