import { rmSync } from 'node:fs'
import { type Fault, injector, orderlyGate, type Process, startProcess } from '@hexbird/prove/harness'
import type { Store } from '../../../../packages/adapters-sqlite/src/open-store.js'
import { restoreStore } from '../../../../packages/adapters-sqlite/src/restore-store.js'
import type { Disk } from './disk.js'
import { type Life, type Surroundings, startLife } from './life.js'

/** What may change from one start to the next. */
type Given = () => Omit<Surroundings, 'injector' | 'onOpened' | 'path'>

/** The machine that the bot runs on: it starts the bot, and starts it again where it ends, as systemd does. */
export interface Machine {
  /** Everything goes on for so long. */
  advance(milliseconds: number): Promise<void>
  start(): void
  /** SIGTERM, and a wait for the end. */
  stop(): Promise<void>
  /** The power fails: nothing is closed. */
  cut(): void
  /** The process dies at one of its next calls, this one counted as 0. */
  dieAt(call: number, fault: Extract<Fault, 'crash-before' | 'crash-after'>): void
  restore(backup: string): void
  /** Somebody presses "try again" at each dead letter. */
  redrive(): Promise<void>
  /** How many were put back. */
  readonly redriven: () => number
  readonly store: () => Store | undefined
  readonly starts: () => number
  readonly kills: () => number
}

export interface MachineOptions {
  readonly path: string
  readonly disk: Disk
  readonly given: Given
  /** Tells X the time. */
  readonly tick: () => void
}

const MINUTE = 60_000

export function createMachine({ path, disk, given, tick }: MachineOptions): Machine {
  const gate = orderlyGate()
  const plan = new Map<number, Fault>()
  const { clock, now } = given()
  const injected = injector(plan, gate, clock.pass)
  let [starts, kills, redriven] = [0, 0, 0]
  let isOn = false
  let process: Process | undefined
  let life: Life | undefined
  let store: Store | undefined

  /** Runs what waits until nothing does; time stands still. */
  async function quiet(over: () => boolean = () => true): Promise<void> {
    for (let idle = 0; idle < 2 || !over(); idle++) {
      while (gate.count() > 0) {
        idle = 0
        tick()
        await gate.next()
      }
      await new Promise((resolve) => setImmediate(resolve))
      if (process?.isDead()) bury()
    }
    injected.seen.length = 0
  }

  function bury(): void {
    kills += 1
    end()
    if (isOn) clock.setTimer(boot, MINUTE)
  }

  /** What was planned for a process dies with it. */
  function end(): void {
    plan.clear()
    process?.die()
    process = undefined
    life = undefined
    store = undefined
    disk.drop()
  }

  function boot(): void {
    if (!isOn || process) return
    starts += 1
    const born = startProcess(`run ${starts}`)
    process = born
    const around: Surroundings = {
      ...given(),
      path,
      injector: injected,
      onOpened(opened) {
        store = opened
        disk.opened()
      },
    }
    startLife(born, around).then(
      (started) => {
        if (process === born) life = started
      },
      () => {
        // It ends with exit code 1, and is started again.
        if (process !== born) return
        end()
        clock.setTimer(boot, MINUTE)
      },
    )
  }

  return {
    starts: () => starts,
    kills: () => kills,
    redriven: () => redriven,
    async redrive() {
      redriven += (await life?.redrive()) ?? 0
    },
    store: () => store,
    start() {
      isOn = true
      boot()
    },
    async advance(milliseconds) {
      let isOver = false
      clock.setTimer(() => {
        isOver = true
      }, milliseconds)
      await quiet()
      while (!isOver && clock.jump()) await quiet()
    },
    async stop() {
      isOn = false
      if (life) {
        let isOver = false
        void life
          .close()
          .catch(() => {})
          .finally(() => {
            isOver = true
          })
        const stopping = process
        await quiet(() => isOver || process !== stopping)
      }
      end()
    },
    cut() {
      isOn = false
      end()
    },
    dieAt(call, fault) {
      plan.set(injected.calls + call, fault)
    },
    restore(backup) {
      const { keptAs } = restoreStore(backup, path, now)
      if (keptAs !== undefined) for (const suffix of ['', '-wal']) rmSync(`${keptAs}${suffix}`, { force: true })
    },
  }
}
