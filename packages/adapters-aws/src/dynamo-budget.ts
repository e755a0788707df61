import { randomUUID } from 'node:crypto'
import type { Budget, Charge, Spend } from '@hexbird/core'
import { type Row, text, ttlAt, VERSION, whole } from './dynamo-row.js'
import { DynamoTable, type DynamoTableOptions } from './dynamo-table.js'
import { tableKeys } from './tables.js'

/**
 * Spending, one counter for each window, in the table `<stage>_budget`. A refused spend gives back what it had charged to
 * the windows before; only where that fails it stays charged.
 *
 * The client repeats a write whose answer was lost. Each row names its last write, so that the repetition is noticed.
 * Where somebody else has written in between it is not: then a spend is charged twice, which keeps the limit, and a
 * refund is given twice, which lets the window pass its limit by that one amount.
 */
export class DynamoBudget implements Budget {
  readonly #table: DynamoTable

  constructor(options: DynamoTableOptions) {
    this.#table = new DynamoTable(options, tableKeys.budget)
  }

  async allows(charges: readonly Charge[], now: number): Promise<Spend> {
    const names = [...new Set(charges.map(({ window }) => window))]
    const rows = await Promise.all(
      names.map(async (name) => [name, running(await this.#table.get(name), now)] as const),
    )
    const windows = new Map(rows)
    for (const charge of charges) {
      const { sum, endsAt } = windows.get(charge.window) ?? { sum: 0, endsAt: charge.endsAt }
      if (charge.amount > charge.limit - sum) return refused(charge, endsAt)
      windows.set(charge.window, { sum: sum + charge.amount, endsAt })
    }
    return GRANTED
  }

  async spend(charges: readonly Charge[], now: number): Promise<Spend> {
    const charged: Charge[] = []
    for (const charge of charges) {
      const spend = await this.#charge(charge, now)
      if (spend.kind === 'refused') {
        await this.refund(charged)
        return spend
      }
      charged.push(charge)
    }
    return GRANTED
  }

  async refund(charges: readonly Charge[]): Promise<void> {
    const given = await Promise.allSettled(charges.map((charge) => this.#giveBack(charge)))
    for (const each of given) if (each.status === 'rejected') throw each.reason
  }

  removeAll(): Promise<void> {
    return this.#table.removeAll()
  }

  /** Comes to an end: each further turn means that somebody else has written in between. */
  async #charge(charge: Charge, now: number): Promise<Spend> {
    const write = randomUUID()
    for (;;) {
      if (charge.amount <= charge.limit && (await this.#add(charge, now, write))) return GRANTED
      const row = await this.#table.get(charge.window)
      if (row?.text('last_write') === write) return GRANTED
      const window = running(row, now)
      const { sum, endsAt } = window ?? { sum: 0, endsAt: charge.endsAt }
      if (charge.amount > charge.limit - sum) return refused(charge, endsAt)
      if (row && !window && (await this.#reopen(charge, now, write))) return GRANTED
    }
  }

  /** To a window that runs and has room, or to a new one, which is not asked for room: `amount` has to fit into the limit. */
  #add({ window, amount, limit, endsAt }: Charge, now: number, write: string): Promise<boolean> {
    return this.#table.change(window, {
      update: `SET ${IF_NEW}, #last_write = :write ADD #sum :amount`,
      condition: `attribute_not_exists(#window_name) OR (${HAS_ROOM} AND #last_write <> :write)`,
      values: {
        amount: whole(amount),
        room: whole(limit - amount),
        now: whole(now),
        ends_at: whole(endsAt),
        ttl: ttlAt(endsAt),
        write: text(write),
        v: { N: VERSION },
      },
    })
  }

  /** The first charge after one of the same name that has ended, and that DynamoDB has not dropped yet. */
  #reopen({ window, amount, endsAt }: Charge, now: number, write: string): Promise<boolean> {
    return this.#table.put(
      window,
      { sum: whole(amount), ends_at: whole(endsAt), ttl: ttlAt(endsAt), last_write: text(write) },
      { condition: '#v = :v AND #ends_at <= :now', values: { now: whole(now), v: { N: VERSION } } },
    )
  }

  /** Only to the very window that was charged: what has ended, or ends at another time, is none of it. */
  async #giveBack({ window, amount, endsAt }: Charge): Promise<void> {
    const write = randomUUID()
    for (;;) {
      if (await this.#subtract({ window, amount, endsAt }, write)) return
      const row = await this.#table.get(window)
      if (row?.whole('ends_at') !== endsAt || row.text('last_write') === write) return
      if (row.whole('sum') < amount && (await this.#empty({ window, amount, endsAt }, write))) return
    }
  }

  #subtract({ window, amount, endsAt }: Omit<Charge, 'limit'>, write: string): Promise<boolean> {
    return this.#table.change(window, {
      update: 'ADD #sum :back SET #last_write = :write',
      condition: '#v = :v AND #ends_at = :ends_at AND #sum >= :amount AND #last_write <> :write',
      values: {
        back: whole(-amount),
        amount: whole(amount),
        ends_at: whole(endsAt),
        write: text(write),
        v: { N: VERSION },
      },
    })
  }

  /** There is never a credit. */
  #empty({ window, amount, endsAt }: Omit<Charge, 'limit'>, write: string): Promise<boolean> {
    return this.#table.change(window, {
      update: 'SET #sum = :nothing, #last_write = :write',
      condition: '#v = :v AND #ends_at = :ends_at AND #sum < :amount',
      values: {
        nothing: whole(0),
        amount: whole(amount),
        ends_at: whole(endsAt),
        write: text(write),
        v: { N: VERSION },
      },
    })
  }
}

interface Window {
  readonly sum: number
  /** Epoch milliseconds. */
  readonly endsAt: number
}

const IF_NEW = '#v = :v, #ends_at = if_not_exists(#ends_at, :ends_at), #ttl = if_not_exists(#ttl, :ttl)'
const HAS_ROOM = '#v = :v AND #ends_at > :now AND #sum <= :room'

const GRANTED: Spend = { kind: 'granted' }

const refused = ({ window }: Charge, until: number): Spend => ({ kind: 'refused', window, until })

/** The window, where it has not ended: DynamoDB drops rows when it gets to it. */
function running(row: Row | undefined, now: number): Window | undefined {
  if (row === undefined || row.whole('ends_at') <= now) return undefined
  return { sum: row.whole('sum'), endsAt: row.whole('ends_at') }
}
