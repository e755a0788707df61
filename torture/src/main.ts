import { parseArgs } from 'node:util'
import { ALL_GUARDED, GUARDS, type Guard, isGuard } from './guards.js'
import { readPlan, retell } from './stories.js'
import { broken, INVARIANTS, type Row, sum, table } from './tally.js'
import { CUTS, PARTS, type TorturePart, torture, tortureWithout } from './torture.js'

/* Faults, crashes, outages and floods, and what the bot makes of them: `npm run torture`. */

const USAGE = `npm run torture -- [--quick] [--json] [--seed <number>] [--only <part>,…] [--break <guard>,…]
                   [--guards] [--story <name> --faults <call>:<fault>,…]

--quick   the short cut, about a minute
--json    the last line is one JSON object with the sums
--seed    repeats a run
--only    ${PARTS.join(', ')}
--break   removes guards, and the table shows it: ${Object.keys(GUARDS).join(', ')}
--story   tells one story again, call by call, with the faults of
--faults  such as 33:crash-before,55:timeout
--guards  removes each guard in turn, and expects its invariant to break`

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    guards: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    seed: { type: 'string' },
    only: { type: 'string' },
    break: { type: 'string' },
    story: { type: 'string' },
    faults: { type: 'string', default: '' },
  },
})

const say = (text: string) => console.error(text)
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))
const removed = values.break === undefined ? ALL_GUARDED : new Set(values.break.split(',').map(guardOf))
const parts = values.only?.split(',').map(partOf) ?? PARTS

if (values.help) console.log(USAGE)
else if (values.story !== undefined) process.exitCode = (await tellAgain(values.story)) ? 0 : 1
else if (values.guards) process.exitCode = (await testGuards()) ? 0 : 1
else process.exitCode = (await tortureAll()) ? 0 : 1

async function tortureAll(): Promise<boolean> {
  say(`seed ${seed}`)
  // What is left undone is waited for, in real time, and only where that was asked for.
  const run = removed.size > 0 && !values.only ? parts.filter((part) => part !== 'crash') : parts
  const rows = await torture({ cut: values.quick ? CUTS.quick : CUTS.full, seed, removed, parts: run, say })
  console.log(table(rows))
  console.log(
    '\nTweets, replies, missed and doubled are counted by the local X, over HTTP; there is no other X in this table.',
  )
  const failed = broken(sum(rows))
  for (const name of failed) console.log(`BROKEN ${name}: ${INVARIANTS[name]}`)
  for (const { findings } of rows) for (const finding of findings) console.log(`  ${finding}`)
  console.log(failed.length === 0 ? 'Every promise holds.' : `Repeat it with --seed ${seed}.`)
  if (values.json) console.log(JSON.stringify({ seed, ...sum(rows), seconds: secondsOf(rows) }))
  return failed.length === 0
}

async function tellAgain(story: string): Promise<boolean> {
  const plan = readPlan(values.faults)
  const { seen, outcomes, telling } = await retell(story, plan, { seed, removed })
  for (const [at, call] of seen.entries()) console.log(`${String(at).padStart(4)} ${call} ${plan.get(at) ?? ''}`)
  for (const [nth, each] of outcomes.entries()) console.log(`tweet ${nth}: ${JSON.stringify(each)}`)
  const failed = broken(telling)
  console.log(failed.length === 0 ? 'Every promise holds.' : `BROKEN ${failed.join(', ')}`)
  return failed.length === 0
}

async function testGuards(): Promise<boolean> {
  say(`seed ${seed}`)
  let all = true
  for (const [guard, { breaks, says }] of Object.entries(GUARDS)) {
    const counted = sum(await tortureWithout(guard as Guard, seed))
    const isRed = counted[breaks] > 0
    all &&= isRed
    console.log(
      `${isRed ? 'red  ' : 'GREEN'} ${guard.padEnd(14)} ${`${breaks} ${counted[breaks]}`.padEnd(14)} where ${says}`,
    )
  }
  console.log(all ? 'Each guard is missed where it is gone.' : 'A guard was removed and nothing noticed.')
  return all
}

function guardOf(name: string): Guard {
  if (isGuard(name)) return name
  throw new Error(`There is no guard "${name}".\n${USAGE}`)
}

function partOf(name: string): TorturePart {
  const part = PARTS.find((one) => one === name)
  if (part) return part
  throw new Error(`There is no part "${name}".\n${USAGE}`)
}

function secondsOf(rows: readonly Row[]): number {
  return Math.round(rows.reduce((all, { seconds }) => all + seconds, 0))
}
