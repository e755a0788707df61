import { lineOf } from './errors.js'

/** What became of one check. Only what a server cannot do at all is skipped, with the reason. */
export type Outcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'skipped'; readonly why: string }

export const PASSED: Outcome = { kind: 'passed' }
export const failed = (why: string): Outcome => ({ kind: 'failed', why })
export const skipped = (why: string): Outcome => ({ kind: 'skipped', why })

/** Passed where both are the same. */
export const same = (actual: unknown, expected: unknown): Outcome =>
  JSON.stringify(actual) === JSON.stringify(expected)
    ? PASSED
    : failed(`it is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`)

export interface Check {
  /** What is looked at: `accounts`, `staging_session`. */
  readonly on: string
  /** The promise, a sentence. */
  readonly name: string
  readonly run: () => Promise<Outcome>
}

const MARK = { passed: 'ok', failed: 'FAILED', skipped: 'skipped' } as const

/** Counts the checks and writes a line for each. */
export class Report {
  readonly #say: (line: string) => void
  readonly #counts = { passed: 0, failed: 0, skipped: 0 }

  constructor(say: (line: string) => void) {
    this.#say = say
  }

  get failed(): number {
    return this.#counts.failed
  }

  /** Runs a check; what it throws is a failure. Once `signal` says stop, nothing is told or counted any more. */
  async run({ on, name, run }: Check, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const began = performance.now()
    const outcome = await run().catch((error: unknown) => failed(lineOf(error)))
    if (!signal.aborted) this.add(on, name, outcome, performance.now() - began)
  }

  add(on: string, name: string, outcome: Outcome, milliseconds = 0): void {
    this.#counts[outcome.kind] += 1
    const time = `${Math.round(milliseconds)} ms`.padStart(9)
    this.#say(`${MARK[outcome.kind].padEnd(8)}${on.padEnd(24)}${time}  ${name}`)
    if (outcome.kind !== 'passed') this.#say(`${' '.repeat(43)}${outcome.why}`)
  }

  end(): void {
    const { passed, failed, skipped } = this.#counts
    if (skipped > 0) this.#say(`${skipped} skipped: what stands in for AWS here cannot do that.`)
    this.#say(`${passed} passed, ${failed} failed`)
  }
}
