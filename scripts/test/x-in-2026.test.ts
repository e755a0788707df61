import { existsSync, readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from '@jest/globals'
import { root, textOf } from './cost-page.js'

test('each file that the page on X’s rules names is there', () => {
  const [, guide = ''] = textOf('docs/x-in-2026.md').split('## When X changes')
  const named = [...guide.matchAll(/`([\w./-]+)`/g)].map(([, name = '']) => name)
  const paths = named.filter((name) => /^(packages|scripts|tools)\//.test(name))
  const folders = paths.map((path) => (path.endsWith('.ts') ? dirname(path) : path))
  const beside = new Set(folders.flatMap((folder) => readdirSync(new URL(folder, root))))
  expect(paths.length).toBeGreaterThan(20)
  expect(paths.filter((path) => !existsSync(new URL(path, root)))).toEqual([])
  expect(named.filter((name) => /^[\w-]+(\.test)?\.ts$/.test(name) && !beside.has(name))).toEqual([])
})
