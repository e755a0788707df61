import { randomUUID } from 'node:crypto'
import type { Budget, Charge, Reservation, Settlement } from '@hexbird/core/adapter'
import { type Row, text, ttlAt, VERSION, whole } from './row.js'
import { DynamoTable, type DynamoTableOptions } from './table.js'
import { tableKeys } from './tables.js'

/**
 * A budget, one row for each window, in the table `<stage>_budget`: the window's sum and, for each call that has not been
 * settled, what is reserved for it. In the common case reserving and settling write once for each window and read nothing.
 *
 * A refused reservation gives back what it had newly charged to the windows before. If that fails, it stays charged. Of
 * two that reserve for the same call at once, one may be refused and give back what the other has just taken over.
 *
 * The client repeats a write whose answer was lost. What is reserved for a call shows that it was written. For charges
 * without a call each row names its last write; if somebody else has written in between, the repetition goes unnoticed:
 * then a charge is made twice, which keeps the limit, or taken back twice, which lets the window pass its limit by that
 * one amount.
 */
export class DynamoBudget implements Budget {
  readonly #table: DynamoTable

  constructor(options: DynamoTableOptions) {
    this.#table = new DynamoTable(options, tableKeys.budget)
  }

  async reserve(charges: readonly Charge[], now: number): Promise<Reservation> {
    const added: Added[] = []
    for (const charge of charges) {
      const step = await this.#charge(charge, now)
      if (step.kind === 'refused') {
        // Newest first: one reservation may raise the same call twice.
        for (const each of added.reverse()) await this.#giveBack(each)
        return step
      }
      if (step.kind === 'added') added.push(step)
    }
    return { kind: 'granted' }
  }

  async settle(charges: readonly Settlement[], now: number): Promise<void> {
    const running = charges.filter(({ endsAt }) => now < endsAt)
    const settled = await Promise.allSettled(running.map((charge) => this.#settle(charge)))
    for (const each of settled) if (each.status === 'rejected') throw each.reason
  }

  removeAll(): Promise<void> {
    return this.#table.removeAll()
  }

  /** Comes to an end: each further turn means that somebody else has written in between. */
  async #charge(charge: Charge, now: number): Promise<Step> {
    const write = randomUUID()
    let before: number | undefined
    for (;;) {
      const added: Added = { kind: 'added', charge, before }
      if (before === undefined) {
        if (charge.amount <= charge.limit && (await this.#add(charge, now, write))) return added
      } else if (await this.#raise(charge, before, now, write)) return added
      const row = await this.#table.get(charge.window)
      const window = running(row, now)
      const reserved = window && reservedIn(window, charge)
      if (window?.text('last_write') === write && (charge.call === undefined || reserved === charge.amount))
        return added
      if (reserved !== undefined && charge.amount <= reserved) return { kind: 'taken over' }
      const [sum, endsAt] = window ? [window.whole('sum'), window.whole('ends_at')] : [0, charge.endsAt]
      if (charge.amount - (reserved ?? 0) > charge.limit - sum) return { kind: 'refused', charge, until: endsAt }
      before = reserved
      if (row && !window && (await this.#reopen(charge, now, write))) return { ...added, before }
    }
  }

  /** To a window that runs and has room, or to a new one, which is not asked for room: `amount` has to fit into the limit. */
  #add(charge: Charge, now: number, write: string): Promise<boolean> {
    const { window, call, amount, limit, endsAt } = charge
    const setCall = call === undefined ? '' : ', #call = :amount'
    const once = call === undefined ? '#last_write <> :write' : 'attribute_not_exists(#call)'
    return this.#table.change(window, {
      update: `SET ${IF_NEW}, #last_write = :write${setCall} ADD #sum :amount`,
      condition: `attribute_not_exists(#window_name) OR (${HAS_ROOM} AND ${once})`,
      names: namesOf(charge),
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

  #raise(charge: Charge, before: number, now: number, write: string): Promise<boolean> {
    const more = charge.amount - before
    return this.#table.change(charge.window, {
      update: 'SET #call = :amount, #last_write = :write ADD #sum :more',
      condition: `${HAS_ROOM} AND #call = :before`,
      names: namesOf(charge),
      values: {
        amount: whole(charge.amount),
        before: whole(before),
        more: whole(more),
        room: whole(charge.limit - more),
        now: whole(now),
        write: text(write),
        v: { N: VERSION },
      },
    })
  }

  /** The first charge after a window of the same name that has ended, and that DynamoDB has not dropped yet. */
  #reopen({ window, call, amount, endsAt }: Charge, now: number, write: string): Promise<boolean> {
    return this.#table.put(
      window,
      {
        sum: whole(amount),
        ends_at: whole(endsAt),
        ttl: ttlAt(endsAt),
        last_write: text(write),
        ...(call !== undefined && { [attributeOf(call)]: whole(amount) }),
      },
      { condition: '#v = :v AND #ends_at <= :now', values: { now: whole(now), v: { N: VERSION } } },
    )
  }

  /** Makes it what it was before; where somebody else has raised or settled it meanwhile, it stays. */
  async #giveBack({ charge, before }: Added): Promise<void> {
    if (charge.call === undefined) return this.#takeBack(charge)
    await this.#lower(charge, { reserved: charge.amount, less: charge.amount - (before ?? 0), left: before })
  }

