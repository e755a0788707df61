import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'

const root = new URL('../../', import.meta.url)
interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}
const manifest = (path: string) => JSON.parse(readFileSync(new URL(`${path}/package.json`, root), 'utf8')) as Manifest
const published = new Map(
  readdirSync(new URL('packages/', root))
    .map((name) => manifest(`packages/${name}`))
    .filter((one) => !one.private)
    .map(({ name, version }) => [name, version]),
)

describe.each(readdirSync(new URL('examples/', root)))('the example %s', (example) => {
  const { dependencies = {}, devDependencies = {} } = manifest(`examples/${example}`)
  const needed = Object.entries({ ...dependencies, ...devDependencies })

  test('asks for packages that are published, in the version that is here', () => {
    const ours = needed.filter(([name]) => name.startsWith('@hexbird/'))
    expect(ours.length).toBeGreaterThan(0)
    for (const [name, spec] of ours) expect([name, spec]).toEqual([name, `^${published.get(name)}`])
  })
})

test.each([
  ['dice', 'text', 'bot.ts'],
  ['chart', 'image', 'bot.ts'],
  ['chart', 'image', 'chart.ts'],
])('the example %s is what `hexbird create --template %s` makes: %s', (example, template, file) => {
  const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
  expect(read(`examples/${example}/${file}`)).toBe(read(`packages/cli/templates/${template}/${file}`))
})

test('the dice bot has at most 25 lines', () => {
  expect(readFileSync(new URL('examples/dice/bot.ts', root), 'utf8').trimEnd().split('\n').length).toBeLessThan(26)
})
