import type { OptOuts } from '@hexbird/core/adapter'

/** Opt-outs in memory, gone with the process: a bot that runs for good keeps them in a store that outlives it. */
export class MemoryOptOuts implements OptOuts {
  /** The latest wish of each person. */
  readonly #wishes = new Map<string, { readonly at: number; readonly isOut: boolean }>()

  async has(userId: string): Promise<boolean> {
    return this.#wishes.get(userId)?.isOut ?? false
  }

  async add(userId: string, at: number): Promise<void> {
    const known = this.#wishes.get(userId)
    if (known === undefined || at >= known.at) this.#wishes.set(userId, { at, isOut: true })
  }

  async remove(userId: string, at: number): Promise<void> {
    const known = this.#wishes.get(userId)
    if (known === undefined || at > known.at) this.#wishes.set(userId, { at, isOut: false })
  }

  async removeAll(): Promise<void> {
    this.#wishes.clear()
  }
}
