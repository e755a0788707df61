import { readFileSync } from 'node:fs'
import type { Dialect } from '@hexbird/adapters-x'
import { intercepted, startBot, type Wrap } from '../bot.js'
import { NAMES } from '../deliveries.js'
import { type Bench, counted, type Row } from '../row.js'

const TWEETS = 10

/** The minimum that keeps the promises; `docs/performance.md` says why. */
const LEAST = {
  'x-activity': { photo: ['lookup', 'photo', 'reply'], text: ['lookup', 'reply'] },
  'account-activity': { photo: ['photo', 'reply'], text: ['reply'] },
} as const satisfies Record<Dialect, unknown>

/** Calls to the stores for one reply before money was reserved by call, each window of the budget being one. */
const STORES_BEFORE = {
  'x-activity': { photo: 33, text: 25 },
  'account-activity': { photo: 30, text: 22 },
} as const satisfies Record<Dialect, unknown>

const STORES = ['blobs', 'ledger', 'budget', 'killSwitch', 'optOuts']

/** Counts the requests to X and the calls to the stores for one answered tweet. */
export async function calls({ root }: Bench): Promise<readonly Row[]> {
  const photo = { bytes: new Uint8Array(readFileSync(new URL('packages/local-x/samples/dog.jpg', root))) }
  const rows: Row[] = []
  for (const dialect of ['x-activity', 'account-activity'] as const) {
    for (const kind of ['photo', 'text'] as const) {
      let stored = 0
      const bot = await startBot({ dialect, wrap: counting((calls) => (stored += calls)) })
      for (let n = 0; n < TWEETS; n++) {
        const photos = kind === 'photo' ? { photos: [photo] } : {}
        await bot.x.tweet({ as: `person${n}`, text: '@hexbird what is this?', ...photos })
      }
      await bot.idle()
      const made = bot.api.requests.length + bot.media.requests.length
      await bot.close()
      const least = LEAST[dialect][kind]
      const before = STORES_BEFORE[dialect][kind]
      const what = `for one reply: ${NAMES[dialect]}, ${kind === 'photo' ? 'one photo' : 'no photo'}`
      rows.push(
        counted(
          `calls to X ${what} (${made / TWEETS})`,
          `the minimum: ${least.join(', ')}`,
          made / TWEETS / least.length,
        ),
        counted(
          `calls to the stores ${what} (${stored / TWEETS})`,
          `before money was reserved by call: ${before}`,
          stored / TWEETS / before,
        ),
      )
    }
  }
  return rows
}

/**
 * Counts calls to the stores. For the budget, each window counts, because it is a row. The owner is read once a
 * process.
 */
function counting(count: (calls: number) => void): Wrap {
  return (name, port) => {
    if (!STORES.includes(name)) return port
    return intercepted(port, (method, call, given) => {
      if (method !== 'claimStore') count(Array.isArray(given[0]) ? given[0].length : 1)
      return call()
    })
  }
}
