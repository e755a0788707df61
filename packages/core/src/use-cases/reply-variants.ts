import type { Label } from '../domain/label.js'
import type { Tweet } from '../domain/tweet.js'
import { composeReply } from '../reply/compose.js'
import type { ReplyRules } from '../reply/rules.js'
import { defined } from '../util/defined.js'
import type { ReplyVariants } from './reply-once.js'

/** How many variants to try in order. Later numbers start at an offset that depends on the tweet. */
const IN_ORDER = 4

/** Composes the variants of the reply to a tweet, in its language. */
export function replyVariants(
  rules: ReplyRules,
  tweet: Tweet,
  labelsPerPhoto: readonly (readonly Label[])[],
): ReplyVariants {
  const { author, lang } = tweet
  return (number) =>
    composeReply(rules, author, labelsPerPhoto, { variant: variantFor(tweet, number), ...defined({ lang }) })
}

/** Spreads the later variant numbers, so that tweets with the same answer at the same time do not all collide again. */
export const variantFor = ({ id }: Pick<Tweet, 'id'>, number: number): number =>
  number < IN_ORDER ? number : number + Number(id.slice(-3))
