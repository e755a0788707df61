import { decodeLabels, encodeLabels, labelsKey, type StoredPhotos } from '../domain/job.js'
import type { Label } from '../domain/label.js'
import { TIMES } from '../policy/times.js'
import type { ImageLabeler } from '../ports/image-labeler.js'
import type { ReplyRules } from '../reply/rules.js'
import { replyTo } from './dispatch.js'
import type { Deferred } from './outcome.js'
import { replyVariants } from './reply-variants.js'
import type { Run } from './run.js'
import { busy } from './waiting.js'

/** Labels every photo of a stored job, and replies once. The photos stay until the outcome is on record. */
export async function replyWithLabels(
  run: Run,
  rules: ReplyRules,
  photos: StoredPhotos,
  { labeler = run.ports.labeler }: { readonly labeler?: ImageLabeler } = {},
): Promise<void> {
  const wordsCost = run.options.platform.prices.label * photos.photos.length
  run.outcome = await replyTo(
    run,
    async () => {
      const labels = await labelsOf(run, rules, photos, labeler)
      return 'kind' in labels ? labels : replyVariants(rules, run.tweet, labels)
    },
    wordsCost,
  )
}

/**
 * Returns the labels of the stored photos, and buys them only once: one worker at a time, and stored beside the photos
 * for the next try. Their cost is already reserved.
 */
async function labelsOf(
  { ports, options, tweet, bill }: Run,
  { maxLabels, minConfidence }: ReplyRules,
  { photos, altTexts = [] }: StoredPhotos,
  labeler: ImageLabeler,
): Promise<readonly (readonly Label[])[] | Deferred> {
  const { blobs, ledger, now, newId } = ports
  const key = { botId: options.bot.id, about: `labels:${tweet.firstId}` }
  const owner = newId()
  const intent = { tweetId: tweet.id, text: '', authorId: tweet.author.id }
  const claimed = await ledger.claim(key, { owner, intent, now: now(), until: now() + TIMES.lease })
  if (claimed.kind === 'held') return busy(claimed, tweet, now(), 'Another worker is labeling these photos.')
  try {
    bill.spent += options.platform.prices.label * photos.length
    const kept = await blobs.get(labelsKey(tweet))
    const known = kept && decodeLabels(kept.bytes, photos)
    if (known) return known
    const results = await Promise.all(
      photos.map((photo, index) => {
        const altText = altTexts[index]
        return labeler.label(photo, { max: maxLabels, minConfidence, ...(altText != null && { altText }) })
      }),
    )
    const labels = results.map((result) => (result.kind === 'labels' ? result.labels : []))
    await blobs.put(labelsKey(tweet), encodeLabels(labels, photos), 'application/json')
    return labels
  } finally {
    await ledger.release(key, owner)
  }
}
