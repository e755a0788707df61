import type { KillSwitch, KillSwitchState, XCall } from '@hexbird/core/adapter'
import type { Database } from './database.js'

/** The number of strikes to keep. */
const MOST_STRIKES = 20

interface Row {
  readonly owner: string | null
  /** JSON, as are the next two. */
  readonly stopped: string | null
  readonly waits: string | null
  readonly strikes: string | null
  readonly answersFrom: number | null
}

/** Always returns one row, even if nothing has been written yet. The mark's name, `gap`, dates from version 2. */
const SELECT =
  "SELECT owner, stopped, waits, strikes, at AS answersFrom FROM (SELECT 1) LEFT JOIN kill_switch LEFT JOIN mark ON name = 'gap'"

/** Stores what is known about X, and whose store this is, in one row. */
export class SqliteKillSwitch implements KillSwitch {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  async state(): Promise<KillSwitchState> {
    return this.#read().state
  }

  async trip(reason: string, now: number): Promise<void> {
    this.#change((state) => ({ ...state, stopped: state.stopped ?? { reason, since: now } }))
  }

  async wait(call: XCall, until: number): Promise<void> {
    this.#change((state) => {
      const waits = { ...state.waits, [call]: Math.max(state.waits[call] ?? until, until) }
      return { ...state, waits }
    })
  }

  async strike(tweetId: string): Promise<readonly string[]> {
    const { strikes } = this.#change((state) => {
      const isKept = state.strikes.includes(tweetId) || state.strikes.length >= MOST_STRIKES
      return isKept ? state : { ...state, strikes: [...state.strikes, tweetId] }
    })
    return strikes
  }

  async forgive(): Promise<void> {
    // It's called after each reply, and usually there is nothing to forgive.
    if (this.#read().state.strikes.length > 0) this.#change((state) => ({ ...state, strikes: [] }))
  }

  async answerFrom(time: number): Promise<void> {
    this.#db.run(
      "INSERT INTO mark (name, at) VALUES ('gap', ?) ON CONFLICT (name) DO UPDATE SET at = max(at, excluded.at)",
      time,
    )
  }

  async reset(): Promise<void> {
    this.#change(({ waits }) => ({ waits, strikes: [] }))
  }

  async claimStore(botId: string): Promise<string> {
    const { owner } = this.#read()
    if (owner !== null) return owner
    return this.#db.write(() => {
      const known = this.#read()
      if (known.owner === null) this.#put(botId, known.state)
      return known.owner ?? botId
    })
  }

  #change(to: (state: KillSwitchState) => KillSwitchState): KillSwitchState {
    return this.#db.write(() => {
      const { owner, state } = this.#read()
      const next = to(state)
      if (next !== state) this.#put(owner, next)
      return next
    })
  }

  #read(): { readonly owner: string | null; readonly state: KillSwitchState } {
    const row = this.#db.get<Row>(SELECT)
    const { owner = null, stopped = null, waits, strikes, answersFrom = null } = row ?? {}
    const state = {
      ...(stopped !== null && { stopped: JSON.parse(stopped) }),
      waits: JSON.parse(waits ?? '{}'),
      strikes: JSON.parse(strikes ?? '[]'),
      ...(answersFrom !== null && { answersFrom }),
    }
    return { owner, state }
  }

  #put(owner: string | null, { stopped, waits, strikes }: KillSwitchState): void {
    const sql = 'INSERT OR REPLACE INTO kill_switch (id, owner, stopped, waits, strikes) VALUES (1, ?, ?, ?, ?)'
    const json = stopped === undefined ? null : JSON.stringify(stopped)
    this.#db.run(sql, owner, json, JSON.stringify(waits), JSON.stringify(strikes))
  }
}
