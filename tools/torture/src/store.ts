import { readFile, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { INVARIANT_NAMES, type Row, sum, type Tally } from '@hexbird/prove/harness'
import { ROOT } from './root.js'

const PAGE = new URL('docs/promises.md', ROOT)
const [BEGIN, END] = ['<!-- figures -->', '<!-- /figures -->']

const SHOWN = [
  ['stories', 'stories'],
  ['faults', 'faults'],
  ['crashes', 'crashes'],
  ['kills', 'by SIGKILL'],
  ['deliveries', 'deliveries'],
  ['tweets', 'tweets'],
  ['replies', 'replies'],
  ['refused', 'refused'],
  ['deadLetters', 'dead letters'],
  ['missed', 'missed'],
  ['doubled', 'doubled'],
  ['photosLeft', 'photos left'],
  ['overspent', 'overspent'],
] as const satisfies readonly (readonly [keyof Tally, string])[]

/** Writes the table of a whole run into the page of promises. */
export async function store(rows: readonly Row[], seed: number, now: Date): Promise<void> {
  const seconds = Math.round(rows.reduce((all, row) => all + row.seconds, 0))
  const cores = cpus()
  const machine = `${cores.length} cores (${cores[0]?.model.trim()}), Node ${process.version}`
  const others = INVARIANT_NAMES.filter((name) => !SHOWN.some(([shown]) => shown === name))
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  const lines = [
    `Last run on ${now.toISOString().slice(0, 10)}: ${machine}, ${Math.floor(seconds / 60)} min ${seconds % 60} s, seed ${seed}.`,
    '',
    line(['', ...SHOWN.map(([, title]) => title), 'other']),
    line(['---', ...SHOWN.map(() => '--:'), '--:']),
    ...[...rows, { name: '**all**', counted: sum(rows) }].map(({ name, counted }) =>
      line([
        name,
        ...SHOWN.map(([column]) => counted[column].toLocaleString('en')),
        others.reduce((all, column) => all + counted[column], 0),
      ]),
    ),
    '',
    ...rows.flatMap(({ notes = [] }) => notes),
  ]
  const page = await readFile(PAGE, 'utf8')
  const [before, rest] = page.split(BEGIN)
  const after = rest?.split(END)[1]
  if (after === undefined) throw new Error(`docs/promises.md has no place for the table, between ${BEGIN} and ${END}.`)
  await writeFile(PAGE, `${before}${BEGIN}\n\n${lines.join('\n').trim()}\n\n${END}${after}`)
}
