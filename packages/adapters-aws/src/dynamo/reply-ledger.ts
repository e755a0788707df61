import { randomUUID } from 'node:crypto'
import {
  type ClaimResult,
  claimReply,
  forgetReply,
  type LedgerEntry,
  type ReplyClaim,
  type ReplyKey,
  type ReplyLedger,
  type ReplyRow,
  releaseReply,
  replyEntry,
  type SettledOutcome,
  settleReply,
} from '@hexbird/core/adapter'
import { TIMES } from '@hexbird/core/host'
import { itemOf, rowOf } from './ledger-row.js'
import { type Row, text, ttlAt, VERSION, whole } from './row.js'
import { type Condition, DynamoTable, type DynamoTableOptions } from './table.js'
import { tableKeys } from './tables.js'

/** A row, the name of its last write, and when it expires. */
interface Stored {
  readonly row: ReplyRow
  readonly write: string
  readonly keptUntil: number
}

/**
 * Stores replies in the table `<stage>_reply`, each for `TIMES.ledgerRows` after its last claim or settlement. A write
 * succeeds only if the row hasn't changed since it was read. Each write has a name, which identifies the repetition of
 * a write whose answer was lost.
 */
export class DynamoReplyLedger implements ReplyLedger {
  readonly #table: DynamoTable

  constructor(options: DynamoTableOptions) {
    this.#table = new DynamoTable(options, tableKeys.reply)
  }

  async find(key: ReplyKey): Promise<LedgerEntry | undefined> {
    const row = (await this.#read(nameOf(key)))?.row
    return row && replyEntry(row)
  }

  async claim(key: ReplyKey, claim: ReplyClaim): Promise<ClaimResult> {
    const name = nameOf(key)
    const write = randomUUID()
    const keptUntil = claim.now + TIMES.ledgerRows
    // Most keys are new, so try that first. Each repetition means that another worker has written in between.
    let stored: Stored | undefined
    for (;;) {
      const { result, row } = claimReply(stored?.row, claim)
      if (row === undefined || (await this.#replace(name, stored, { row, write, keptUntil }))) return result
      const seen = await this.#read(name)
      if (seen?.write === write) return result
      stored = seen
    }
  }

  async settle(key: ReplyKey, outcome: SettledOutcome, now: number): Promise<SettledOutcome> {
    const name = nameOf(key)
    const row = settleReply(undefined, outcome, now)
    const stored = { row, write: randomUUID(), keptUntil: now + TIMES.ledgerRows }
    const unsettled = {
      condition: 'attribute_not_exists(#reply_key) OR (#v = :v AND #kind = :begun)',
      values: { v: { N: VERSION }, begun: text('begun') },
    }
    for (;;) {
      if (await this.#put(name, stored, unsettled)) return outcome
      const seen = await this.#read(name)
      if (seen?.row.kind === 'settled') return seen.row.outcome
    }
  }

  async release(key: ReplyKey, owner: string, inDoubtUntil?: number): Promise<void> {
    const name = nameOf(key)
    for (;;) {
      const stored = await this.#read(name)
      if (stored?.row.kind !== 'begun' || stored.row.holder !== owner) return
      const row = releaseReply(stored.row, inDoubtUntil)
      const done = row
        ? await this.#replace(name, stored, { ...stored, row, write: randomUUID() })
        : await this.#table.remove(name, unchanged(stored))
      if (done) return
    }
  }

  async forgetAuthor(authorId: string, now: number): Promise<void> {
    const begun = { condition: '#kind = :begun', values: { begun: text('begun') } }
    for await (const { key: name, row } of this.#table.scan(begun)) {
      await this.#forget(name, storedOf(row), authorId, now)
    }
  }

  removeAll(): Promise<void> {
    return this.#table.removeAll()
  }

  /** The loop ends, because each repetition means that another worker has written in between. */
  async #forget(name: string, scanned: Stored, authorId: string, now: number): Promise<void> {
    const keptUntil = now + TIMES.ledgerRows
    let stored: Stored | undefined = scanned
    for (;;) {
      const row = forgetReply(stored?.row, authorId, now)
      if (row === undefined || (await this.#replace(name, stored, { row, write: randomUUID(), keptUntil }))) return
      stored = await this.#read(name)
    }
  }

  async #read(name: string): Promise<Stored | undefined> {
    const row = await this.#table.get(name)
    return row && storedOf(row)
  }

  #replace(name: string, stored: Stored | undefined, next: Stored): Promise<boolean> {
    return this.#put(name, next, stored ? unchanged(stored) : { condition: 'attribute_not_exists(#reply_key)' })
  }

  #put(name: string, { row, write, keptUntil }: Stored, condition: Condition): Promise<boolean> {
    const attributes = { last_write: text(write), kept_until: whole(keptUntil), ttl: ttlAt(keptUntil) }
    return this.#table.put(name, { ...itemOf(row), ...attributes }, condition)
  }
}

const storedOf = (row: Row): Stored => ({
  row: rowOf(row),
  write: row.text('last_write'),
  keptUntil: row.whole('kept_until'),
})

const unchanged = ({ write }: Stored): Condition => ({
  condition: '#last_write = :seen',
  values: { seen: text(write) },
})

/** A bot's id is a number, so it ends at the first `#`. */
const nameOf = ({ botId, about }: ReplyKey): string => `${botId}#${about}`
