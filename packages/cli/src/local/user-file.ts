import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { unreadable } from '../file-problem.js'
import type { Terminal } from '../terminal.js'

/** @throws UsageError where the file cannot be read. */
export async function readUserFile(path: string): Promise<Uint8Array> {
  return readFile(path).catch(unreadable(path))
}

/** A file, or for `-` what comes on standard input. @throws UsageError where the file cannot be read */
export async function readUserInput(path: string, terminal: Terminal): Promise<Uint8Array> {
  if (path !== '-') return readUserFile(path)
  if (terminal.streams.stdin.isTTY) terminal.note('Reading from the keyboard: end with Ctrl-D.')
  return buffer(terminal.streams.stdin)
}
