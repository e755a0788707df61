import { decodeJob, decodeLabels, encodeLabels, labelsKey, photosPrefix, removePhotos, tweetOfJobKey } from '../job.js'
import type { Label } from '../label.js'
import type { Final, NotYet } from '../outcome.js'
import { isTooOld } from '../policy.js'
import type { Ports } from '../ports/index.js'
import { moneyCharges } from '../spending.js'
import type { AnswerOptions } from './handle-tweet.js'
import { replyKey, wording } from './handle-tweet.js'
import { spend } from './look-up.js'
import type { Words } from './reply-once.js'
import { outcomeOfSettled, replyOnce } from './reply-once.js'

type LabelPorts = Pick<
  Ports,
  'social' | 'labeler' | 'blobs' | 'ledger' | 'budget' | 'breaker' | 'optOuts' | 'now' | 'newId'
>

/**
 * Labels every photo of a stored job and replies, once. Photos and job are removed when the matter has ended, however
 * it ended; a throw or a `later` leaves them for the next try, and a `later` the labels too.
 */
export async function replyWithLabels(ports: LabelPorts, options: AnswerOptions, key: string): Promise<Final | NotYet> {
  const { blobs, labeler, now } = ports
  const blob = await blobs.get(key)
  if (!blob) return jobGone(ports, options, key)
  const { tweet, photos } = decodeJob(blob.bytes)
  let bought: readonly (readonly Label[])[] | undefined
  const outcome = await answer()
  if (outcome.kind !== 'later') await removePhotos(blobs, tweet)
  else if (bought) await blobs.put(labelsKey(tweet), encodeLabels(bought), 'application/json')
  return outcome

  async function answer(): Promise<Final | NotYet> {
    if (isTooOld(tweet, now())) return { kind: 'ignored', reason: 'too-old' }
    if (await ports.optOuts.has(tweet.author.id)) return { kind: 'ignored', reason: 'opted-out' }
    return replyOnce(ports, options, { key: replyKey(tweet), tweet, words })
  }

  async function words(): Promise<Words | Final | NotYet> {
    const kept = await blobs.get(labelsKey(tweet))
    if (kept) return wording(options.rules, tweet, decodeLabels(kept.bytes))
    const { limits, platform, rules } = options
    const refused = await spend(ports, moneyCharges(platform.prices.label * photos.length, tweet, limits, now()))
    if (refused) return refused
    const asked = { max: rules.maxLabels, minConfidence: rules.minConfidence }
    const results = await Promise.all(photos.map((photo) => labeler.label(photo, asked)))
    bought = results.map((result) => (result.kind === 'labels' ? result.labels : []))
    return wording(rules, tweet, bought)
  }
}

/**
 * The same tweet may have been stored again while its first job ended, and whoever ended that may not have got to say
 * how.
 */
async function jobGone({ blobs, ledger }: LabelPorts, { bot }: AnswerOptions, key: string): Promise<Final> {
  const tweet = tweetOfJobKey(key)
  if (tweet) await blobs.removeAll(photosPrefix(tweet))
  const known = tweet && (await ledger.find({ botId: bot.id, about: tweet.firstId }))
  const ended = known?.kind === 'settled' ? outcomeOfSettled(known.outcome) : undefined
  return ended?.kind === 'unsure' ? ended : { kind: 'ignored', reason: 'job-gone' }
}
