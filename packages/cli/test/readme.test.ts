import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'

const root = new URL('../../../', import.meta.url)
const readme = readFileSync(new URL('README.md', root), 'utf8')

describe('the README', () => {
  test('has an example that prints what it says', () => {
    const [, code = ''] = /readme\.test\.ts.*?```ts\n(.*?)```/s.exec(readme) ?? []
    const [, printed] = /```text\n(.*?)```/s.exec(readme) ?? []
    // From this package, where the built packages resolve as they do for users.
    const cwd = fileURLToPath(new URL('../', import.meta.url))
    const args = ['--input-type=module', '--eval', code]
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(stdout).toBe(printed)
  })

  test('leads to files that are there', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path = '']) => path)
    expect(links.length).toBeGreaterThan(3)
    for (const path of links) expect([path, existsSync(new URL(path, root))]).toEqual([path, true])
  })

  test('names commands that are there', () => {
    const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { scripts: object }
    const named = [...readme.matchAll(/`npm (?:run )?([a-z0-9:]+)/g)].map(([, name = '']) => name)
    for (const name of named.filter((name) => name !== 'install')) expect(Object.keys(scripts)).toContain(name)
  })
})
