import { decodeJob, jobKey, photosPrefix } from '../job.js'
import type { Label } from '../label.js'
import type { Final, NotYet } from '../outcome.js'
import { isTooOld } from '../policy.js'
import type { Ports } from '../ports/index.js'
import { moneyCharges } from '../spending.js'
import type { Tweet } from '../tweet.js'
import type { AnswerOptions } from './handle-tweet.js'
import { replyKey, wording } from './handle-tweet.js'
import type { Words } from './reply-once.js'
import { replyOnce } from './reply-once.js'

type LabelPorts = Pick<
  Ports,
  'social' | 'labeler' | 'blobs' | 'ledger' | 'budget' | 'breaker' | 'optOuts' | 'now' | 'newId'
>

/**
 * Labels every photo of a stored job and replies, once. Photos and job are removed when the matter has ended, however
 * it ended; a throw or a `later` leaves them for the next try.
 */
export async function replyWithLabels(ports: LabelPorts, options: AnswerOptions, key: string): Promise<Final | NotYet> {
  const blob = await ports.blobs.get(key)
  if (!blob) return { kind: 'ignored', reason: 'job-gone' }
  const { tweet, photos } = decodeJob(blob.bytes)
  const outcome = await answer()
  if (outcome.kind !== 'later') await removePhotos(ports, tweet)
  return outcome

  async function answer(): Promise<Final | NotYet> {
    if (isTooOld(tweet, ports.now())) return { kind: 'ignored', reason: 'too-old' }
    if (await ports.optOuts.has(tweet.author.id)) return { kind: 'ignored', reason: 'opted-out' }
    const known = await ports.ledger.find(replyKey(tweet))
    if (known?.kind === 'settled') return { kind: 'ignored', reason: 'already-handled' }
    return replyOnce(ports, options, { key: replyKey(tweet), tweet, words })
  }

  async function words(): Promise<Words | Final> {
    const { limits, platform, rules } = options
    const cost = platform.prices.label * photos.length
    const spent = await ports.budget.spend(moneyCharges(cost, tweet, limits, ports.now()), ports.now())
    if (spent.kind === 'refused') {
      return { kind: 'ignored', reason: 'over-budget', detail: `No room in ${spent.window}.` }
    }
    const asked = { max: rules.maxLabels, minConfidence: rules.minConfidence }
    const results = await Promise.all(photos.map((photo) => ports.labeler.label(photo, asked)))
    const labelsPerPhoto = results.map((result): readonly Label[] => (result.kind === 'labels' ? result.labels : []))
    return wording(rules, tweet, labelsPerPhoto)
  }
}

/** Photos first, the job last: whoever is interrupted finds the job again, and finishes. */
export async function removePhotos(
  { blobs }: Pick<Ports, 'blobs'>,
  tweet: Pick<Tweet, 'author' | 'firstId'>,
): Promise<void> {
  await blobs.removeAll(photosPrefix(tweet))
  await blobs.remove(jobKey(tweet))
}
