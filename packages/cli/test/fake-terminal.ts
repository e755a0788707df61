import { PassThrough } from 'node:stream'
import { createTerminal } from '../src/terminal.js'

export interface FakeTerminalOptions {
  /** Whether a person looks on, with a screen that has colours. Default: neither. */
  readonly screen?: boolean
}

/** A terminal in this process, and all that was shown on it. */
export function fakeTerminal({ screen = false }: FakeTerminalOptions = {}) {
  const shown = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof shown) => {
    const still = { cursorTo: () => true, moveCursor: () => true, clearLine: () => true }
    const made = Object.assign(new PassThrough(), { isTTY: screen, hasColors: () => screen, ...still })
    made.setEncoding('utf8').on('data', (text: string) => {
      shown[name] += text
    })
    return made
  }
  const stdin = Object.assign(new PassThrough(), { isTTY: screen })
  const terminal = createTerminal({ stdin, stdout: stream('stdout'), stderr: stream('stderr') })
  return { terminal, shown, stdin }
}
