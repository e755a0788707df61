import type { Final, NotYet } from '../outcome.js'
import type { Platform } from '../platform.js'
import type { Charge, Ports, ReplyIntent, ReplyKey, SettledOutcome } from '../ports/index.js'
import type { ComposedReply } from '../reply.js'
import type { Limits } from '../spending.js'
import { meaningOfRefusal, moneyCharges, replyCharges } from '../spending.js'
import { TIMES } from '../times.js'
import type { Tweet } from '../tweet.js'

export interface ReplyRequest {
  readonly key: ReplyKey
  readonly tweet: Tweet
  /** Asked for only when nothing speaks against a reply: finding the words may cost money. */
  readonly words: () => Promise<Words | Final | NotYet>
}

/** The words by number, from 0: each number gives others, for when X calls them duplicates. */
export type Words = (wording: number) => Pick<ComposedReply, 'text' | 'labels'>

export interface ReplyOnceOptions {
  readonly limits: Limits
  readonly platform: Platform
}

type ReplyPorts = Pick<Ports, 'social' | 'ledger' | 'budget' | 'breaker' | 'now' | 'newId'>

/** So many different wordings are tried when X says that it has seen the words before. */
const WORDINGS = 8

/**
 * One reply, exactly: claims the key and records the words before X hears them, and settles after. Where an earlier
 * try may have been posted, it is looked for first; absent, the same words go out once more, so that X's own rule
 * against duplicates stands guard too. There is never a third post.
 */
export async function replyOnce(
  ports: ReplyPorts,
  options: ReplyOnceOptions,
  request: ReplyRequest,
): Promise<Final | NotYet> {
  const { social, ledger, budget, breaker, now, newId } = ports
  const { key, tweet } = request

  const stopped = await breaker.state()
  if (stopped) return stoppedBy(stopped.reason)
  if (now() - tweet.createdAt > TIMES.lookAgainAfter) {
    const seen = await lookAgain()
    if (seen) return seen
  }
  const words = await request.words()
  if (typeof words !== 'function') return words

  const owner = newId()
  for (let wording = 0; wording < WORDINGS; wording++) {
    const { text, labels } = words(wording)
    const fresh: ReplyIntent = { tweetId: tweet.id, text }
    const begun = await begin(fresh)
    switch (begun.kind) {
      case 'settled':
        return { kind: 'ignored', reason: 'already-handled' }
      case 'busy':
        return notYet('busy', begun.until, 'Another worker holds the claim on this reply.')
      case 'unsure':
        return begun.tries > 1 ? resolveForGood(begun.intent) : resolve(begun.intent)
      case 'won': {
        const ended = await post(fresh, labels)
        if (ended !== 'duplicate') return ended
        await ledger.release(key, owner)
        const found = await ownReply(fresh)
        if (found !== 'absent') return found
      }
    }
  }
  return settle({
    kind: 'refused',
    reason: 'duplicate',
    detail: `X has seen ${WORDINGS} wordings of this reply a short while ago.`,
  })

  function begin(intent: ReplyIntent) {
    return ledger.begin(key, { owner, intent, now: now(), until: now() + TIMES.lease })
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
    const spent = await spend(moneyCharges(options.platform.prices.ownedRead, tweet, options.limits, now()))
    if (spent) return leaseRunsOut(`No budget to look for an earlier reply: ${spent.detail}`)
    const lookup = await social.findOwnReply(intent.tweetId)
    switch (lookup.kind) {
      case 'absent':
        return 'absent'
      case 'found':
        return settle({ kind: 'replied', replyId: lookup.id }, intent.text)
      case 'later':
        return leaseRunsOut(lookup.detail, lookup.until)
    }
  }

  async function post(intent: ReplyIntent, labels: readonly string[] = []): Promise<Final | NotYet | 'duplicate'> {
    const charges = replyCharges(tweet, options, now())
    const refused = await spend(charges)
    if (refused) {
      await ledger.release(key, owner)
      return refused
    }
    const result = await social.reply(intent.tweetId, intent.text)
    switch (result.kind) {
      case 'posted':
        return settle({ kind: 'replied', replyId: result.id }, intent.text, labels)
      case 'unsure':
        return leaseRunsOut(result.detail)
      case 'refused':
        await budget.refund(charges, now())
        return settle({ kind: 'refused', reason: result.reason, detail: result.detail })
      case 'duplicate':
        await budget.refund(charges, now())
        return 'duplicate'
      case 'later':
        await ledger.release(key, owner)
        await budget.refund(charges, now())
        return notYet(result.reason, result.until, result.detail)
      case 'locked':
        await breaker.trip(`X answered with code ${result.code}: ${result.detail}`, now())
        await ledger.release(key, owner)
        await budget.refund(charges, now())
        return stoppedBy(result.detail)
    }
  }

  async function spend(charges: readonly Charge[]): Promise<Refusal | undefined> {
    const spent = await budget.spend(charges, now())
    if (spent.kind === 'granted') return undefined
    const meaning = meaningOfRefusal(spent)
    const detail = `The window ${spent.window} has no room until ${new Date(spent.until).toISOString()}.`
    return meaning === 'wait'
      ? { kind: 'later', reason: 'post-limit', until: spent.until, detail }
      : { kind: 'ignored', reason: meaning, detail }
  }

  async function settle(outcome: SettledOutcome, text = '', labels: readonly string[] = []): Promise<Final> {
    const settled = await ledger.settle(key, outcome, now())
    if (settled.kind === 'photo-asked-for') return { kind: 'ignored', reason: 'follow-up' }
    return settled.kind === 'replied' ? { ...settled, text, labels } : settled
  }

  /** After a wait the tweet may be gone: a reply to nothing costs money and helps nobody. */
  async function lookAgain(): Promise<Final | NotYet | undefined> {
    const refused = await spend(moneyCharges(options.platform.prices.tweetRead, tweet, options.limits, now()))
    if (refused) return refused
    const lookup = await social.tweet(tweet.id)
    if (lookup.kind === 'later') return notYet(lookup.reason, lookup.until, lookup.detail)
    return lookup.kind === 'gone' ? { kind: 'ignored', reason: 'tweet-gone', detail: lookup.detail } : undefined
  }

  /** Whatever may have been posted stays recorded: the next to come finds the lease run out, and looks. */
  function leaseRunsOut(detail: string, until = 0): NotYet {
    return notYet('unsure', Math.max(until, now() + TIMES.lease), detail)
  }

  function stoppedBy(detail: string): NotYet {
    return notYet('stopped', undefined, `Posting is stopped until a person resets it. ${detail}`)
  }

  function notYet(reason: NotYet['reason'], until: number | undefined, detail: string): NotYet {
    return { kind: 'later', reason, until: until ?? now() + TIMES.retryAfter, detail }
  }
}

type Refusal = Extract<Final, { kind: 'ignored' }> | NotYet
