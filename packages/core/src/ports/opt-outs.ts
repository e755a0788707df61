/** The people who want no answers. */
export interface OptOuts {
  /** Whether this person wants no answers. */
  has(userId: string): Promise<boolean>
  /** Holds from the moment that this returns. */
  add(userId: string, now: number): Promise<void>
  /** The person wants answers again. Nothing happens where there is no wish. */
  remove(userId: string): Promise<void>
  /** Removes every wish, for good. */
  removeAll(): Promise<void>
}
