import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import type { Terminal } from './terminal.js'
import { UsageError } from './usage-error.js'

/** @throws UsageError where the file cannot be read. */
export async function readUserFile(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: unknown) => {
    const { code = '', message } = cause as NodeJS.ErrnoException
    throw new UsageError(`${path} cannot be read: ${reasons[code] ?? message}.`, { cause })
  })
}

const reasons: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not read it',
}

/** A file, or for `-` what comes on standard input. @throws UsageError where the file cannot be read */
export async function readUserInput(path: string, terminal: Terminal): Promise<Uint8Array> {
  if (path !== '-') return readUserFile(path)
  if (terminal.streams.stdin.isTTY) terminal.note('Reading from the keyboard: end with Ctrl-D.')
  return buffer(terminal.streams.stdin)
}