  #settle(charge: Settlement): Promise<void> {
    return charge.call === undefined ? this.#takeBack(charge) : this.#endCall(charge)
  }

  /** Mostly the caller knows what is reserved. Each further turn means that somebody else has written in between. */
  async #endCall(charge: Settlement): Promise<void> {
    const hint = charge.reserved ?? charge.amount
    if (await this.#lower(charge, { reserved: hint, less: Math.max(0, hint - charge.amount) })) return
    for (;;) {
      const row = await this.#table.get(charge.window)
      const reserved = row?.whole('ends_at') === charge.endsAt ? reservedIn(row, charge) : undefined
      if (row === undefined || reserved === undefined) return
      const less = Math.min(Math.max(0, reserved - charge.amount), row.whole('sum'))
      if (await this.#lower(charge, { reserved, less })) return
    }
  }

  /** Where `reserved` is what is reserved: takes `less` from the sum and leaves `left` reserved, or forgets the call. */
  #lower(charge: Charge, { reserved, less, left }: Lowering): Promise<boolean> {
    const sets = left === undefined ? 'REMOVE #call' : 'SET #call = :left'
    return this.#table.change(charge.window, {
      update: less === 0 ? sets : `${sets} ADD #sum :back`,
      condition: `${IS_WINDOW} AND #call = :reserved${less === 0 ? '' : ' AND #sum >= :less'}`,
      names: namesOf(charge),
      values: {
        reserved: whole(reserved),
        ends_at: whole(charge.endsAt),
        v: { N: VERSION },
        ...(left !== undefined && { left: whole(left) }),
        ...(less !== 0 && { less: whole(less), back: whole(-less) }),
      },
    })
  }

  /** Only from the very window that was charged: what has ended, or ends at another time, is none of it. */
  async #takeBack({ window, amount, endsAt }: Charge): Promise<void> {
    const write = randomUUID()
    for (;;) {
      if (await this.#subtract({ window, amount, endsAt }, write)) return
      const row = await this.#table.get(window)
      if (row?.whole('ends_at') !== endsAt || row.text('last_write') === write) return
      if (row.whole('sum') < amount && (await this.#empty({ window, amount, endsAt }, write))) return
    }
  }

  #subtract({ window, amount, endsAt }: Uncalled, write: string): Promise<boolean> {
    return this.#table.change(window, {
      update: 'ADD #sum :back SET #last_write = :write',
      condition: `${IS_WINDOW} AND #sum >= :amount AND #last_write <> :write`,
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
  #empty({ window, amount, endsAt }: Uncalled, write: string): Promise<boolean> {
    return this.#table.change(window, {
      update: 'SET #sum = :nothing, #last_write = :write',
      condition: `${IS_WINDOW} AND #sum < :amount`,
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

/** `before` is what was reserved for the call, where something was. */
interface Added {
  readonly kind: 'added'
  readonly charge: Charge
  readonly before: number | undefined
}

type Step = Added | { readonly kind: 'taken over' } | Extract<Reservation, { kind: 'refused' }>

interface Lowering {
  readonly reserved: number
  readonly less: number
  readonly left?: number | undefined
}

type Uncalled = Pick<Charge, 'window' | 'amount' | 'endsAt'>

const IF_NEW = '#v = :v, #ends_at = if_not_exists(#ends_at, :ends_at), #ttl = if_not_exists(#ttl, :ttl)'
const HAS_ROOM = '#v = :v AND #ends_at > :now AND #sum <= :room'
const IS_WINDOW = '#v = :v AND #ends_at = :ends_at'

/** What is reserved for a call is an attribute of its own. No name of another attribute has a colon. */
const attributeOf = (call: string) => `call:${call}`

const namesOf = ({ call }: Charge): Readonly<Record<string, string>> =>
  call === undefined ? {} : { call: attributeOf(call) }

function reservedIn(row: Row, { call }: Charge): number | undefined {
  if (call === undefined) return undefined
  return row.has(attributeOf(call)) ? row.whole(attributeOf(call)) : undefined
}

/** The window, where it has not ended: DynamoDB drops rows when it gets to it. */
function running(row: Row | undefined, now: number): Row | undefined {
  return row === undefined || row.whole('ends_at') <= now ? undefined : row
}
