import type { Signal } from '../bot/context.js'
import { BotError } from '../bot/error.js'
import { decodeJob, labelsKey, photosPrefix, tweetOfJobKey } from '../domain/job.js'
import { isTooOld } from '../policy/should-reply.js'
import { openBill, resumeBill, settleBill } from './bill.js'
import { contextOf, outcomeOf, resolveClaim, skipped } from './dispatch.js'
import type { Final, Outcome } from './outcome.js'
import { removePhotos } from './remove-photos.js'
import { isOnRecord, replyKey } from './reply-key.js'
import { outcomeOfSettled } from './reply-once.js'
import { type AnswerOptions, type HandlePorts, openRun, type Run } from './run.js'

/**
 * Runs a deferred job. Removes the job and its photos only once the outcome is on record. If the run throws or defers,
 * they stay for the next try.
 *
 * @throws BotError `JOB` if the bot has no job with this name
 */
export async function runJob(
  ports: HandlePorts,
  options: AnswerOptions,
  key: string,
  signal?: Signal,
): Promise<Outcome> {
  const { blobs, ledger, now } = ports
  const blob = await blobs.get(key)
  if (!blob) return jobGone(ports, options, key)
  const { tweet, name, data, bill: stored } = decodeJob(blob.bytes)
  const bill = stored ? resumeBill(options, tweet, stored) : openBill(tweet)
  const run = openRun(ports, options, tweet, { bill, signal })
  const outcome = await work(run, name, data)
  if (outcome.kind === 'deferred' || outcome.kind === 'job-stored') return outcome
  if (!isOnRecord(outcome) && outcome.kind === 'ignored') {
    await ledger.settle(replyKey(tweet), { kind: 'skipped', reason: outcome.detail ?? outcome.reason }, now())
  }
  await settleBill(ports, bill, { replied: false, ...(isOnRecord(outcome) && { replied: true, spent: 'all' }) })
  await removePhotos(blobs, tweet)
  return outcome
}

async function work(run: Run, name: string, data: unknown): Promise<Outcome> {
  const { ports, options, tweet } = run
  if (isTooOld(tweet, ports.now())) return { kind: 'ignored', reason: 'too-old' }
  if (await ports.optOuts.has(tweet.author.id)) return { kind: 'ignored', reason: 'opted-out' }
  const job = options.jobs.get(name)
  if (!job)
    throw new BotError('JOB', `A job ${JSON.stringify(name)} is stored, but this bot has none. Add it with .job(…).`)
  const known = await ports.ledger.find(replyKey(tweet))
  if (known?.kind === 'settled') return outcomeOfSettled(known.outcome)
  if (known) return resolveClaim(run)
  run.isUnknown = true
  const running = async () => {
    await job.run(contextOf(run), data as never)
  }
  return (await outcomeOf(run, running())) ?? skipped('The handler did not reply.')
}

/**
 * Handles the key of a job that is gone. A redelivery may have stored photos again while the job ended: removes them.
 * The run that ended the job may have died before it could report `unresolved`: reports it.
 */
async function jobGone({ blobs, ledger }: HandlePorts, { bot }: AnswerOptions, key: string): Promise<Final> {
  const tweet = tweetOfJobKey(key)
  const known = tweet && (await ledger.find({ botId: bot.id, about: tweet.firstId }))
  if (!tweet) return { kind: 'ignored', reason: 'job-gone' }
  if (known?.kind !== 'settled') {
    // Another event of the tweet may have removed the job while a run of it was storing the labels. Photos may be new.
    await blobs.remove(labelsKey(tweet))
    return { kind: 'ignored', reason: 'job-gone' }
  }
  await blobs.removeAll(photosPrefix(tweet))
  const ended = outcomeOfSettled(known.outcome)
  return ended.kind === 'unresolved' ? ended : { kind: 'ignored', reason: 'job-gone' }
}
