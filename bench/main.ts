import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Bench, type BundleSize, isMissed, type Row, tableOf } from './row.js'
import { bytes } from './rows/bytes.js'
import { calls } from './rows/calls.js'
import { coldStart } from './rows/cold-start.js'
import { composer } from './rows/composer.js'
import { crc } from './rows/crc.js'
import { delivery } from './rows/delivery.js'
import { growth } from './rows/growth.js'
import { http } from './rows/http.js'
import { serveAlone } from './server.js'
import { compared, store } from './stored.js'
import { waterfall } from './waterfall.js'

/* Ratios against peers and floors: `npm run bench`. */

/** Each file of `rows/` under the name that `--only` takes. */
const ROWS: Readonly<Record<string, (bench: Bench) => Promise<readonly Row[]>>> = {
  crc,
  delivery,
  composer,
  http,
  growth,
  calls,
  bytes,
  'cold-start': coldStart,
}

const LEAST_ROUNDS = 7

const USAGE = `Usage: npm run bench -- [--only ${Object.keys(ROWS).join('|')}] [--rounds 11] [--compare] [--store] [--trace file.svg] [--json]

  --only     these rows alone; may be said several times
  --rounds   how often each pair is measured, ${LEAST_ROUNDS} at least
  --compare  tells which rows are worse by more than 20 % than in bench/ratios.json
  --store    writes the ratios to bench/ratios.json
  --trace    draws one reply, stage by stage
  --json     the last line is {"rows":[{"row","against","ratio","spread","limit","better","exempt"?}]}`

/** Gives the exit code: 0, 1 where a limit is missed, 2 where nothing was measured. */
export async function bench(
  args: readonly string[],
  root: URL,
  functions: Readonly<Record<string, BundleSize>>,
): Promise<number> {
  const options = optionsFrom(args)
  if (options === undefined) return 2
  const { only, rounds, json } = options
  const say = (line: string) => console.error(line)
  const rows: Row[] = []
  for (const name of only) rows.push(...((await ROWS[name]?.({ root, rounds, functions, say })) ?? []))
  say('')
  console.log(tableOf(rows))
  const ratios = new URL('bench/ratios.json', root)
  if (options.compare) console.log(`\n${compared(ratios, rows)}`)
  if (options.store) store(ratios, rows)
  if (options.trace !== undefined) writeFileSync(new URL(options.trace, root), await waterfall(root))
  if (json) console.log(JSON.stringify({ rows }))
  return rows.some(isMissed) ? 1 : 0
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
        trace: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    })
    const rounds = Number(values.rounds)
    if (!Number.isInteger(rounds) || rounds < LEAST_ROUNDS) throw new Error(`--rounds is ${LEAST_ROUNDS} or more.`)
    const unknown = values.only.filter((name) => !Object.hasOwn(ROWS, name))
    if (unknown.length > 0) throw new Error(`There are no rows ${unknown.join(', ')}.`)
    return { ...values, rounds }
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
    return undefined
  }
}

// Rows over HTTP start this file as a process of its own.
const [, file, command, name] = process.argv
if (file === fileURLToPath(import.meta.url) && command === 'serve' && name !== undefined) await serveAlone(name)
