import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { aligned, type Row } from './row.js'

/** The results of an earlier run. They are committed, so that changes can be compared with them. */
type Stored = Readonly<Record<string, number>>

/** Rows that got worse by more than this are listed. */
const MUCH = 0.2

/** Two rows match if they have the same measurement and baseline, ignoring counts in brackets. */
const keyOf = ({ row, against }: Row): string => `${row.replace(/ \([^()]*\)$/, '')} | ${against}`

const read = (file: URL): Stored => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {})

/** Keeps the rows that this run didn't measure. */
export function store(file: URL, rows: readonly Row[]): void {
  const measured = rows.map((row) => [keyOf(row), Math.round(row.ratio * 1000) / 1000] as const)
  const all = Object.entries({ ...read(file), ...Object.fromEntries(measured) })
  const sorted = Object.fromEntries(all.sort(([one], [other]) => (one < other ? -1 : 1)))
  writeFileSync(file, `${JSON.stringify(sorted, null, 2)}\n`)
}

/** Lists, as plain text, the rows that got much worse, and counts the rows without an earlier result. */
export function compared(file: URL, rows: readonly Row[]): { readonly says: string; readonly worse: number } {
  const stored = read(file)
  const known = rows.filter((row) => keyOf(row) in stored)
  const worse = known.flatMap((row) => {
    const before = stored[keyOf(row)] ?? Number.NaN
    const by = row.better === 'lower' ? row.ratio / before : before / row.ratio
    const isWorse = before === 0 ? row.better === 'lower' && row.ratio > 0 : !(by <= 1 + MUCH)
    const percent = Number.isFinite(by) ? `${Math.round((by - 1) * 100)} %` : 'from nothing'
    return isWorse ? [[row.row, row.against, before.toFixed(2), row.ratio.toFixed(2), percent]] : []
  })
  const [news, all] = [rows.length - known.length, `${known.length} rows compared with those stored`]
  const told = `${all}, ${worse.length} worse by more than ${MUCH * 100} %${news > 0 ? `, ${news} not stored` : ''}.`
  const table = aligned([['row', 'against', 'stored', 'now', 'worse by'], ...worse])
  return { says: worse.length === 0 ? told : `${told}\n${table}`, worse: worse.length }
}
