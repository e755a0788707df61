import { readFile } from 'node:fs/promises'
import * as deployment from '@hexbird/lambda-entry/deployment'
import { expect, test } from '@jest/globals'
import type { Deployment } from '../../src/aws/deployment.js'
import { LOGS } from '../../src/aws/log-names.js'
import { AWS_AS_OF, MONTH } from '../../src/operate/costs/figures.js'

const read = (path: string) => readFile(new URL(`../../../../${path}`, import.meta.url), 'utf8')

test('what knows how to deploy a bot has all that the command asks of it', () => {
  const asked: Required<Deployment<deployment.Stage>> = deployment
  expect(Object.values(asked).every((each) => each !== undefined)).toBe(true)
})

test('logs are of the groups that the functions write to', () => {
  const stage = { name: 'staging' }
  const functions = LOGS.filter((name) => name !== 'api')
  expect(functions.map((name) => deployment.logGroupOf(stage, name))).toEqual(
    functions.map((name) => `/aws/lambda/staging-hexbird-${name}`),
  )
})

test('a created project has the packages in the versions that were tried here', async () => {
  const { devDependencies } = JSON.parse(await read('packages/cli/templates/aws/package.json')) as {
    readonly devDependencies: Readonly<Record<string, string>>
  }
  const catalog = await read('pnpm-workspace.yaml')
  const others = Object.entries(devDependencies).filter(([name]) => !name.startsWith('@hexbird/'))
  expect(others.length).toBeGreaterThan(3)
  for (const [name, version] of others) expect(catalog).toContain(`\n  ${name}: ${version}\n`)
})

test.each(['packages/cli/templates/aws/app.ts', 'docs/deploy.md'])(
  '%s has the prices of alarms and dashboard beside the choice',
  async (path) => {
    const price = (what: string) => {
      const { price, per, amount } = MONTH.find((row) => row.what === what) ?? { price: 0, per: 1, amount: 0 }
      return `$${((price / per) * amount).toFixed(2)}`
    }
    const text = await read(path)
    expect(text).toContain(price('alarm metrics'))
    expect(text).toContain(price('dashboard'))
    expect(await read('docs/deploy.md')).toContain(`as of ${AWS_AS_OF}`)
  },
)
