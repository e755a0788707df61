/** What all workers of one bot share, in one row: whether X may be asked at all, when again, and about which tweets. */
export interface KillSwitch {
  /** Read before each call to X. */
  state(): Promise<KillSwitchState>
  /** Stops all posting until a person has looked. The first reason is kept until the reset. */
  trip(reason: string, now: number): Promise<void>
  /** X is not asked this before `until` (epoch milliseconds), by anybody. Of two times the later stays. */
  wait(call: XCall, until: number): Promise<void>
  /**
   * X refused this tweet a reply without a reason that is about it. Gives the ids of all since the last `forgive`, each
   * once, of which the first twenty are kept.
   */
  strike(tweetId: string): Promise<readonly string[]>
  /** X took a reply: refusals before it were not about the bot. */
  forgive(): Promise<void>
  /**
   * The ledger may have forgotten replies to tweets from before `time` (epoch milliseconds): those that it does not know
   * are not answered. Of two times the later stays, for good.
   */
  answerFrom(time: number): Promise<void>
  /** Posting is allowed again, and refusals are forgotten; other times stay. A person calls this, who has looked. */
  reset(): Promise<void>
  /** Writes down whose store this is, if nobody has; gives the id of the bot whose it is. Stays for good. */
  claimStore(botId: string): Promise<string>
}

/** What is asked of X, as X counts its limits: one for each kind of call. */
export type XCall = 'post' | 'upload' | 'tweet' | 'timeline' | 'mentions'

/** What holds for every worker. */
export interface KillSwitchState {
  /** Why posting is stopped, and since when (epoch milliseconds). */
  readonly stopped?: { readonly reason: string; readonly since: number }
  /** Until when X is not asked, epoch milliseconds; a call that is not there may be made. */
  readonly waits: Readonly<Partial<Record<XCall, number>>>
  /** The tweets that X refused a reply without a reason, since it last took one. */
  readonly strikes: readonly string[]
  /** A tweet from before this time (epoch milliseconds) is not answered, unless the ledger knows it. */
  readonly answersFrom?: number
}
