import { foreign, harmlessJson, harmlessText } from '../foreign.js'
import type { Terminal } from '../terminal.js'

/** One thing worth a line. */
export interface Entry {
  readonly level?: 'info' | 'warn' | 'error'
  /** What happened, in words of ours. What others wrote goes into `fields` or `quoted`. */
  readonly message: string
  /** For programs, and in the order given, for people. `time`, `level` and `message` are the log's own. */
  readonly fields?: Readonly<Record<string, string | number | undefined>>
  /** What others wrote, for people at a terminal alone: a file of logs would keep it after it was forgotten. */
  readonly quoted?: string | undefined
}

export type Log = (entry: Entry) => void

/** How a log is written. */
export interface LogOptions {
  /** One JSON object a line. Default: lines for people on a screen, JSON elsewhere. */
  readonly json?: boolean | undefined
  readonly now?: () => number
}

/** A log on standard output or, with `--json`, on standard error. */
export function createLog(terminal: Terminal, { json, now = Date.now }: LogOptions = {}): Log {
  const stream = terminal.json ? terminal.streams.stderr : terminal.streams.stdout
  const isJson = json ?? stream.isTTY !== true
  return (entry) => {
    const time = new Date(now())
    stream.write(`${isJson ? asJson(entry, time) : harmlessText(asWords(entry, time, terminal.colours))}\n`)
  }
}

function asJson({ level = 'info', message, fields }: Entry, time: Date): string {
  // First in the line, and no field overwrites them.
  const own = { time: time.toISOString(), level, message }
  return harmlessJson(JSON.stringify({ ...own, ...fields, ...own }))
}

function asWords({ level = 'info', message, fields = {}, quoted }: Entry, time: Date, colours: Terminal['colours']) {
  const { dim, red } = colours
  const words = level === 'info' ? message : red(message)
  const details = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${foreign(String(value))}`],
  )
  const said = quoted === undefined ? '' : `\n         ${foreign(quoted)}`
  return `${dim(time.toTimeString().slice(0, 8))} ${[words, dim(details.join(' '))].join(' ').trimEnd()}${said}`
}

/**
 * What an error is called and says, as fields. Errors of the adapters hold no secrets. An error without a code may leave
 * to its cause what it is about, as `fetch failed` does.
 */
export function fieldsOf(error: unknown): { readonly code?: string; readonly error: string } {
  if (!(error instanceof Error)) return { error: String(error) }
  const { message, code, cause } = error as Error & {
    readonly code?: unknown
    readonly cause?: Partial<Error & { code: string }>
  }
  if (typeof code === 'string') return { code, error: message }
  const why = cause?.message || cause?.code
  return { error: why === undefined || message.includes(why) ? message : `${message}: ${why}` }
}
