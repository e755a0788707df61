import type { Job } from '../domain/job.js'
import { decodeJob, decodeLabels, encodeLabels, labelsKey, photosPrefix, tweetOfJobKey } from '../domain/job.js'
import type { Label } from '../domain/label.js'
import { isTooOld } from '../policy/should-reply.js'
import { TIMES } from '../policy/times.js'
import type { Ports } from '../ports/index.js'
import { type Bill, openBill, resumeBill, settleBill } from './bill.js'
import type { AnswerOptions } from './handle-tweet.js'
import { isOnRecord, replyKey, replyVariants } from './handle-tweet.js'
import type { Deferred, Final } from './outcome.js'
import { removePhotos } from './remove-photos.js'
import type { ReplyVariants } from './reply-once.js'
import { outcomeOfSettled, replyOnce } from './reply-once.js'
import { busy } from './waiting.js'

type LabelPorts = Pick<
  Ports,
  'social' | 'labeler' | 'blobs' | 'ledger' | 'budget' | 'killSwitch' | 'optOuts' | 'now' | 'newId'
> &
  Partial<Pick<Ports, 'gap'>>

type LabelsPerPhoto = readonly (readonly Label[])[]

/**
 * Labels every photo of a stored job and replies, once. The end is on record before photos and job are removed; a throw
 * or a `deferred` leaves them for the next try.
 */
export async function replyWithLabels(
  ports: LabelPorts,
  options: AnswerOptions,
  key: string,
): Promise<Final | Deferred> {
  const { blobs, ledger, now } = ports
  const blob = await blobs.get(key)
  if (!blob) return jobGone(ports, options, key)
  const job = decodeJob(blob.bytes)
  const { tweet, photos, bill: stored } = job
  const bill = stored ? resumeBill(options, tweet, stored) : openBill(tweet)
  const outcome = await answer()
  if (outcome.kind === 'deferred') return outcome
  if (!isOnRecord(outcome) && outcome.kind === 'ignored') {
    await ledger.settle(replyKey(tweet), { kind: 'skipped', reason: outcome.reason }, now())
  }
  await settleBill(ports, bill, { replied: false, ...(isOnRecord(outcome) && { replied: true, spent: 'all' }) })
  await removePhotos(blobs, tweet)
  return outcome

  async function answer(): Promise<Final | Deferred> {
    if (isTooOld(tweet, now())) return { kind: 'ignored', reason: 'too-old' }
    if (await ports.optOuts.has(tweet.author.id)) return { kind: 'ignored', reason: 'opted-out' }
    const wordsCost = options.platform.prices.label * photos.length
    const [startedAt, isSeen] = [now(), false]
    return replyOnce(ports, options, { key: replyKey(tweet), tweet, bill, wordsCost, startedAt, isSeen, variants })
  }

  async function variants(): Promise<ReplyVariants | Deferred> {
    const labels = await labelsOf(ports, options, bill, job)
    return 'kind' in labels ? labels : replyVariants(options.rules, tweet, labels)
  }
}

/**
 * The labels of the stored photos, bought once: kept beside them for the next try, and bought by one worker alone. What
 * they cost is reserved already.
 */
async function labelsOf(
  ports: LabelPorts,
  { bot, platform, rules }: AnswerOptions,
  bill: Bill,
  { tweet, photos, altTexts = [] }: Job,
): Promise<LabelsPerPhoto | Deferred> {
  const { blobs, ledger, labeler, now } = ports
  const key = { botId: bot.id, about: `labels:${tweet.firstId}` }
  const owner = ports.newId()
  const intent = { tweetId: tweet.id, text: '', authorId: tweet.author.id }
  const claimed = await ledger.claim(key, { owner, intent, now: now(), until: now() + TIMES.lease })
  if (claimed.kind === 'held') return busy(claimed, tweet, now(), 'Another worker is having these photos labelled.')
  try {
    bill.spent += platform.prices.label * photos.length
    const kept = await blobs.get(labelsKey(tweet))
    const known = kept && decodeLabels(kept.bytes, photos)
    if (known) return known
    const labelOptions = { max: rules.maxLabels, minConfidence: rules.minConfidence }
    const results = await Promise.all(
      photos.map((photo, index) => {
        const altText = altTexts[index]
        return labeler.label(photo, altText == null ? labelOptions : { ...labelOptions, altText })
      }),
    )
    const labels = results.map((result) => (result.kind === 'labels' ? result.labels : []))
    await blobs.put(labelsKey(tweet), encodeLabels(labels, photos), 'application/json')
    return labels
  } finally {
    await ledger.release(key, owner)
  }
}

/**
 * The same tweet may have been stored again while its first job ended, and whoever ended that may not have got to say
 * how.
 */
async function jobGone({ blobs, ledger }: LabelPorts, { bot }: AnswerOptions, key: string): Promise<Final> {
  const tweet = tweetOfJobKey(key)
  const known = tweet && (await ledger.find({ botId: bot.id, about: tweet.firstId }))
  if (!tweet || known?.kind !== 'settled') return { kind: 'ignored', reason: 'job-gone' }
  await blobs.removeAll(photosPrefix(tweet))
  const ended = outcomeOfSettled(known.outcome)
  return ended.kind === 'unresolved' ? ended : { kind: 'ignored', reason: 'job-gone' }
}
