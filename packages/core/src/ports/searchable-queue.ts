/** A queue whose items can be looked at where they are. Amazon SQS's cannot. */
export interface SearchableQueue<Item> {
  /**
   * Removes every item that is `meant`, for good: what waits, what is put off, and dead letters. A handler that has such
   * an item goes on, and the item does not come again.
   */
  removeIf(meant: (item: Item) => boolean): Promise<void>
}
