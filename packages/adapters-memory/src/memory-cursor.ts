import type { Cursor } from '@hexbird/core'

/** How far the sweep has come, gone with the process. */
export class MemoryCursor implements Cursor {
  #id: string | undefined

  async read(): Promise<string | undefined> {
    return this.#id
  }

  async advance(tweetId: string): Promise<void> {
    if (this.#id === undefined || BigInt(tweetId) > BigInt(this.#id)) this.#id = tweetId
  }
}
