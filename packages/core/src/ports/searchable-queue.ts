/** A queue whose items can be inspected in place. Amazon SQS does not support this. */
export interface SearchableQueue<Item> {
  /**
   * Permanently removes every item for which `meant` returns true: waiting items, deferred ones, and dead letters. A
   * handler that is already at work on such an item continues, but the item does not return to the queue.
   */
  removeIf(meant: (item: Item) => boolean): Promise<void>
}
