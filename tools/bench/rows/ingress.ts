import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { selfServe2026 } from '@hexbird/core'
import { WEBHOOK_PATH } from '@hexbird/http'
import { type LocalX, startLocalX } from '@hexbird/local-x'
import { folderOnDisk, hexbird, settingsOn, started } from '../processes.js'
import { startRelay } from '../relay.js'
import type { Bench, Row } from '../row.js'

const TWEETS = 10

const { ownedRead, tweetRead, reply } = selfServe2026.prices
/** What X charges for an event that it delivers; the bot pays for none, so its platform does not have it. */
const EVENT = 5_000

/** The least that keeps what is promised. Listing mentions is shared by all that are listed, and is no call of one. */
const LEAST = {
  poll: { calls: ['photo', 'reply'], price: ownedRead + reply },
  stream: { calls: ['look-up', 'photo', 'reply'], price: EVENT + tweetRead + reply },
  webhook: { calls: ['look-up', 'photo', 'reply'], price: EVENT + tweetRead + reply },
} as const

type Ingress = keyof typeof LEAST

/** What `hexbird run` asks of X for the reply to a photo, and what X charges for it, by how the tweet reached it. */
export async function ingress({ root }: Bench): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const name of Object.keys(LEAST) as Ingress[]) {
    const { calls, micro } = await measured(name, root)
    const least = LEAST[name]
    const counted = { spread: 0, limit: 1, better: 'lower' } as const
    rows.push(
      {
        row: `calls to X for one reply with a photo: ${name} (${calls})`,
        against: `the least: ${least.calls.join(', ')}`,
        ratio: calls / least.calls.length,
        ...counted,
      },
      {
        row: `price of one reply with a photo: ${name} (${dollars(micro)})`,
        against: `the least: ${dollars(least.price)}`,
        ratio: micro / least.price,
        ...counted,
      },
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
    const port = await freePort()
    const more = { HEXBIRD_STORE: join(folder, 'store.sqlite'), HEXBIRD_PORT: port, HEXBIRD_LIMIT_PER_DAY: '100' }
    writeFileSync(keys, settingsOn(x, more), { mode: 0o600 })
    const url = ['--webhook-url', `http://127.0.0.1:${port}${WEBHOOK_PATH}`]
    const setup = ['setup', '--from', keys, '--env', settings, '--x', x.url, '--ingress', name]
    await started([hexbird(root), ...setup, ...(name === 'webhook' ? url : [])], /Next: hexbird run/)
    const run = ['run', '--x', relay.url, '--settings', settings, '--every', name === 'poll' ? '1' : '600']
    const bot = await started([hexbird(root), ...run, '--labeler', 'keywords', '--json-logs'], READY[name])
    const [before, from] = [x.bill().total, relay.requests.length]
    const photo = { bytes: new Uint8Array(readFileSync(new URL('packages/local-x/samples/dog.jpg', root))) }
    const ids: string[] = []
    for (let n = 0; n < TWEETS; n++) {
      const tweet = await x.tweet({ as: `person${n}`, text: `@${x.bot.username} what is this?`, photos: [photo] })
      ids.push(tweet.id)
    }
    await answered(x, ids)
    await bot.end('SIGTERM')
    const calls = relay.requests.slice(from).filter(isOfOneReply).length
    return { calls: calls / TWEETS, micro: (x.bill().total - before) / TWEETS }
  } finally {
    await relay.close()
    await x.close()
    rmSync(folder, { recursive: true })
  }
}

/** What the log says when a tweet would come by that way. */
const READY: Readonly<Record<Ingress, RegExp>> = {
  poll: /The bot runs/,
  stream: /The activity stream is connected/,
  webhook: /The bot runs/,
}

const isOfOneReply = (request: string) => / (?:api\.x\.com\/2\/(?:tweets|media)|pbs\.twimg\.com\/)/.test(request)

async function answered(x: LocalX, ids: readonly string[]): Promise<void> {
  const until = performance.now() + 120_000
  while (ids.some((id) => x.repliesTo(id).length === 0)) {
    if (performance.now() > until) throw new Error('Not every tweet was replied to.')
    await after(100)
  }
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `${port}`
}
