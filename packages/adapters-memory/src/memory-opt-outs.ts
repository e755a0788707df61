import type { OptOuts } from '@hexbird/core'

/** Opt-outs in memory, gone with the process: a bot that runs for good keeps them in a store that outlives it. */
export class MemoryOptOuts implements OptOuts {
  /** When each person last wanted no answers, and last wanted them again, epoch milliseconds. */
  readonly #out = new Map<string, number>()
  readonly #back = new Map<string, number>()

  async has(userId: string): Promise<boolean> {
    const since = this.#out.get(userId)
    return since !== undefined && since >= (this.#back.get(userId) ?? since)
  }

  async add(userId: string, at: number): Promise<void> {
    keepLater(this.#out, userId, at)
  }

  async remove(userId: string, at: number): Promise<void> {
    keepLater(this.#back, userId, at)
  }

  async removeAll(): Promise<void> {
    this.#out.clear()
    this.#back.clear()
  }
}

function keepLater(times: Map<string, number>, userId: string, at: number): void {
  times.set(userId, Math.max(at, times.get(userId) ?? at))
}
