import { parseArgs } from 'node:util'
import { broken, FAULTS, INVARIANTS, type Invariant, type Plan, type Row, sum, table } from '@hexbird/prove/harness'
import { GUARD_NAMES, type Guard, guardsOf, removalOf } from './guards.js'
import { store } from './store.js'
import { readPlan, retell, storyNames } from './stories.js'
import { SUBJECT_NAMES, type SubjectName } from './subject-names.js'
import type { Common } from './subjects.js'
import { CUTS, PARTS, type TortureOptions, type TorturePart, torture, tortureWithout } from './torture.js'
import { UsageError } from './usage-error.js'

/* `npm run torture`: injects faults, crashes, outages and floods, and counts broken promises. */

const USAGE = `npm run torture -- [--quick] [--json] [--store] [--seed <number>] [--bot <name>] [--only <part>,…]
                   [--break <guard>,…] [--story <name> [--faults <call>:<fault>,…]]

--quick   a shorter run, a few minutes
--json    print the totals as one JSON object on the last line
--store   write the table of a full run into docs/promises.md
--seed    repeat the run with this seed
--bot     the bot to test: ${SUBJECT_NAMES.join(', ')}; default photo, which says what is in photos
--only    only these parts: ${PARTS.join(', ')}
--break   remove these guards, to see which promises break (a shorter run):
          ${wrapped(GUARD_NAMES)}
--story   replay one story, call by call:
          ${wrapped([...new Set(SUBJECT_NAMES.flatMap(storyNames))])}
--faults  inject these into the story, such as 33:crash-before,55:timeout. Known faults:
          ${wrapped(FAULTS)}

npm run test:guards removes each guard in turn, and expects its invariant to break.
Exit codes: 0 every promise holds, 1 a promise is broken, 2 usage error.`

/** The parts that use real processes and emulators. */
const SLOW_PARTS: ReadonlySet<TorturePart> = new Set(['aws', 'crash', 'sqlite-crash'])

const say = (text: string) => console.error(text)
process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof UsageError)) throw error
  console.error(`torture: ${error.message}\nRun it with --help for all options.`)
  return 2
})

async function main(): Promise<number> {
  const values = valuesOf(process.argv.slice(2))
  if (values.help) {
    console.log(USAGE)
    return 0
  }
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : seedOf(values.seed)
  const bot = oneOf(values.bot, 'bot', SUBJECT_NAMES)
  const removed = new Set(listOf(values.break).map((name) => oneOf(name, 'guard', GUARD_NAMES)))
  // People sign in with any bot in the same way.
  const all = bot === 'photo' ? PARTS : PARTS.filter((part) => part !== 'sign-in')
  const parts = values.only === undefined ? all : listOf(values.only).map((name) => oneOf(name, 'part', PARTS))
  if (values.faults !== '' && values.story === undefined) throw new UsageError('--faults needs --story.')
  say(`seed ${seed}`)
  if (values.story !== undefined) {
    return (await tellAgain(values.story, readPlan(values.faults), { bot, seed, removed })) ? 0 : 1
  }
  if (values.guards) return (await testGuards(bot, seed)) ? 0 : 1
  // Without a guard, these parts wait in real time for work that nobody does. So they run only if `--only` names them.
  const run = removed.size > 0 && !values.only ? parts.filter((part) => !SLOW_PARTS.has(part)) : parts
  const quick = bot === 'photo' ? CUTS.quick : CUTS.brief
  const cut = values.quick || removed.size > 0 ? quick : CUTS.full
  if (values.store && (cut !== CUTS.full || run.length < PARTS.length || bot !== 'photo'))
    throw new UsageError('--store needs a full run. Leave out --quick, --bot, --only and --break.')
  return (await tortureAll({ cut, bot, seed, removed, parts: run, say }, values)) ? 0 : 1
}

