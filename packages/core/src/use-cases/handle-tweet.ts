import type { Signal } from '../bot/context.js'
import { jobKey } from '../domain/job.js'
import type { Tweet } from '../domain/tweet.js'
import type { IgnoreReason } from '../policy/should-reply.js'
import { asksToStop, reasonToIgnore } from '../policy/should-reply.js'
import { TIMES } from '../policy/times.js'
import { settleBill } from './bill.js'
import { dispatch, outcomeOf, resolveClaim } from './dispatch.js'
import { isInGap } from './gap.js'
import type { Outcome } from './outcome.js'
import { removePhotos } from './remove-photos.js'
import { isOnRecord, replyKey } from './reply-key.js'
import { outcomeOfSettled } from './reply-once.js'
import { type AnswerOptions, type HandlePorts, openRun, type Run } from './run.js'
import { idOfReferencedTweet } from './see.js'

/**
 * Runs the bot's handlers for a tweet that summons it. Policy comes first: handlers never see a tweet that must not be
 * answered. Everything before the reply is safe to repeat.
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
  // This machine's clock is behind: wait until it reaches the tweet's time.
  if (reason === 'from-the-future' && event.createdAt - now() <= TIMES.tooOld) {
    const detail = "The tweet's time is ahead of this machine's clock."
    return { kind: 'deferred', reason, until: event.createdAt - TIMES.clockSkew, detail }
  }
  if (reason) {
    // No later run will remove what an earlier try has left.
    if (reason === 'too-old' && mayHavePhotos() && !(await hasJob())) await removePhotos(blobs, event)
    return ignored(reason)
  }
  const run = openRun(ports, options, event, { signal })
  const outcome = await answer(run)
  if (outcome.kind === 'job-stored' || outcome.kind === 'deferred') return outcome
  if (!isOnRecord(outcome) && (await isLeftToAnother())) return outcome
  // On record even if all handlers passed the tweet on, so that a redelivery does not run them again.
  if (
    outcome.kind === 'ignored' &&
    (outcome.reason === 'skipped' || (outcome.reason === 'no-handler' && run.isHandled))
  ) {
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
    return (await outcomeOf(run, dispatch(run))) ?? ignored('no-handler')
  }

  /**
   * Whether an earlier try has stored a job, or another run is posting. The reason to ignore that this run found does
   * not hold for them, and they need what is stored and reserved.
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
