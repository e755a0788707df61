/** The state that all workers of a bot share, in one row: whether and when they may call X, and for which tweets. */
export interface KillSwitch {
  /** Reads the state. Workers do so before each call to X. */
  state(): Promise<KillSwitchState>
  /** Stops all posting until a person calls `reset`. The first reason is kept until then. */
  trip(reason: string, now: number): Promise<void>
  /**
   * Makes every worker wait until `until` (epoch milliseconds) with this kind of call. An earlier time than the stored
   * one changes nothing.
   */
  wait(call: XCall, until: number): Promise<void>
  /**
   * Records that X refused a reply to this tweet and gave no reason that concerns the tweet. Returns the ids of all
   * such tweets since the last `forgive` or `reset`, without repeats. Only the first twenty are kept.
   */
  strike(tweetId: string): Promise<readonly string[]>
  /** Forgets the refusals. Called when X accepts a reply, which shows that the bot itself is not blocked. */
  forgive(): Promise<void>
  /**
   * Stops replies to tweets from before `time` (epoch milliseconds) that the ledger does not know, because the ledger
   * may have lost those replies. Permanent: an earlier time than the stored one changes nothing.
   */
  answerFrom(time: number): Promise<void>
  /** Allows posting again and forgets the refusals. Keeps the waits and `answersFrom`. Only a person calls this. */
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
  /** Why posting is stopped, and since when (epoch milliseconds). Absent if posting is allowed. */
  readonly stopped?: { readonly reason: string; readonly since: number }
  /** The time until which each kind of call must wait, epoch milliseconds. Kinds that are absent need not wait. */
  readonly waits: Readonly<Partial<Record<XCall, number>>>
  /** The ids of the tweets recorded by `strike` since the last `forgive` or `reset`. */
  readonly strikes: readonly string[]
  /** A tweet from before this time (epoch milliseconds) is not answered, unless the ledger knows it. */
  readonly answersFrom?: number
}
