import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { UsageError } from '../usage-error.js'
import { growth } from './growth.js'
import { YEAR_GUARDS, type YearGuard } from './guards.js'
import { INCIDENTS, type IncidentName } from './incidents.js'
import { liveThrough, type Year } from './year.js'

/* `npm run year`: runs a bot on one machine for a year of virtual time. */

const GUARDS = Object.keys(YEAR_GUARDS) as readonly YearGuard[]
const NAMES = Object.keys(INCIDENTS) as readonly IncidentName[]

const USAGE = `npm run year -- [--days <number>] [--seed <number>] [--json] [--only <incident>,…] [--break <guard>,…]

--days    default 365; 30 are enough for every incident to happen once
--seed    repeat the run with this seed
--json    print the result as one JSON object on the last line
--only    only these incidents: ${NAMES.join('; ')}
--break   remove these guards; without them:
          ${GUARDS.map((name) => `${name}: ${YEAR_GUARDS[name].says}`).join('\n          ')}

Exit codes: 0 every promise holds, 1 a promise is broken, 2 usage error.`

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof UsageError)) throw error
  console.error(`year: ${error.message}\nRun it with --help for all options.`)
  return 2
})

async function main(): Promise<number> {
  const values = valuesOf(process.argv.slice(2))
  if (values.help) {
    console.log(USAGE)
    return 0
  }
  const days = numberOf('days', values.days, 365)
  const seed = numberOf('seed', values.seed, Math.floor(Math.random() * 2 ** 31))
  const removed = new Set(listOf('guard', values.break, GUARDS))
  const only = listOf('incident', values.only, NAMES)
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  console.error(`seed ${seed}`)
  const begun = performance.now()
  const year = await liveThrough({
    days,
    seed,
    removed,
    ...(only.length > 0 && { only }),
    thread: fileURLToPath(new URL('world-thread.mjs', import.meta.url)),
    collectGarbage,
    say: (text) => console.error(text),
  })
  const seconds = Math.round((performance.now() - begun) / 1000)
  return report(year, seed, seconds, values.json) ? 0 : 1
}

function report(year: Year, seed: number, seconds: number, json: boolean): boolean {
  const { days, tweets, replies, refused, excused, missed, doubled, photosLeft, overspent, restarts, kills } = year
  const { reasons, findings, bytes, heap, diskFull, redriven, dearestDay, onTop } = year
  for (const finding of findings) console.log(finding)
  console.log(
    `Reasons: ${Object.entries(reasons)
      .map(([reason, count]) => `${reason} ${count}`)
      .join(', ')}.`,
  )
  console.log(`${excused} tweets are excused: X was out of reach until they were too old to answer.`)
  console.log(
    `The most expensive day cost $${(dearestDay / 1e6).toFixed(2)}; ${diskFull} writes hit a full disk; ${redriven} dead letters were retried.`,
  )
  console.log(
    `Reading the timeline after a loss of the store cost $${(onTop / 1e6).toFixed(2)} beyond the limits of those days.`,
  )
  const grown = [growth('The file', bytes), growth('The heap', heap)].flatMap((each) => each ?? [])
  for (const each of grown) console.log(each)
  const counted = { missed, doubled, photosLeft, overspent }
  const isWhole = Object.values(counted).every((count) => count === 0) && grown.length === 0
  console.log(isWhole ? 'Every promise holds.' : `Repeat it with --seed ${seed} --days ${days}.`)
  if (json) {
    const last = { bytes: bytes.at(-1), heap: heap.at(-1), seed, excused, kills, seconds }
    console.log(JSON.stringify({ days, tweets, replies, refused, ...counted, restarts, ...last }))
  }
  return isWhole
}

/** @throws UsageError if an option is unknown */
function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        days: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'boolean', default: false },
        only: { type: 'string' },
        break: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function numberOf(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  if (!/^\d{1,10}$/.test(text)) throw new UsageError(`--${name} must be a whole number, not "${text}".`)
  return Number(text)
}

function listOf<Name extends string>(what: string, text: string | undefined, known: readonly Name[]): readonly Name[] {
  return (text?.split(',') ?? []).map((each) => {
    const found = known.find((one) => one === each.trim())
    if (found === undefined) throw new UsageError(`Unknown ${what} "${each}". Choose from: ${known.join('; ')}.`)
    return found
  })
}
