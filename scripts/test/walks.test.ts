import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'

const root = new URL('../../', import.meta.url)
const page = readFileSync(new URL('ARCHITECTURE.md', root), 'utf8')
const part = page.slice(page.indexOf('## Two walks'), page.indexOf('## Invariants'))
const walks = part
  .split(/^\| Where \| What \|$/m)
  .slice(1)
  .map((table) =>
    Array.from(table.matchAll(/^\| `([^`]+)` \| (.*) \|$/gm), ([, file = '', what = '']) => ({ file, what })),
  )

const isPort = ({ what }: { what: string }) => what.startsWith('port ')
/** The room of core, or the package. */
const roomOf = (file: string) => /^core\/src\/([^/]+)/.exec(file)?.[1] ?? file.split('/')[0]

test('both walks through the code are there', () => {
  expect(walks.map((steps) => steps.length > 5)).toEqual([true, true])
})

test.each(walks.flat())('the step in $file is there: $what', ({ file, what }) => {
  const path = new URL(`packages/${file}`, root)
  expect(existsSync(path)).toBe(true)
  const source = readFileSync(path, 'utf8')
  for (const [, name = ''] of what.matchAll(/`([^`]+)`/g)) expect(source).toMatch(new RegExp(`\\b${name}\\b`))
})

test.each(walks.map((steps, walk) => ({ walk, steps })))(
  'walk $walk goes back into no room that it left, except through a port',
  ({ steps }) => {
    let left = new Set<string | undefined>()
    let here: string | undefined
    for (const step of steps) {
      const room = roomOf(step.file)
      if (isPort(step)) left = new Set()
      else if (room !== here) {
        expect([...left]).not.toContain(room)
        left.add(here)
      }
      here = isPort(step) ? undefined : room
    }
  },
)
