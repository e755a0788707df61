/** How far the sweep has come. */
export interface Cursor {
  /** `undefined` before the first sweep that found something. */
  read(): Promise<CursorState | undefined>
  /** Goes forward to that state, and never back: of two ids the greater stays; of two states with one id, the later. */
  advance(state: CursorState): Promise<void>
}

/** The newest tweet that a sweep has seen, and what is in the inbox of the last minutes before it. */
export interface CursorState {
  readonly id: string
  /** The ids that the next sweep may be given again, at most 800: they are not put into the inbox twice. */
  readonly seen: readonly string[]
}
