import type { Cursor, CursorState } from '@hexbird/core/adapter'

/** Stores the sweep's position in memory until the process ends. */
export class MemoryCursor implements Cursor {
  #state: CursorState | undefined

  async read(): Promise<CursorState | undefined> {
    return this.#state && copyOf(this.#state)
  }

  async advance(state: CursorState): Promise<void> {
    if (this.#state === undefined || BigInt(state.id) >= BigInt(this.#state.id)) this.#state = copyOf(state)
  }
}

const copyOf = ({ id, seen }: CursorState): CursorState => ({ id, seen: [...seen] })
