/** One thing that is measured, against something else: the ratio says how many times as much it is. */
export interface Row {
  readonly row: string
  readonly against: string
  /** The median of the ratios of all rounds; or a number that is no ratio, as `against` then says. */
  readonly ratio: number
  /** How far apart the middle half of the ratios are: the third quartile less the first. 0 for what is counted. */
  readonly spread: number
  readonly limit: number
  readonly better: 'lower' | 'higher'
  /** Why the limit is not held against this row. */
  readonly exempt?: string
}

/** What a file of rows is given. */
export interface Bench {
  readonly root: URL
  /** How often each pair is measured. */
  readonly rounds: number
  /** Bundles of the functions, as they are uploaded. */
  readonly functions: Readonly<Record<string, BundleSize>>
  /** Tells something that is no row. */
  readonly say: (line: string) => void
  /** Something for `docs/performance.md`, under the name of its place there. */
  readonly note: (place: string, text: string) => void
}

/** In bytes. */
export interface BundleSize {
  readonly whole: number
  readonly atStart: number
  /** Sources that stand behind an `import()`, and the handler's own, with the file that each begins. */
  readonly parts: readonly (readonly [source: string, file: string])[]
}

export const isMissed = ({ ratio, limit, better, exempt }: Row): boolean =>
  exempt === undefined && !(better === 'lower' ? ratio <= limit : ratio >= limit)

/** In plain text, a line for each. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => [
    row.row,
    row.against,
    row.ratio.toFixed(2),
    `±${(row.spread / 2).toFixed(2)}`,
    `${row.better === 'lower' ? '≤' : '≥'} ${row.limit}`,
    row.exempt === undefined ? (isMissed(row) ? 'MISSED' : 'ok') : `exempt: ${row.exempt}`,
  ])
  return aligned([['row', 'against', 'ratio', 'spread', 'limit', ''], ...lines])
}

/** Columns as wide as what is in them. */
export function aligned(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
