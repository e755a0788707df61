import type { Count, Observing } from '../src/observe.js'

/** What a function told. */
export interface Told extends Observing {
  readonly counts: readonly Counted[]
  readonly lines: readonly Line[]
  /** How much was counted under this name. */
  counted(name: Count): number
  /** All of it as one text, errors with their causes: where nothing secret may be. */
  text(): string
}

interface Counted {
  readonly name: string
  readonly amount: number
  readonly dimensions: Readonly<Record<string, string>>
}

interface Line {
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
  readonly error?: unknown
}

/** An observer that remembers. */
export function telling(): Told {
  const counts: Counted[] = []
  const lines: Line[] = []
  const add = (name: string, amount: number, dimensions = {}) => void counts.push({ name, amount, dimensions })
  return {
    counts,
    lines,
    counted: (name) => counts.reduce((sum, each) => (each.name === name ? sum + each.amount : sum), 0),
    text: () => JSON.stringify([counts, lines], (_, value: unknown) => (value instanceof Error ? shown(value) : value)),
    begin: () => {},
    end: () => {},
    info: (message, details = {}) => void lines.push({ level: 'info', message, details }),
    warn: (message, details = {}) => void lines.push({ level: 'warn', message, details }),
    error: (message, error, details = {}) => void lines.push({ level: 'error', message, details, error }),
    count: (name, amount = 1, dimensions = {}) => add(name, amount, dimensions),
    latency: (milliseconds) => add('Latency', milliseconds),
    spent: (amount) => add('Spend', amount),
  }
}

const shown = (error: Error) => ({ ...error, name: error.name, message: error.message, cause: error.cause })
