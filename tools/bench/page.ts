import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { cellsOf, isMissed, type Row } from './row.js'

/** Replaces the text between `<!-- name -->` and `<!-- /name -->`. @throws Error if the page has no such place */
export function fill(page: URL, name: string, text: string): void {
  const whole = existsSync(page) ? readFileSync(page, 'utf8') : ''
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [before, rest] = whole.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`${page.pathname} has no ${begin} … ${end}.`)
  writeFileSync(page, `${before}${begin}\n${text}\n${end}${after}`)
}

export const markdown = (head: readonly string[], lines: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

export const rowsAsMarkdown = (rows: readonly Row[]): string =>
  markdown(
    ['What', 'Against', 'Ratio', 'Spread', 'Limit', ''],
    rows.map((row) => [
      ...cellsOf(row),
      row.exempt === undefined ? (isMissed(row) ? '**missed**' : 'reached') : 'exempt, see below',
    ]),
  )

export function machine(rounds: number): string {
  const [cpu] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  const day = new Date().toISOString().slice(0, 10)
  return `${day}, ${rounds} rounds, Node ${process.versions.node} (functions: Lambda's Node 24), ${cpus().length} × ${cpu?.model.trim()}, ${memory} GB, ${process.platform} ${process.arch}.`
}
