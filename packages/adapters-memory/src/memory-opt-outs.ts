import type { OptOuts } from '@hexbird/core'

/** Opt-outs in memory, gone with the process: a bot that runs for good keeps them in a store that outlives it. */
export class MemoryOptOuts implements OptOuts {
  readonly #userIds = new Set<string>()

  async has(userId: string): Promise<boolean> {
    return this.#userIds.has(userId)
  }

  async add(userId: string): Promise<void> {
    this.#userIds.add(userId)
  }

  async remove(userId: string): Promise<void> {
    this.#userIds.delete(userId)
  }

  async removeAll(): Promise<void> {
    this.#userIds.clear()
  }
}
