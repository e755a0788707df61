import type { Label } from '../domain/label.js'
import type { Tweet } from '../domain/tweet.js'
import { composeReply } from '../reply/compose.js'
import type { ReplyRules } from '../reply/rules.js'
import { defined } from '../util/defined.js'
import type { ReplyVariants } from './reply-once.js'

/** The variants that are tried in order. After them come numbered ones, from a place that differs from tweet to tweet. */
const IN_ORDER = 4

/** The words for a tweet: the same for the same photo, and others each time that X has seen them a short while ago. */
export function replyVariants(
  rules: ReplyRules,
  tweet: Tweet,
  labelsPerPhoto: readonly (readonly Label[])[],
): ReplyVariants {
  const { author, lang } = tweet
  return (number) =>
    composeReply(rules, author, labelsPerPhoto, { variant: variantFor(tweet, number), ...defined({ lang }) })
}

/** Many tweets that are answered in the same words at once would otherwise all count on from the same number. */
export const variantFor = ({ id }: Pick<Tweet, 'id'>, number: number): number =>
  number < IN_ORDER ? number : number + Number(id.slice(-3))
