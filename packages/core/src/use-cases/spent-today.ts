import { type Limits, sweepCharges } from '../policy/charges.js'
import type { Charge, Spending } from '../ports/budget.js'
import type { Now } from '../ports/clock.js'

/** The amount that is spent or reserved, and the limit, in micro-dollars. */
export interface Spent {
  readonly spent: number
  readonly limit: number
}

/** Reads today's spending, and the sweeps' share of it. A day ends at midnight UTC. */
export async function spentToday(
  { spending, now }: { readonly spending: Spending; readonly now: Now },
  limits: Limits,
): Promise<Readonly<Record<'day' | 'sweep', Spent>>> {
  const sumOf = async ({ window, limit }: Charge): Promise<Spent> => ({ spent: await spending.spent(window), limit })
  const [sweep, day] = sweepCharges('', 0, limits, now())
  return { day: await sumOf(day), sweep: await sumOf(sweep) }
}
