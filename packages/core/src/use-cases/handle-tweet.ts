import type { Signal } from '../bot/context.js'
import { jobKey } from '../domain/job.js'
import type { Tweet } from '../domain/tweet.js'
import type { IgnoreReason } from '../policy/should-reply.js'
import { asksToStop, reasonToIgnore } from '../policy/should-reply.js'
import { TIMES } from '../policy/times.js'
import { settleBill } from './bill.js'
import { dispatch, resolveClaim } from './dispatch.js'
import { isInGap } from './gap.js'
import type { Outcome } from './outcome.js'
import { removePhotos } from './remove-photos.js'
import { isOnRecord, replyKey } from './reply-key.js'
import { outcomeOfSettled } from './reply-once.js'
import { type AnswerOptions, type HandlePorts, openRun, type Run } from './run.js'
import { idOfReferencedTweet } from './see.js'

/**
 * Has the bot's handlers answer a tweet that asks for it. Policy comes first: they see no tweet that may not be answered.
 * Everything before the reply may be done again without harm.
 */
export async function handleTweet(
  ports: HandlePorts,
  options: AnswerOptions,
  event: Tweet,
  signal?: Signal,
): Promise<Outcome> {
  const { bot, platform } = options
  const { blobs, ledger, now } = ports
  if (asksToStop(event, bot.id)) {
    await ports.optOuts.add(event.author.id, event.createdAt)
    return ignored('opted-out')
  }
  const reason = reasonToIgnore(event, bot, platform.summons, now())
  // It is the clock that is behind, and it comes to the tweet.
  if (reason === 'from-the-future' && event.createdAt - now() <= TIMES.tooOld) {
    const detail = 'The tweet is ahead of the clock of this machine.'
    return { kind: 'deferred', reason, until: event.createdAt - TIMES.clockSkew, detail }
  }
  if (reason) {
    // Nobody comes after this to remove what an earlier try has left.
    if (reason === 'too-old' && mayHavePhotos() && !(await hasJob())) await removePhotos(blobs, event)
    return ignored(reason)
  }
  const run = openRun(ports, options, event, { signal })
  const outcome = await answer(run)
  if (outcome.kind === 'job-stored' || outcome.kind === 'deferred') return outcome
  if (!isOnRecord(outcome) && (await isLeftToAnother())) return outcome
  if (outcome.kind === 'ignored' && outcome.reason === 'skipped') {
    await ledger.settle(replyKey(event), { kind: 'skipped', reason: outcome.detail ?? outcome.reason }, now())
  }
  await settleBill(ports, run.bill, {
    replied: isOnRecord(outcome),
    ...(isOnRecord(outcome) && { spent: 'all' }),
  })
  if (mayHavePhotos()) await removePhotos(blobs, event)
  return outcome

  async function answer(run: Run): Promise<Outcome> {
    if (await ports.optOuts.has(event.author.id)) return ignored('opted-out')
    const known = await ledger.find(replyKey(event))
    if (known?.kind === 'settled') return outcomeOfSettled(known.outcome)
    if (known) return resolveClaim(run)
    run.state = await ports.killSwitch.state()
    if (isInGap(run.state, event)) {
      await ledger.settle(replyKey(event), { kind: 'skipped', reason: 'gap' }, now())
      return ignored('gap')
    }
    run.isUnknown = true
    await dispatch(run)
    return run.outcome ?? ignored(run.isHandled ? 'skipped' : 'no-handler')
  }

  /**
   * Whether an earlier try has stored a job, or another run is posting: it does not share the reason that this one found,
   * and needs what is stored and reserved.
   */
  async function isLeftToAnother(): Promise<boolean> {
    if (mayHavePhotos() && (await hasJob())) return true
    return run.bill.held.size > 0 && (await ledger.find(replyKey(event)))?.kind === 'claimed'
  }

  async function hasJob(): Promise<boolean> {
    return (await blobs.get(jobKey(event))) !== undefined
  }

  function mayHavePhotos(): boolean {
    const { media, photos } = event
    if (!options.definition.steps.some(({ run }) => run.labels)) return false
    return media !== 'absent' || photos.length > 0 || idOfReferencedTweet(event, bot.id) !== undefined
  }
}

const ignored = (reason: IgnoreReason): Outcome => ({ kind: 'ignored', reason })
