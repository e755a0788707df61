/** Stores who wants no replies. A person's latest request counts, even if the requests arrive out of order. */
export interface OptOuts {
  /** Whether this person wants no replies. */
  has(userId: string): Promise<boolean>
  /** Opts the person out. `at` is when they asked for it, epoch milliseconds. In effect once the promise resolves. */
  add(userId: string, at: number): Promise<void>
  /** Opts the person in again, as of `at` (epoch milliseconds). An older request that arrives later changes nothing. */
  remove(userId: string, at: number): Promise<void>
  /** Permanently removes every request. */
  removeAll(): Promise<void>
}
