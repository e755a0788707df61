/** What a bot says of a tweet that it was told of: `{ kind: 'ignored', reason: 'retweet' }`. */
export type BotOutcome = {
  readonly kind: string
  readonly reason?: string
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

export function createOutcomes(noted: (outcome: NotedOutcome) => void): Outcomes {
  const outcomes: NotedOutcome[] = []
  return {
    note(tweetId, { kind, reason }) {
      const outcome = { tweetId, kind, ...(reason === undefined ? {} : { reason }) }
      outcomes.push(outcome)
      noted(outcome)
    },
    all: () => [...outcomes],
  }
}
