import type { BotPorts } from '@hexbird/core'

/** What keeps the promises of a year, by name: what is done without it, and what is then not 0. */
export const YEAR_GUARDS = {
  'catch-up': { breaks: 'doubled', says: 'at a start, the bot does not ask X for replies that the store has lost' },
  ledger: { breaks: 'doubled', says: 'the ledger does not find replies that were started or posted' },
  retry: { breaks: 'missed', says: 'failed work counts as done' },
  budget: { breaks: 'overspent', says: 'the budget allows everything' },
  photos: { breaks: 'photosLeft', says: 'nothing that is stored is removed' },
} as const

export type YearGuard = keyof typeof YEAR_GUARDS
export type YearGuards = ReadonlySet<YearGuard>

type Guarded = Pick<BotPorts, 'ledger' | 'budget' | 'blobs'>

export function without<Ports extends Guarded>(ports: Ports, removed: YearGuards): Ports {
  const { ledger, budget, blobs } = ports
  return {
    ...ports,
    ...(removed.has('ledger') && {
      ledger: {
        find: async () => undefined,
        claim: async () => ({ kind: 'acquired' as const }),
        settle: (...args) => ledger.settle(...args),
        release: (...args) => ledger.release(...args),
        forgetAuthor: (...args) => ledger.forgetAuthor(...args),
        removeAll: (...args) => ledger.removeAll(...args),
      },
    }),
    ...(removed.has('budget') && {
      budget: {
        reserve: async () => ({ kind: 'granted' as const }),
        settle: (...args) => budget.settle(...args),
        removeAll: (...args) => budget.removeAll(...args),
      },
    }),
    ...(removed.has('photos') && {
      blobs: {
        put: (...args) => blobs.put(...args),
        get: (key) => blobs.get(key),
        remove: async () => {},
        removeAll: async () => {},
      },
    }),
  }
}
