/** A listener that ignores its own errors: what it throws must not stop what it listens to. */
export function safeCallback<AppEvent>(listener: ((event: AppEvent) => void) | undefined): (event: AppEvent) => void {
  return (event) => {
    try {
      listener?.(event)
    } catch {
      // There is nobody left to tell.
    }
  }
}
