import type { BotPorts } from '@hexbird/core'
import { TIMES } from '@hexbird/core/host'

/** Every bot is given a labeler: one that looks at no photos leaves it alone. */
export type AllPorts = BotPorts & Required<Pick<BotPorts, 'labeler'>>

/** What goes wrong with one call of a port. A crash ends the process that made the call, before or after its effect. */
export const FAULTS = ['throw-before', 'throw-after', 'timeout', 'crash-before', 'crash-after'] as const

export type Fault = (typeof FAULTS)[number]

/** At which call of a story, counted from 0 over all ports, what goes wrong. */
export type Plan = ReadonlyMap<number, Fault>

/** The same, told by what the call is and who makes it. */
export interface FaultPlan {
  get(at: number, label: string, process: Process): Fault | undefined
}

/** What the harness throws in a port's name. */
export class InjectedError extends Error {
  override readonly name = 'InjectedError'
  readonly code = 'INJECTED'
}

/** Whether an error is the harness's, also through another copy of this module. */
export const isInjected = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'INJECTED'

/** A process of the bot: all that it holds is gone when it dies, and nothing that it asked for comes back to it. */
export interface Process {
  readonly label: string
  /** The first id of the tweet that it works on, if it works on one. */
  readonly about: string | undefined
  readonly isDead: () => boolean
  die(): void
  readonly died: Promise<void>
}

export function startProcess(label: string, about?: string): Process {
  let dead = false
  let tell = () => {}
  const died = new Promise<void>((resolve) => {
    tell = resolve
  })
  return {
    label,
    about,
    isDead: () => dead,
    died,
    die() {
      dead = true
      tell()
    },
  }
}

/** Calls wait here for their turn: one at a time goes on, whole, so that a plan means the same each time it is run. */
export interface Gate {
  enter(call: () => Promise<void>, label: string): void
  /** How many wait. */
  count(): number
  /** Lets one go on, and resolves when it is done. */
  next(): Promise<void>
}

/** First come, first served. */
export function orderlyGate(): Gate {
  const waiting: (() => Promise<void>)[] = []
  return {
    enter: (call) => void waiting.push(call),
    count: () => waiting.length,
    next: async () => waiting.shift()?.(),
  }
}

/** What a story's faults have done so far. */
export interface Injector {
  readonly plan: FaultPlan
  readonly gate: Gate
  /** Time goes by while a call waits for an answer. */
  readonly pass: (milliseconds: number) => void
  calls: number
  injected: number
  crashes: number
  /** Milliseconds that went by while calls timed out. */
  passed: number
  /** The calls in order, by port and method. */
  readonly seen: string[]
  /** Told when a fault has been done. */
  readonly onFault?: ((fault: Fault, label: string, process: Process) => void) | undefined
}

export function injector(plan: FaultPlan, gate: Gate, pass: Injector['pass'], onFault?: Injector['onFault']): Injector {
  return { plan, gate, pass, calls: 0, injected: 0, crashes: 0, passed: 0, seen: [], onFault }
}

/** The port as a process sees it: each call waits for its turn, and goes wrong where the plan says so. */
export function faulty<Port extends object>(port: Port, name: string, process: Process, injector: Injector): Port {
  return new Proxy(port, {
    get(target, property) {
      const method: unknown = Reflect.get(target, property)
      if (typeof method !== 'function') return method
      // An address on X's pages is only words.
      if (property === 'page') return method.bind(target)
      const label = `${name}.${String(property)}`
      return (...input: readonly unknown[]) =>
        callThrough(label, async () => method.apply(target, input), process, injector)
    },
  })
}

/** Makes a call in its turn, unless the plan says otherwise. A call of a dead process comes back to nobody. */
export function callThrough<Result>(
  label: string,
  effect: () => Promise<Result>,
  process: Process,
  injector: Injector,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    if (process.isDead()) return
    const fault = injector.plan.get(injector.calls, label, process)
    injector.calls += 1
    injector.seen.push(`${process.label} ${label}`)
    injector.gate.enter(async () => {
      if (process.isDead()) return
      if (fault) injector.injected += 1
      if (fault === 'throw-before') return fail('before')
      if (fault === 'crash-before') return crash()
      const made = effect()
      await made.catch(() => undefined)
      if (fault === 'crash-after') return crash()
      if (fault === 'timeout') {
        injector.passed += TIMES.postTimeout
        injector.pass(TIMES.postTimeout)
      }
      if (fault === 'timeout' && label === 'social.reply') {
        injector.onFault?.(fault, label, process)
        return resolve({ kind: 'ambiguous', detail: 'no answer in time' } as Result)
      }
      if (fault) return fail('after')
      return resolve(made)
    }, `${process.label} ${label}`)

    function fail(when: string): void {
      if (fault) injector.onFault?.(fault, label, process)
      reject(new InjectedError(`${label}: ${when}`))
    }

    function crash(): void {
      injector.crashes += 1
      if (fault) injector.onFault?.(fault, label, process)
      process.die()
    }
  })
}
