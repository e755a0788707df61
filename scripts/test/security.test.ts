import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'

const root = fileURLToPath(new URL('../../', import.meta.url))
const page = readFileSync(`${root}SECURITY.md`, 'utf8')

/** The cells of every row that names a threat. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| Threat'))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')))

/** `` `file`: "name" ``, as often as there are. */
const citationsIn = (text: string) =>
  [...text.matchAll(/`([\w./-]+)`: "((?:[^"]|"(?! *[;|]|$))+)"/g)].map(([, file = '', name = '']) => ({ file, name }))

/** Where it is, and what is in it; `undefined` where there is no such file. */
function sourceOf(file: string): string | undefined {
  const path = `${root}${file.startsWith('scripts/') ? '' : 'packages/'}${file}`
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

/** The name stands in the source as a text of its own: of a test, a row of a table, a promise of a contract. */
const isNamed = (source: string, name: string) =>
  ["'", '"', '`'].some((quote) => source.includes(`${quote}${name}`) || source.includes(`%s ${name}`))

describe('the threat model', () => {
  test('has threats, each with a defence and a test', () => {
    expect(rows.length).toBeGreaterThan(25)
    for (const [threat, defence, tests = '', ...more] of rows) {
      expect([threat, more]).toEqual([expect.stringMatching(/./), []])
      expect([threat, defence]).toEqual([threat, expect.stringMatching(/./)])
      expect([threat, citationsIn(tests).length]).toEqual([threat, tests.split('; ').length])
    }
  })

  test.each(citationsIn(page))('cites a test that is there: $file, "$name"', ({ file, name }) => {
    expect(isNamed(sourceOf(file) ?? `There is no ${file}.`, name)).toBe(true)
  })

  test('would not pass with a file or a name that is none', () => {
    expect(sourceOf('core/test/webhook/signatures.test.ts')).toBeUndefined()
    expect(
      isNamed(sourceOf('core/test/webhook/signature.test.ts') ?? '', 'of a body with any bit flipped passes'),
    ).toBe(false)
  })
})
