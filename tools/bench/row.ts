/** One measurement against a baseline. The ratio is the measured value divided by the baseline's. */
export interface Row {
  readonly row: string
  readonly against: string
  /** The median ratio of all rounds, or an absolute number if `against` says so. */
  readonly ratio: number
  /** The interquartile range of the ratios. 0 for counts. */
  readonly spread: number
  readonly limit: number
  readonly better: 'lower' | 'higher'
  /** Why the row may miss its limit. */
  readonly exempt?: string
}

/** The parameters of a file of rows. */
export interface Bench {
  readonly root: URL
  /** How often each pair is measured. */
  readonly rounds: number
  /** The functions' bundles, as they are uploaded. */
  readonly functions: Readonly<Record<string, BundleSize>>
  /** Prints a message that is not a row. */
  readonly say: (line: string) => void
  /** Stores text for `docs/performance.md`, by the name of its place there. */
  readonly note: (place: string, text: string) => void
}

/** Sizes in bytes. */
export interface BundleSize {
  readonly whole: number
  readonly atStart: number
  /** The handler's source and all sources behind an `import()`, each with the file that it starts. */
  readonly parts: readonly (readonly [source: string, file: string])[]
}

export const isMissed = ({ ratio, limit, better, exempt }: Row): boolean =>
  exempt === undefined && !(better === 'lower' ? ratio <= limit : ratio >= limit)

/** What a table says of a row, without whether it reaches its limit. */
export const cellsOf = ({ row, against, ratio, spread, better, limit }: Row): readonly string[] => [
  row,
  against,
  ratio.toFixed(2),
  `±${(spread / 2).toFixed(2)}`,
  `${better === 'lower' ? '≤' : '≥'} ${limit}`,
]

/** A row of what was counted, which is best low and the same each time. */
export const counted = (row: string, against: string, ratio: number, limit = 1): Row => ({
  row,
  against,
  ratio,
  spread: 0,
  limit,
  better: 'lower',
})

/** Formats the rows as a plain-text table. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => [
    ...cellsOf(row),
    row.exempt === undefined ? (isMissed(row) ? 'MISSED' : 'ok') : `exempt: ${row.exempt}`,
  ])
  return aligned([['row', 'against', 'ratio', 'spread', 'limit', ''], ...lines])
}

/** Pads each column to its widest cell. */
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
