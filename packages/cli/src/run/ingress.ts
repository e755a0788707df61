import { defaultLimits, type Ports, selfServe2026, sweep } from '@hexbird/core'
import { keepAsking, type Pace } from './asking.js'
import type { IngressName } from './ingress-names.js'
import type { Log } from './log.js'
import { createSweptTeller } from './tell-swept.js'

const SECOND = 1000
const MINUTE = 60 * SECOND

/** A webhook brings tweets by itself; asking finds what it missed. */
const PACES: Readonly<Record<IngressName, Pace>> = {
  poll: { every: 30 * SECOND, lookBackEvery: 10 * MINUTE },
  webhook: { every: 5 * MINUTE, lookBackEvery: 0 },
}

/** The least that X lists on a page. As a rule there is nothing new, and money for a page is reserved as if it were full. */
const FIRST_PAGE = 5

export interface IngressOptions {
  readonly ingress: IngressName
  readonly every: number | undefined
  readonly botId: string
  readonly log: Log
}

/** Brings tweets into the inbox until the function that it gives is called, which resolves when nothing of it runs. */
export function startIngress(
  ports: Pick<Ports, 'mentions' | 'cursor' | 'inbox' | 'budget' | 'killSwitch' | 'now'>,
  { ingress, every, botId, log }: IngressOptions,
): () => Promise<void> {
  const pace = PACES[ingress]
  const options = { bot: { id: botId }, limits: defaultLimits, platform: selfServe2026, firstPage: FIRST_PAGE }
  return keepAsking(
    (lookBack) => sweep(ports, lookBack ? options : { ...options, overlap: 0 }),
    { ...pace, every: every ?? pace.every },
    createSweptTeller(log),
  )
}
