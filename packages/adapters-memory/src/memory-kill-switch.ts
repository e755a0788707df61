import type { KillSwitch, KillSwitchState, XCall } from '@hexbird/core/adapter'

/** The number of strikes to keep. */
const MOST_STRIKES = 20

/** A kill switch in memory: a restart of the process resets it. */
export class MemoryKillSwitch implements KillSwitch {
  #stopped: KillSwitchState['stopped']
  readonly #waits: Partial<Record<XCall, number>> = {}
  readonly #strikes = new Set<string>()
  #owner: string | undefined
  #answersFrom: number | undefined

  async state(): Promise<KillSwitchState> {
    const stopped = this.#stopped && { stopped: { ...this.#stopped } }
    const from = this.#answersFrom !== undefined && { answersFrom: this.#answersFrom }
    return { ...stopped, waits: { ...this.#waits }, strikes: [...this.#strikes], ...from }
  }

  async trip(reason: string, now: number): Promise<void> {
    this.#stopped ??= { reason, since: now }
  }

  async wait(call: XCall, until: number): Promise<void> {
    this.#waits[call] = Math.max(this.#waits[call] ?? until, until)
  }

  async strike(tweetId: string): Promise<readonly string[]> {
    if (this.#strikes.size < MOST_STRIKES) this.#strikes.add(tweetId)
    return [...this.#strikes]
  }

  async forgive(): Promise<void> {
    this.#strikes.clear()
  }

  async answerFrom(time: number): Promise<void> {
    this.#answersFrom = Math.max(time, this.#answersFrom ?? time)
  }

  async reset(): Promise<void> {
    this.#stopped = undefined
    this.#strikes.clear()
  }

  async claimStore(botId: string): Promise<string> {
    this.#owner ??= botId
    return this.#owner
  }
}
