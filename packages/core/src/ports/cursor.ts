/** How far the sweep has come. */
export interface Cursor {
  /** The id of the newest tweet that it has seen; `undefined` before the first. */
  read(): Promise<string | undefined>
  /** Goes forward to that id, and never back: of two at once the greater stays. */
  advance(tweetId: string): Promise<void>
}
