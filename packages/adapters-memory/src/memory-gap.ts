import type { Gap } from '@hexbird/core/adapter'

/** Until when the ledger may have forgotten replies, gone with the process. */
export class MemoryGap implements Gap {
  #before: number | undefined

  async before(): Promise<number | undefined> {
    return this.#before
  }

  async widen(before: number): Promise<void> {
    this.#before = Math.max(before, this.#before ?? before)
  }
}
