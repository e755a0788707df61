import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

// The command as it is built: what users run.
const main = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url))

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** The last line of standard output. */
  json(): Record<string, unknown>
}

export interface Running {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly ended: Promise<Ran>
  /** Resolves with the match when it is shown, on standard output or standard error. */
  shows(pattern: RegExp): Promise<RegExpExecArray>
  /** What somebody still waits to be shown: why a test took too long. */
  awaited(): readonly RegExp[]
}

/**
 * Runs the command in an empty environment, away from any settings file, with these variables. `command` is another
 * installation of it.
 */
export function starts(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = tmpdir(),
  command = main,
): Running {
  const child = spawn(process.execPath, [command, ...args], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] })
  const shown = { stdout: '', stderr: '' }
  const waiting = new Map<() => void, RegExp>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      shown[name] += text
      for (const look of waiting.keys()) look()
    })
  }
  child.stdin.on('error', () => {})
  const ended = once(child, 'close').then(([code]): Ran => {
    for (const look of waiting.keys()) look()
    const json = () => JSON.parse(shown.stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>
    return { code: code as number | null, ...shown, json }
  })
  const shows = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const check = () => {
        const match = pattern.exec(shown.stdout) ?? pattern.exec(shown.stderr)
        if (match) resolve(match)
        else if (child.exitCode !== null || child.signalCode !== null)
          reject(new Error(`It ended without ${pattern}: ${shown.stdout}${shown.stderr}`))
        else return
        waiting.delete(check)
      }
      waiting.set(check, pattern)
      check()
    })
  return { child, ended, shows, awaited: () => [...waiting.values()] }
}

/** Runs it to its end; nobody is at the keyboard. */
export function hexbird(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<Ran> {
  const { child, ended } = starts(args, env, cwd)
  child.stdin.end()
  return ended
}
