import { given } from '../util/given.js'

/** What a bot says of a tweet that it was told of: `{ kind: 'ignored', reason: 'retweet' }`. */
export type BotOutcome = {
  readonly kind: string
  readonly reason?: string
  /** What the reason does not say. */
  readonly detail?: string
  /** The same in words for people: `ignored: it is a retweet`. Default: the kind and the reason. */
  readonly text?: string
  /** When the bot will try again, epoch milliseconds. */
  readonly retryAt?: number
}

/** An outcome that was noted, and for which tweet. */
export type NotedOutcome = BotOutcome & {
  readonly tweetId: string
}

export type Outcomes = {
  readonly note: (tweetId: string, outcome: BotOutcome) => void
  /** In the order in which they were noted. */
  readonly all: () => readonly NotedOutcome[]
}

export function createOutcomes(changed: (outcome: NotedOutcome) => void): Outcomes {
  const outcomes: NotedOutcome[] = []
  return {
    note(tweetId, noted) {
      const outcome = { tweetId, ...given(noted) }
      outcomes.push(outcome)
      changed(outcome)
    },
    all: () => [...outcomes],
  }
}
