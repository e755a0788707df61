import { readFileSync } from 'node:fs'

export const root = new URL('../../', import.meta.url)
export const textOf = (path: string) => readFileSync(new URL(path, root), 'utf8')
export const page = textOf('docs/costs.md')

export type Table = ReadonlyMap<string, readonly string[]>

/** The rows of a table by their first cells, without emphasis. */
export function table(firstHead: string): Table {
  return new Map(rowsOf(firstHead).map(([first = '', ...others]) => [first, others]))
}

/** The rows of a table, without emphasis. */
export function rowsOf(firstHead: string): readonly (readonly string[])[] {
  const lines = page.split('\n')
  const start = lines.findIndex((line) => line.startsWith(`| ${firstHead}`))
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'))
  const rows = start < 0 ? [] : lines.slice(start + 2, end)
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.replaceAll('**', '').trim()),
  )
}

export const dollars = (amount: number) => `$${amount.toFixed(2)}`
