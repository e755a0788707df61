/** The people who want no answers. Of two wishes of one person the later counts, in whichever order they come. */
export interface OptOuts {
  /** Whether this person wants no answers. */
  has(userId: string): Promise<boolean>
  /** `at` is when the person said so, epoch milliseconds. Holds from the moment that this returns. */
  add(userId: string, at: number): Promise<void>
  /** The person wants answers again, since `at`: an older wish that comes later changes nothing. */
  remove(userId: string, at: number): Promise<void>
  /** Removes every wish, for good. */
  removeAll(): Promise<void>
}
