/** Stores how far the sweeps have got. */
export interface Cursor {
  /** Returns the state, or `undefined` if no sweep has found a tweet yet. */
  read(): Promise<CursorState | undefined>
  /** Stores the state, unless the stored one has a greater id. A state with the same id replaces the stored one. */
  advance(state: CursorState): Promise<void>
}

/** The newest tweet that a sweep has seen, and the tweets from the minutes before it that are already in the inbox. */
export interface CursorState {
  readonly id: string
  /** The ids that X may list again for the next sweep, at most 800. They are not put into the inbox twice. */
  readonly seen: readonly string[]
}
