import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'

const root = new URL('../../../', import.meta.url)
const readme = readFileSync(new URL('README.md', root), 'utf8')

describe('the README', () => {
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
