import type { Bounds } from '../policy/charges.js'
import { sweepCharges } from '../policy/charges.js'
import type { Ports } from '../ports/index.js'
import { reserve } from './bill.js'
import { PAGE } from './sweep.js'

/** Whether today's budget has room for one more page of mentions. */
export type SweepRoom = { readonly kind: 'room' } | { readonly kind: 'over-budget'; readonly detail: string }

/** Checks whether the budget allows a sweep now, by reserving the cost of a page and releasing it. */
export async function sweepRoom(
  ports: Pick<Ports, 'budget' | 'now'>,
  { limits, platform }: Bounds,
): Promise<SweepRoom> {
  const charges = sweepCharges('sweep-room', platform.prices.ownedRead * PAGE, limits, ports.now())
  const refused = await reserve(ports, charges)
  await ports.budget.settle(
    charges.map((charge) => ({ ...charge, amount: 0 })),
    ports.now(),
  )
  return refused ? { kind: 'over-budget', detail: refused.detail ?? '' } : { kind: 'room' }
}
