import { type ChildProcess, fork } from 'node:child_process'
import type { WorkerSettings } from './settings.js'

/** A place where one worker runs at a time. */
export interface Slot {
  /** Resolves when the worker is at work. */
  ready(): Promise<void>
  /** SIGKILL, and another one starts at once. */
  kill(): void
  close(): Promise<void>
}

/** @param fell is told of a worker that ended though nobody killed it */
export function openSlot(bundle: string, settings: WorkerSettings, fell: (said: string) => void): Slot {
  let child = start()
  let closed = false

  function start(): { readonly process: ChildProcess; readonly ready: Promise<void>; killed: boolean } {
    const process_ = fork(bundle, {
      env: { PATH: process.env.PATH, TORTURE_WORKER: JSON.stringify(settings) },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: ['--no-warnings'],
    })
    let said = ''
    process_.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    const ready = new Promise<void>((resolve) => {
      process_.once('message', () => resolve())
      process_.once('exit', () => resolve())
    })
    const started = { process: process_, ready, killed: false }
    process_.once('exit', () => {
      if (!started.killed) fell(said)
      if (!closed) child = start()
    })
    return started
  }

  return {
    ready: () => child.ready,
    kill() {
      child.killed = true
      child.process.kill('SIGKILL')
    },
    async close() {
      closed = true
      child.killed = true
      const { process } = child
      if (process.exitCode !== null || process.signalCode !== null) return
      const ended = new Promise((resolve) => process.once('exit', resolve))
      process.kill('SIGKILL')
      await ended
    },
  }
}
