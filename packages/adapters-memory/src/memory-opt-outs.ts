import type { OptOuts } from '@hexbird/core/adapter'

/** Stores opt-outs in memory until the process ends. A bot in production needs a durable store instead. */
export class MemoryOptOuts implements OptOuts {
  /** Each person's latest wish. */
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
