import { readFileSync } from 'node:fs'
import type { Dialect } from '@hexbird/adapters-x'
import { startBot } from '../bot.js'
import type { Bench, Row } from '../row.js'

const TWEETS = 10

/** The least that keeps what is promised; `docs/performance.md` says why. */
const LEAST = {
  'x-activity': { photo: ['look-up', 'photo', 'reply'], text: ['look-up', 'reply'] },
  'account-activity': { photo: ['photo', 'reply'], text: ['reply'] },
} as const satisfies Record<Dialect, unknown>

const NAMES = { 'x-activity': 'X Activity', 'account-activity': 'Account Activity' } as const

/** Requests that leave the bot for X, for one tweet that is answered. */
export async function calls({ root }: Bench): Promise<readonly Row[]> {
  const photo = { bytes: new Uint8Array(readFileSync(new URL('packages/local-x/samples/dog.jpg', root))) }
  const rows: Row[] = []
  for (const dialect of ['x-activity', 'account-activity'] as const) {
    for (const kind of ['photo', 'text'] as const) {
      const bot = await startBot({ dialect })
      for (let n = 0; n < TWEETS; n++) {
        const photos = kind === 'photo' ? { photos: [photo] } : {}
        await bot.x.tweet({ as: `person${n}`, text: '@hexbird what is this?', ...photos })
      }
      await bot.idle()
      const made = bot.api.requests.length + bot.media.requests.length
      await bot.close()
      const least = LEAST[dialect][kind]
      rows.push({
        row: `calls to X for one reply: ${NAMES[dialect]}, ${kind === 'photo' ? 'one photo' : 'no photo'} (${made / TWEETS})`,
        against: `the least: ${least.join(', ')}`,
        ratio: made / TWEETS / least.length,
        spread: 0,
        limit: 1,
        better: 'lower',
      })
    }
  }
  return rows
}
