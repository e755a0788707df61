/** Wraps a listener so that its errors don't reach the code that calls it. */
export function safeCallback<AppEvent>(listener: ((event: AppEvent) => void) | undefined): (event: AppEvent) => void {
  return (event) => {
    try {
      listener?.(event)
    } catch {
      // Nobody is left to report this to.
    }
  }
}
