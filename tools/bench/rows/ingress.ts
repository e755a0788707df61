import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { selfServe2026 } from '@hexbird/core'
import { WEBHOOK_PATH } from '@hexbird/http'
import { startLocalX } from '@hexbird/local-x'
import { freePort } from '@hexbird/testkit/free-port'
import { folderOnDisk, hexbird, settingsOn, started } from '../processes.js'
import { startRelay } from '../relay.js'
import { type Bench, counted, type Row } from '../row.js'

/** Photos of different things, because X rejects the same text as a duplicate, and a poll doesn't say whom to greet. */
const PHOTOS = ['dog', 'bird', 'plant']

const { ownedRead, tweetRead, reply } = selfServe2026.prices
/**
 * What X charges for delivering an event. The bot's platform doesn't include it, because the bot's budget doesn't count
 * it.
 */
const EVENT = 5_000

/** Of a bot that X delivers to. */
const DELIVERED = { calls: ['lookup', 'photo', 'reply'], price: EVENT + tweetRead + reply }

/**
 * The minimum that keeps the promises, the log line that shows that the ingress is ready, and how often mentions are
 * listed at the start: with the stream, once more when it's connected. Listing mentions doesn't count, because all listed
 * tweets share that call.
 */
const LEAST = {
  poll: { calls: ['photo', 'reply'], price: ownedRead + reply, ready: /The bot is running/, listings: 1 },
  stream: { ...DELIVERED, ready: /The activity stream is connected/, listings: 2 },
  webhook: { ...DELIVERED, ready: /The bot is running/, listings: 1 },
}

type Ingress = keyof typeof LEAST

/** Measures the calls of `hexbird run` to X for a reply to a photo, and their price, for each ingress. */
export async function ingress({ root }: Bench): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const name of Object.keys(LEAST) as Ingress[]) {
    const { calls, micro } = await measured(name, root)
    const least = LEAST[name]
    rows.push(
      counted(
        `calls to X for one reply with a photo: ${name} (${calls})`,
        `the minimum: ${least.calls.join(', ')}`,
        calls / least.calls.length,
      ),
      counted(
        `price of one reply with a photo: ${name} (${dollars(micro)})`,
        `the minimum: ${dollars(least.price)}`,
        micro / least.price,
      ),
    )
  }
  return rows
}

const dollars = (micro: number) => `$${(micro / 1e6).toFixed(3)}`

async function measured(name: Ingress, root: URL) {
  const folder = folderOnDisk(root)
  const x = await startLocalX({ rateLimits: false, keepMetadata: true })
  const relay = await startRelay(x.port)
  try {
    const [keys, settings] = [join(folder, 'keys'), join(folder, '.env')]
    const port = String(await freePort())
    const more = { HEXBIRD_STORE: join(folder, 'store.sqlite'), HEXBIRD_PORT: port, HEXBIRD_LIMIT_PER_DAY: '100' }
    writeFileSync(keys, settingsOn(x, more), { mode: 0o600 })
    const url = ['--webhook-url', `http://127.0.0.1:${port}${WEBHOOK_PATH}`]
    const setup = ['setup', '--from', keys, '--env', settings, '--x', x.url, '--ingress', name]
    await started([hexbird(root), ...setup, ...(name === 'webhook' ? url : [])], /Next: .* run/)
    const run = ['run', '--x', relay.url, '--settings', settings, '--every', name === 'poll' ? '1' : '600']
    const bot = await started([hexbird(root), ...run, '--labeler', 'keywords', '--json-logs'], LEAST[name].ready)
    await until(() => relay.requests.filter((request) => request.endsWith('/mentions')).length >= LEAST[name].listings)
    // From now on, listing finds nothing.
    await after(1000)
    const [before, from] = [x.bill().total, relay.requests.length]
    const ids: string[] = []
    for (const photoName of PHOTOS) {
      const photo = { bytes: new Uint8Array(readFileSync(new URL(`packages/local-x/samples/${photoName}.jpg`, root))) }
      const text = `@${x.bot.username} what is this?`
      ids.push((await x.tweet({ as: `${photoName}_person`, text, photos: [photo] })).id)
    }
    await until(() => ids.every((id) => x.repliesTo(id).length > 0))
    await bot.end('SIGTERM')
    const calls = relay.requests.slice(from).filter(isOfOneReply).length
    return { calls: calls / PHOTOS.length, micro: (x.bill().total - before) / PHOTOS.length }
  } finally {
    await relay.close()
    await x.close()
    rmSync(folder, { recursive: true })
  }
}

const isOfOneReply = (request: string) => / (?:api\.x\.com\/2\/(?:tweets|media)|pbs\.twimg\.com\/)/.test(request)

async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 120_000
  while (!isSo()) {
    if (performance.now() > end) throw new Error('What was waited for did not come about within two minutes.')
    await after(100)
  }
}
