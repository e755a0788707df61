import { rmSync } from 'node:fs'
import autocannon from 'autocannon'
import { requestsWith, type Sample, sampleDeliveries } from '../deliveries.js'
import { inRounds, inTurn, median, ratioOf } from '../pairs.js'
import { folderOnDisk, startServer } from '../processes.js'
import type { Bench, Row } from '../row.js'
import type { ServerName } from '../server.js'

const LEAST_OF_FLOOR = 0.8
const LEAST_OF_FLOOR_ON_DISK = 0.5
const CONNECTIONS = 20
/** Each round takes the best of this many turns, because other load only lowers the throughput. */
const TURNS = 8
const SECONDS = 0.25
/** So many processes of each server share the rounds, because one may be slower than the next for as long as it lives. */
const PROCESSES = 4
/** How often autocannon checks whether it's done, in milliseconds. */
const SAMPLE = 10

/** Compares the requests per second for deliveries over loopback to a separate process. */
export async function http({ root, rounds, say }: Bench): Promise<readonly Row[]> {
  const samples = await sampleDeliveries(root)
  return [
    await compared({
      row: 'deliveries per second over HTTP, into the memory queue',
      against: 'the same server: createHmac, JSON.parse, 200',
      names: ['webhook', 'floor'],
      limit: LEAST_OF_FLOOR,
    }),
    await compared({
      row: 'deliveries per second over HTTP, onto the disk',
      against: 'the same server: createHmac, JSON.parse, one synced insert into SQLite, 200',
      names: ['webhookOnDisk', 'floorOnDisk'],
      limit: LEAST_OF_FLOOR_ON_DISK,
    }),
  ]

  async function compared({ names, ...row }: Pick<Row, 'row' | 'against' | 'limit'> & { readonly names: Pair }) {
    const rates = { ours: [] as number[], other: [] as number[] }
    for (let process = 0; process < PROCESSES; process++) {
      const turns = await turnsOf(names, Math.ceil(rounds / PROCESSES) * TURNS)
      rates.ours.push(...inRounds(turns.ours, TURNS, Math.max))
      rates.other.push(...inRounds(turns.other, TURNS, Math.max))
    }
    const [rate, floor] = [median(rates.ours), median(rates.other)]
    say(`${row.row}: ${rate.toFixed(0)}, the floor ${floor.toFixed(0)}`)
    return { ...row, ...ratioOf(rates.ours, rates.other), better: 'higher' as const }
  }

  async function turnsOf(names: Pair, turns: number) {
    const folder = folderOnDisk(root)
    const servers = await Promise.all(names.map((name) => startServer(name, folder)))
    const [ours, other] = servers.map(
      ({ url }) =>
        () =>
          requestsPerSecond(url, samples),
    )
    try {
      if (!ours || !other) throw new Error('No server has started.')
      return await inTurn({ ours, other }, turns)
    } finally {
      await Promise.all(servers.map(({ end }) => end('SIGTERM')))
      rmSync(folder, { recursive: true })
    }
  }
}

type Pair = readonly [ours: ServerName, other: ServerName]

async function requestsPerSecond(url: string, samples: readonly Sample[]): Promise<number> {
  const requests = requestsWith(samples)
  const began = performance.now()
  const result = await autocannon({ url, connections: CONNECTIONS, duration: SECONDS, sampleInt: SAMPLE, requests })
  const seconds = (performance.now() - began) / 1000
  if (result.errors + result.timeouts + result.non2xx > 0) throw new Error(`A delivery to ${url} was not taken.`)
  return result['2xx'] / seconds
}
