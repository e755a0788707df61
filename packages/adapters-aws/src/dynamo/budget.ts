import { randomUUID } from 'node:crypto'
import type { Budget, Charge, Reservation, Settlement } from '@hexbird/core/adapter'
import { type Row, text, ttlAt, VERSION, whole } from './row.js'
import { DynamoTable, type DynamoTableOptions } from './table.js'
import { tableKeys } from './tables.js'

/**
 * A budget in the table `<stage>_budget`. Each window has a row with its sum, and with the amount reserved for each
 * unsettled call. Usually, reserving and settling take one write per window and no reads.
 *
 * A refused reservation gives back what it has already charged to other windows. If that fails, the charge stays. If
 * two reserve for the same call at once, one may be refused and give back what the other has just taken over.
 *
 * The client repeats a write whose answer was lost. For a charge with a call, its reserved amount shows that the first
 * write succeeded. For a charge without a call, the row names its last write. If another worker has written in between,
 * the repetition goes unnoticed. Then a charge is made twice, which keeps the limit, or taken back twice, which lets
 * the window exceed its limit by that amount.
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
        // Undo the newest first, because one reservation may raise the same call twice.
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

  /** The loop ends, because each repetition means that another worker has written in between. */
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

  /**
   * Charges a running window with room, or a new one. A new one isn't checked for room, so `amount` must fit the limit.
   */
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

  /** Makes the first charge to a new window whose name belongs to an ended one that DynamoDB hasn't removed yet. */
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

  /** Undoes a charge, unless another worker has raised or settled it in the meantime. */
  async #giveBack({ charge, before }: Added): Promise<void> {
    if (charge.call === undefined) return this.#takeBack(charge)
    await this.#lower(charge, { reserved: charge.amount, less: charge.amount - (before ?? 0), left: before })
  }

  #settle(charge: Settlement): Promise<void> {
    return charge.call === undefined ? this.#takeBack(charge) : this.#endCall(charge)
  }

  /** Usually the caller knows the reserved amount. Each repetition means that another worker has written in between. */
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

  /** If `reserved` is still reserved, takes `less` from the sum and keeps `left` reserved, or removes the call. */
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

  /** Takes a charge back, but only from the same window. A window that ends at another time is a different one. */
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

  /** Sets the sum to zero instead of below zero. */
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

/** A charge that was made. `before` is the amount reserved for the call before it, if any. */
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

/** Each call's reserved amount has its own attribute. Other attributes have no colon in their names. */
const attributeOf = (call: string) => `call:${call}`

const namesOf = ({ call }: Charge): Readonly<Record<string, string>> =>
  call === undefined ? {} : { call: attributeOf(call) }

function reservedIn(row: Row, { call }: Charge): number | undefined {
  if (call === undefined) return undefined
  return row.has(attributeOf(call)) ? row.whole(attributeOf(call)) : undefined
}

/** Returns the window if it hasn't ended. DynamoDB removes expired rows late. */
function running(row: Row | undefined, now: number): Row | undefined {
  return row === undefined || row.whole('ends_at') <= now ? undefined : row
}
