import { createInterface, type Interface } from 'node:readline/promises'
import { type Readable, Writable } from 'node:stream'
import pico from 'picocolors'
import spinner from 'yocto-spinner'
import { harmlessJson, harmlessText } from './foreign.js'
import { UsageError } from './usage-error.js'

/** So long something may take before a word is said about it, in milliseconds. */
const PATIENCE = 1000
/** Milliseconds after which a slow task is named in the output if there is no screen. */
const LONG = 10_000

/** Where a command speaks and listens: a process, or what a test puts in its place. */
export interface Streams {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Writable & Partial<Screen>
  readonly stderr: Writable & Partial<Screen>
}

interface Screen {
  readonly isTTY: boolean
  /** Knows of NO_COLOR, FORCE_COLOR and TERM. */
  hasColors(): boolean
}

/**
 * How a command speaks. With `--json` the last line of standard output is one JSON object, and everything else goes to
 * standard error; without it what people came for is on standard output.
 */
export interface Terminal {
  /** Whether `--json` was given. */
  json: boolean
  /** 0 success, 1 failure, 2 usage error. A command sets 1; a `UsageError` makes it 2. */
  exitCode: number
  readonly streams: Streams
  /** For what is said: they do nothing where colours are not wanted. */
  readonly colours: ReturnType<typeof pico.createColors>
  /** What people came for. */
  say(text: string): void
  /** What goes on meanwhile. */
  note(text: string): void
  /** What programs came for: an object, or an error of theirs. Without `--json` it is not shown. */
  result(value: object): void
  /**
   * Waits for `work`. On a screen it shows `what` once that takes longer than a second; elsewhere, in one line, once it
   * takes longer than ten. A function is progress: it is asked each second, and elsewhere it gets a line each time that
   * it has changed.
   */
  during<T>(what: string | (() => string), work: Promise<T>): Promise<T>
  /**
   * Asks the person at the keyboard.
   *
   * @param instead what to do where nobody is there, such as `Give --yes.`
   * @throws UsageError where nobody is there
   */
  ask(question: string, instead: string): Promise<string>
  /** The same, and what is typed is not shown. */
  askSecret(question: string, instead: string): Promise<string>
}

export function createTerminal(streams: Streams): Terminal {
  const { stdin, stdout, stderr } = streams
  const write = (stream: Writable, text: string) => void stream.write(`${harmlessText(text)}\n`)
  return {
    json: false,
    exitCode: 0,
    streams,
    get colours() {
      return pico.createColors(isColourful(this.json ? stderr : stdout))
    },
    say(text) {
      write(this.json ? stderr : stdout, text)
    },
    note: (text) => write(stderr, text),
    result(value) {
      // Escaped, so that a program reads what there was.
      if (this.json) write(stdout, harmlessJson(JSON.stringify(value)))
    },
    async during(what, work) {
      const isProgress = typeof what === 'function'
      const shown = stderr.isTTY ? spinner({ stream: stderr }) : undefined
      let noted: string | undefined
      const timer = setInterval(
        () => {
          const text = isProgress ? what() : what
          if (shown) shown.start(text)
          else if (text !== noted) this.note(text)
          noted = text
        },
        shown || isProgress ? PATIENCE : LONG,
      )
      try {
        return await work
      } finally {
        clearInterval(timer)
        shown?.stop()
      }
    },
    async ask(question, instead) {
      if (!stdin.isTTY) throw new UsageError(`There is no terminal to ask on. ${instead}`)
      return answerOf(createInterface({ input: stdin, output: stderr }), harmlessText(question))
    },
    async askSecret(question, instead) {
      if (!stdin.isTTY) throw new UsageError(`There is no terminal to ask on. ${instead}`)
      stderr.write(harmlessText(question))
      // A terminal echoes nothing by itself where Node reads each key, and what Node echoes goes nowhere.
      const output = new Writable({ write: (_chunk, _encoding, done) => done() })
      try {
        return await answerOf(createInterface({ input: stdin, output, terminal: true, historySize: 0 }), '')
      } finally {
        stderr.write('\n')
      }
    },
  }
}

/** @throws UsageError where the person leaves instead, with Ctrl-C or Ctrl-D */
async function answerOf(lines: Interface, question: string): Promise<string> {
  try {
    return await new Promise((resolve, reject) => {
      lines.once('close', () => reject(new UsageError('Nothing was done.')))
      lines.question(question).then(resolve, reject)
    })
  } finally {
    lines.close()
  }
}

/** The same terminal for a command within another: one command has one result, which the outer one says. */
export const quiet = (terminal: Terminal): Terminal =>
  Object.assign(Object.create(terminal) as Terminal, { result: () => {} })

export const isColourful = (stream: Partial<Screen>): boolean => stream.isTTY === true && stream.hasColors?.() === true
