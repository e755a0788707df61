/** Whoever watches must not stop what is watched: what a listener throws is its own affair. */
export function safeCallback<AppEvent>(listener: ((event: AppEvent) => void) | undefined): (event: AppEvent) => void {
  return (event) => {
    try {
      listener?.(event)
    } catch {
      // There is nobody left to tell.
    }
  }
}
