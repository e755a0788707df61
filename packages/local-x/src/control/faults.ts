import type { SwitchBoard } from '../state/switches.js'

/** What goes wrong with a request. */
export type FaultResponse =
  /** Answered so, without the effect. */
  | {
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string | object
    }
  /** The connection is cut before anything happened. */
  | 'drop-before'
  /** The connection is cut after it happened: the caller cannot know. */
  | 'drop-after'
  /** Answered rightly, this much later. */
  | { readonly delayMs: number }

/** Which requests go wrong, to X's API or its media host. */
export type Fault = {
  readonly method: string
  /** The whole path without query, or a pattern for it. */
  readonly path: string | RegExp
  /** How many requests; default 1. */
  readonly times?: number
  readonly respond: FaultResponse
}

/** What the switches add: cut only if X took the tweet. */
export type Spoiling = FaultResponse | 'drop-if-taken'

export type Faults = ReturnType<typeof createFaults>

export function createFaults(switches: SwitchBoard) {
  const waiting: { readonly fault: Fault; left: number }[] = []

  return {
    failNext: (fault: Fault): void => void waiting.push({ fault, left: fault.times ?? 1 }),
    clear: (): void => void waiting.splice(0),

    /** The fault that meets this request, oldest first, and then what the switches say; it is used up by that. */
    take(method: string, path: string): Spoiling | undefined {
      const entry = waiting.find(({ fault, left }) => left > 0 && matches(fault, method, path))
      if (entry === undefined) return ofSwitches(switches, method, path)
      entry.left -= 1
      return entry.fault.respond
    },
  }
}

function ofSwitches(switches: SwitchBoard, method: string, path: string): Spoiling | undefined {
  // The media host is another server of X: an API that is slow or down does not slow photos.
  if (path.startsWith('/media/') || path.includes('_video_thumb/')) return undefined
  if (method === 'POST' && path === '/2/tweets' && switches.all().cutAfterPost > 0) return 'drop-if-taken'
  if (switches.use('failApi')) {
    return { status: 503, body: { title: 'Service Unavailable', detail: 'Service Unavailable', status: 503 } }
  }
  const { slowApiMs } = switches.all()
  return slowApiMs > 0 ? { delayMs: slowApiMs } : undefined
}

function matches(fault: Fault, method: string, path: string): boolean {
  if (fault.method.toUpperCase() !== method.toUpperCase()) return false
  // search() ignores lastIndex, so that a pattern with the g flag matches every time.
  return typeof fault.path === 'string' ? fault.path === path : path.search(fault.path) >= 0
}
