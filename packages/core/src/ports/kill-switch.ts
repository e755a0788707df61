/** State that all workers of one bot share, in one row: whether they may call X, from when on, and for which tweets. */
export interface KillSwitch {
  /** Reads the state. Workers do so before each call to X. */
  state(): Promise<KillSwitchState>
  /** Stops all posting until a person calls `reset`. The first reason is kept until then. */
  trip(reason: string, now: number): Promise<void>
  /**
   * Makes every worker wait until `until` (epoch milliseconds) with this kind of call. The later of two times stays.
   */
  wait(call: XCall, until: number): Promise<void>
  /**
   * Records that X refused a reply to this tweet without a reason that has to do with the tweet. Returns the ids of all
   * such tweets since the last `forgive` or `reset`, without repeats. Only the first twenty are kept.
   */
  strike(tweetId: string): Promise<readonly string[]>
  /** Forgets the refusals, because X has accepted a reply: the bot itself is not blocked. */
  forgive(): Promise<void>
  /**
   * Stops replies to tweets from before `time` (epoch milliseconds) that the ledger does not know, because the ledger
   * may have lost those replies. The later of two times stays, permanently.
   */
  answerFrom(time: number): Promise<void>
  /** Allows posting again and forgets the refusals. The waits and `answerFrom` stay. Only a person calls this. */
  reset(): Promise<void>
  /**
   * Claims the store for this bot, permanently, unless another has claimed it. Returns the id of the bot that owns it.
   */
  claimStore(botId: string): Promise<string>
}

/** The kinds of calls to X. X has a separate rate limit for each. */
export type XCall = 'post' | 'upload' | 'tweet' | 'timeline' | 'mentions'

/** The shared state of all workers. */
export interface KillSwitchState {
  /** Why posting is stopped, and since when (epoch milliseconds). Absent if it is allowed. */
  readonly stopped?: { readonly reason: string; readonly since: number }
  /** Until when each kind of call has to wait, epoch milliseconds. Kinds that are absent need not wait. */
  readonly waits: Readonly<Partial<Record<XCall, number>>>
  /** The ids of tweets to which X refused a reply without a reason about them, since it last accepted one. */
  readonly strikes: readonly string[]
  /** A tweet from before this time (epoch milliseconds) is not answered, unless the ledger knows it. */
  readonly answersFrom?: number
}