async function tortureAll(
  options: TortureOptions,
  how: { readonly json: boolean; readonly store: boolean },
): Promise<boolean> {
  const rows = await torture(options)
  console.log(table(rows))
  console.log('\nThe local X counted the tweets, the replies, missed, doubled, and what X would have billed.')
  for (const { notes = [] } of rows) for (const note of notes) console.log(note)
  const failed = broken(sum(rows))
  for (const name of failed) console.log(`BROKEN ${name}: ${INVARIANTS[name]}`)
  for (const { findings } of rows) for (const finding of findings) console.log(`  ${finding}`)
  const isWhole = failed.length === 0 && rows.every(({ findings }) => findings.length === 0)
  console.log(isWhole ? 'Every promise holds.' : `Repeat it with --seed ${options.seed}.`)
  if (how.store) await store(rows, options.seed, new Date())
  if (how.json) {
    const recoveryMs = slowest(rows)
    const timed = recoveryMs === undefined ? {} : { recoveryMs }
    console.log(JSON.stringify({ seed: options.seed, ...sum(rows), ...timed, seconds: secondsOf(rows) }))
  }
  return isWhole
}

async function tellAgain(story: string, plan: Plan, options: Common) {
  const { seen, outcomes, telling } = await retell(story, plan, options)
  for (const [at, call] of seen.entries()) console.log(`${String(at).padStart(4)} ${call} ${plan.get(at) ?? ''}`)
  for (const [nth, each] of outcomes.entries()) console.log(`tweet ${nth}: ${JSON.stringify(each)}`)
  const failed = broken(telling)
  console.log(failed.length === 0 ? 'Every promise holds.' : `BROKEN ${failed.join(', ')}`)
  return failed.length === 0
}

async function testGuards(bot: SubjectName, seed: number): Promise<boolean> {
  const green: Guard[] = []
  const shown = new Set<Invariant>()
  const guards = guardsOf(bot)
  for (const guard of guards) {
    const { breaks, says } = removalOf(guard)
    const count = sum(await tortureWithout(guard, { bot, seed }))[breaks]
    if (count > 0) shown.add(breaks)
    else green.push(guard)
    console.log(`${count > 0 ? 'red  ' : 'GREEN'} ${guard.padEnd(14)} ${`${breaks} ${count}`.padEnd(14)} where ${says}`)
  }
  const breakable = guards.map((guard): Invariant => removalOf(guard).breaks)
  const unseen = breakable.filter((name) => !shown.has(name))
  if (unseen.length > 0) console.log(`No guard's removal broke these invariants: ${unseen.join(', ')}.`)
  console.log(
    green.length === 0
      ? `The run noticed the removal of each of ${guards.length} guards, and each of ${shown.size} invariants broke.`
      : `The run did not notice the removal of: ${green.join(', ')}.`,
  )
  return green.length === 0 && unseen.length === 0
}

/** @throws UsageError if an option is unknown */
function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        guards: { type: 'boolean', default: false },
        store: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        seed: { type: 'string' },
        bot: { type: 'string', default: 'photo' },
        only: { type: 'string' },
        break: { type: 'string' },
        story: { type: 'string' },
        faults: { type: 'string', default: '' },
      },
    }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function seedOf(text: string): number {
  const seed = Number(text)
  if (text.trim() === '' || !Number.isSafeInteger(seed) || seed < 0)
    throw new UsageError(`--seed must be a whole number, 0 or more, not "${text}".`)
  return seed
}

function listOf(text: string | undefined): readonly string[] {
  return text?.split(',').map((name) => name.trim()) ?? []
}

function oneOf<Name extends string>(name: string, what: string, known: readonly Name[]): Name {
  const found = known.find((one) => one === name)
  if (found === undefined) throw new UsageError(`Unknown ${what} "${name}". Choose from: ${known.join('; ')}.`)
  return found
}

/** Wraps the names into lines that fit a terminal. */
function wrapped(names: readonly string[]): string {
  const lines = ['']
  for (const name of names) {
    if (`${lines.at(-1)}${name}`.length > 90) lines.push('')
    lines.push(`${lines.pop()}${name}; `)
  }
  return lines
    .map((line) => line.trim())
    .join('\n          ')
    .slice(0, -1)
}

/** Returns the slowest median recovery of all outages, in milliseconds. */
function slowest(rows: readonly Row[]): number | undefined {
  const all = rows.flatMap(({ recoveryMs = [] }) => recoveryMs)
  return all.length === 0 ? undefined : Math.max(...all)
}

function secondsOf(rows: readonly Row[]): number {
  return Math.round(rows.reduce((all, { seconds }) => all + seconds, 0))
}
