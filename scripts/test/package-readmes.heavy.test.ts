import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'

const packages = new URL('../../packages/', import.meta.url)
const pages = readdirSync(packages).flatMap((name) => {
  const { private: isPrivate, readme = '' } = read(name)
  return isPrivate ? [] : [{ name, examples: [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code = '']) => code) }]
})

function read(name: string): { readonly private?: boolean; readonly readme?: string } {
  const text = (file: string) => readFileSync(new URL(`${name}/${file}`, packages), 'utf8')
  const { private: isPrivate = false } = JSON.parse(text('package.json')) as { private?: boolean }
  return isPrivate ? { private: true } : { readme: text('README.md') }
}

/** Runs a module where the built package resolves, and what it needs; gives what it printed. */
function run(name: string, code: string): string {
  const cwd = fileURLToPath(new URL(name, packages))
  const args = ['--input-type=module', '--eval', code]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
  return stdout
}

describe.each(pages)('what npm shows of @hexbird/$name', ({ name, examples }) => {
  test('has an example, which imports what is there', () => {
    const imports = examples.map((code) => (code.match(/^import .* from '@hexbird\/.*'$/gm) ?? []).join('\n'))
    expect(imports.join('\n')).toContain(`'@hexbird/${name}`)
    for (const code of imports) run(name, code)
  })
})

test('the example of core prints what it says', () => {
  const code = pages.find(({ name }) => name === 'core')?.examples[0] ?? ''
  expect(run('core', code)).toBe(`${/^\/\/ (.*)$/m.exec(code)?.[1]}\n`)
})
