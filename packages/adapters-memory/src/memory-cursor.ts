import type { Cursor, CursorState } from '@hexbird/core'

/** How far the sweep has come, gone with the process. */
export class MemoryCursor implements Cursor {
  #state: CursorState | undefined

  async read(): Promise<CursorState | undefined> {
    return this.#state && { id: this.#state.id, seen: [...this.#state.seen] }
  }

  async advance({ id, seen }: CursorState): Promise<void> {
    if (this.#state !== undefined && BigInt(id) < BigInt(this.#state.id)) return
    this.#state = { id, seen: [...seen] }
  }
}
