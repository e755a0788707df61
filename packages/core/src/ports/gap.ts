/**
 * Until when the ledger may have forgotten replies: a backup was restored, and what the bot posted since could not be
 * listed as far back. A tweet from before then that the ledger does not know is not answered.
 */
export interface Gap {
  /** When the gap ends, epoch milliseconds; `undefined` where there is none. */
  before(): Promise<number | undefined>
  /** The gap ends then, or later where it already did. */
  widen(before: number): Promise<void>
}
