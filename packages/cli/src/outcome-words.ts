import type { EventOutcome, Tweet } from '@hexbird/core'
import { defined } from '@hexbird/core/util'
import { reasonOf } from '@hexbird/http'

/** What became of a tweet, for the page of a local X: with its code for programs, and in words for people. */
export interface ToldOutcome {
  readonly kind: string
  readonly reason?: string
  readonly detail?: string
  readonly text: string
  /** When it is tried again, epoch milliseconds. */
  readonly retryAt?: number
}

export const toldOutcome = (outcome: EventOutcome, tweet: Pick<Tweet, 'photos'>): ToldOutcome => ({
  kind: outcome.kind,
  ...('reason' in outcome && { reason: outcome.reason }),
  ...detailOf(outcome),
  text: outcomeInWords(outcome, tweet),
  ...(outcome.kind === 'deferred' && { retryAt: outcome.until }),
})

/** What an outcome says besides its reason. A part of it may be what others wrote. */
export const detailOf = (outcome: EventOutcome): { readonly detail?: string } =>
  defined({ detail: 'detail' in outcome ? outcome.detail : undefined })

/** What became of a tweet, as one clause: `ignored: it is a retweet`. */
export function outcomeInWords(outcome: EventOutcome, { photos }: Pick<Tweet, 'photos'>): string {
  switch (outcome.kind) {
    case 'job-stored':
      return photos.length > 0 ? `photo${photos.length > 1 ? 's' : ''} stored, looking…` : 'working on it…'
    case 'ignored': {
      const why = (outcome.reason === 'skipped' && outcome.detail) || reasonOf(outcome.reason)
      return `ignored: ${limitIn(outcome.detail) ?? clause(why)}`
    }
    case 'deferred':
      return outcome.reason === 'ambiguous'
        ? 'a reply may have been posted'
        : `waiting: ${clause(reasonOf(outcome.reason))}`
    case 'refused':
      return `refused: ${clause(reasonOf(outcome.reason))}`
    case 'unresolved':
      return 'unresolved: a reply may have been posted, and was not found'
    default:
      return outcome.kind
  }
}

/** A sentence within another. */
const clause = (sentence: string): string =>
  sentence.replace(/\.$/, '').replace(/^(?:A(?= )|[A-Z](?=[a-z]))/, (letter) => letter.toLowerCase())

const LIMITS: Readonly<Record<string, string>> = {
  author: 'over the daily limit of one author',
  day: "over the bot's daily limit",
  conversation: 'over the daily limit of one conversation',
}

/** Which limit was reached and when it resets, from core's detail. */
function limitIn(detail = ''): string | undefined {
  const [, window = '', until = ''] = /^The window (\w+):.* has no room until \S+T(\d\d:\d\d)\S*\.$/.exec(detail) ?? []
  const limit = LIMITS[window]
  return limit && `${limit}, resets at ${until} UTC`
}
