import { fork } from 'node:child_process'
import type { Death } from './lives.js'

/** What a worker was at when it died. */
export type Phase = 'beforeReady' | 'sweeping' | 'late'

/** A place where one worker runs at a time. */
export interface Slot {
  /** Starts a worker; gives its life. The one before must have ended. */
  start(death: Death | undefined): Life
  close(): Promise<void>
}

export interface Life {
  /** Resolves when the worker is at work, or dead. */
  readonly ready: Promise<void>
  /** Resolves when it is dead: in which phase it was. */
  readonly dead: Promise<Phase>
  /** SIGKILL. */
  kill(): void
  /** It does not die by itself any more. */
  spare(): void
}

/** @param fell is told of a worker that ended though nobody killed it */
export function openSlot(bundle: string, settings: object, fell: (said: string) => void): Slot {
  let last: { readonly life: Life; isDead: boolean } | undefined
  let closed = false

  function start(death: Death | undefined): Life {
    const child = fork(bundle, {
      env: { PATH: process.env.PATH, TORTURE_WORKER: JSON.stringify({ ...settings, ...(death && { death }) }) },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: ['--no-warnings'],
    })
    let said = ''
    let phase: Phase = 'beforeReady'
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    const dead = new Promise<Phase>((resolve) => {
      // All that it said has been read by then.
      child.once('close', (_, signal) => {
        if (signal !== 'SIGKILL' && !closed) fell(said)
        resolve(phase)
      })
    })
    const ready = new Promise<void>((resolve) => {
      child.on('message', (message) => {
        phase = message === 'sweeping' ? 'sweeping' : 'late'
        resolve()
      })
      void dead.then(() => resolve())
    })
    const life: Life = {
      ready,
      dead,
      kill: () => void child.kill('SIGKILL'),
      spare: () => {
        if (child.connected) child.send('spare', () => {})
      },
    }
    const started = { life, isDead: false }
    void dead.then(() => {
      started.isDead = true
    })
    last = started
    return life
  }

  return {
    start,
    async close() {
      closed = true
      if (!last || last.isDead) return
      last.life.kill()
      await last.life.dead
    },
  }
}
