/** Whoever watches must not stop what is watched: what a listener throws is its own affair. */
export function quietly<Notice>(listener: ((notice: Notice) => void) | undefined): (notice: Notice) => void {
  return (notice) => {
    try {
      listener?.(notice)
    } catch {
      // There is nobody left to tell.
    }
  }
}
