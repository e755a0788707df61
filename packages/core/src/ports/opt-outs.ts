/** The people who want no answers. */
export interface OptOuts {
  has(userId: string): Promise<boolean>
  /** Holds from the moment that this returns. */
  add(userId: string, now: number): Promise<void>
  remove(userId: string): Promise<void>
  /** Removes every wish, for good. */
  removeAll(): Promise<void>
}
