import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { fill, machine, rowsAsMarkdown } from './page.js'
import { type Bench, type BundleSize, isMissed, type Row, tableOf } from './row.js'
import { bytes } from './rows/bytes.js'
import { calls } from './rows/calls.js'
import { coldStart } from './rows/cold-start.js'
import { composer } from './rows/composer.js'
import { crc } from './rows/crc.js'
import { delivery } from './rows/delivery.js'
import { detector } from './rows/detector.js'
import { growth } from './rows/growth.js'
import { handlers } from './rows/handlers.js'
import { http } from './rows/http.js'
import { ingress } from './rows/ingress.js'
import { run } from './rows/run.js'
import { serveAlone } from './server.js'
import { compared, store } from './stored.js'
import { waterfall } from './waterfall.js'

/* `npm run bench`: measures hexbird against baselines and other libraries, as ratios. */

/** The files of `rows/`, by the names that `--only` takes. */
const ROWS: Readonly<Record<string, (bench: Bench) => Promise<readonly Row[]>>> = {
  crc,
  delivery,
  composer,
  http,
  run,
  growth,
  handlers,
  detector,
  calls,
  ingress,
  bytes,
  'cold-start': coldStart,
}

const LEAST_ROUNDS = 7

const HERE = fileURLToPath(import.meta.url)

const USAGE = `Usage: npm run bench -- [--only ${Object.keys(ROWS).join('|')}] [--rounds 11] [--compare] [--store] [--json]

  --only     measure only these rows; repeat it for several
  --rounds   how often to measure each pair, at least ${LEAST_ROUNDS}
  --compare  list the rows that are more than 20 % worse than in tools/bench/ratios.json; exits with 1 if there are any
  --store    write the ratios to tools/bench/ratios.json; if all rows were measured, also update the tables and the
             picture of docs/performance.md
  --json     print the rows on the last line: {"rows":[{"row","against","ratio","spread","limit","better","exempt"?}]}`

/** Returns the exit code: 0, 1 if a row misses its limit or got much worse, 2 for a usage error. */
export async function bench(
  args: readonly string[],
  root: URL,
  functions: Readonly<Record<string, BundleSize>>,
): Promise<number> {
  const options = optionsFrom(args)
  if (options === undefined) return 2
  const { only, rounds, json } = options
  const rows: Row[] = []
  const notes: Record<string, string> = {}
  for (const name of only) {
    const measured = await measureApart(name, { root: root.href, rounds, functions })
    rows.push(...measured.rows)
    Object.assign(notes, measured.notes)
  }
  console.error('')
  console.log(tableOf(rows))
  const ratios = new URL('tools/bench/ratios.json', root)
  const comparison = options.compare ? compared(ratios, rows) : undefined
  if (comparison) console.log(`\n${comparison.says}`)
  if (options.store) {
    store(ratios, rows)
    if (only.length === Object.keys(ROWS).length) await writePage(root, rows, { ...notes, machine: machine(rounds) })
  }
  if (json) console.log(JSON.stringify({ rows }))
  return rows.some(isMissed) || (comparison?.worse ?? 0) > 0 ? 1 : 0
}

interface Wanted {
  readonly root: string
  readonly rounds: number
  readonly functions: Bench['functions']
}

interface Measured {
  readonly rows: readonly Row[]
  readonly notes: Readonly<Record<string, string>>
}

/** Measures in a new process, so that one file's heap and compiled code don't affect the times of the next. */
async function measureApart(name: string, wanted: Wanted): Promise<Measured> {
  const child = fork(HERE, ['measure', name])
  child.send(wanted)
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The rows of ${name} were not measured: their process ended with ${code}.`)
  })
  const [measured] = await Promise.race([once(child, 'message'), ended])
  return measured as Measured
}

async function measureHere(name: string): Promise<void> {
  process.on('disconnect', () => process.exit())
  const [{ root, ...wanted }] = (await once(process, 'message')) as [Wanted]
  const notes: Record<string, string> = {}
  const note = (place: string, text: string) => {
    notes[place] = text
  }
  const say = (line: string) => console.error(line)
  const rows = (await ROWS[name]?.({ ...wanted, root: new URL(root), say, note })) ?? []
  process.send?.({ rows, notes } satisfies Measured, () => process.exit())
}

/** Updates the page. All its figures come from one run. */
async function writePage(root: URL, rows: readonly Row[], notes: Readonly<Record<string, string>>): Promise<void> {
  const page = new URL('docs/performance.md', root)
  fill(page, 'rows', rowsAsMarkdown(rows))
  for (const [place, text] of Object.entries(notes)) fill(page, place, text)
  writeFileSync(new URL('docs/waterfall.svg', root), await waterfall(root))
}

function optionsFrom(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string', multiple: true, default: Object.keys(ROWS) },
        rounds: { type: 'string', default: '11' },
        compare: { type: 'boolean', default: false },
        store: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    })
    const rounds = Number(values.rounds)
    if (!Number.isInteger(rounds) || rounds < LEAST_ROUNDS) throw new Error(`--rounds must be ${LEAST_ROUNDS} or more.`)
    const unknown = values.only.filter((name) => !Object.hasOwn(ROWS, name))
    if (unknown.length > 0) throw new Error(`Unknown rows: ${unknown.join(', ')}.`)
    return { ...values, rounds }
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
    return undefined
  }
}

// This file also runs as a child process, which measures one file of rows or serves HTTP.
const [, file, command, name, folder] = process.argv
if (file === HERE && name !== undefined) {
  if (command === 'serve') await serveAlone(name, folder)
  if (command === 'measure') await measureHere(name)
}
