import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Definition } from '@hexbird/core'
import type { Lab } from '@hexbird/prove'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { bundleBot, loadBot, readBot } from '../src/bot-file.js'
import { BUNDLE } from '../src/module-file.js'
import { UsageError } from '../src/usage-error.js'
import { linkCore } from './link-core.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hexbird-file-'))
  await linkCore(folder)
})
afterAll(() => rm(folder, { recursive: true }))

async function file(name: string, content: string) {
  const path = join(folder, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
  return path
}
const importing = "import { defineBot } from '@hexbird/core'\n"
const names = async (path: string) =>
  (await loadBot(path)).steps.map((step) => (step.kind === 'command' ? step.name : step.kind))

describe('a bot file', () => {
  test.each([
    ['bot.ts', 'const name: string = "roll"'],
    ['bot.mts', 'enum Name { roll = "roll" }\nconst name: string = Name.roll'],
    ['bot.js', 'const name = "roll"'],
    ['bot.mjs', 'const name = await Promise.resolve("roll")'],
  ])('is %s', async (name, code) => {
    expect(
      await names(await file(name, `${importing}${code}\nexport default defineBot().command(name, () => {})`)),
    ).toEqual(['roll'])
  })

  test('is made of several files, each of which knows where it is', async () => {
    await file(
      'parts/name.ts',
      "export const name: string = [import.meta.url, import.meta.dirname, import.meta.filename].map((at) => at.split('/').at(-1)).join('-').replaceAll('.', '_')",
    )
    const path = await file(
      'several.ts',
      `${importing}import { name } from './parts/name.js'\nimport data from './data.json'\nexport default defineBot().command(name, () => {}).command(data.name, () => {})`,
    )
    await file('data.json', '{ "name": "flip" }')
    expect(await names(path)).toEqual(['name_ts-parts-name_ts', 'flip'])
    expect((await readBot(path)).files).toEqual(
      expect.arrayContaining([path, join(folder, 'parts/name.ts'), join(folder, 'data.json')]),
    )
  })

  test('finds its packages where it is, and what Node brings', async () => {
    await file(
      'node_modules/dice/package.json',
      '{ "name": "dice", "exports": { "import": "./dice.js", "require": "./none.cjs" }, "type": "module" }',
    )
    await file('node_modules/dice/dice.js', "export const name = 'dice'")
    const path = await file(
      'deep/down/packages.ts',
      `${importing}import { name } from 'dice'\nimport { basename } from 'path'\nexport default defineBot().command(basename(name), () => {})`,
    )
    expect(await names(path)).toEqual(['dice'])
  })

  test('is reloaded each time, and is the same bot if its code is the same', async () => {
    const path = await file('again.js', `${importing}export default defineBot()`)
    const [first, second] = await Promise.all([readBot(path), readBot(path)])
    expect(second.definition).not.toBe(first.definition)
    expect(second.hash).toBe(first.hash)
    await file('again.js', `${importing}export default defineBot().use(() => {})`)
    expect((await readBot(path)).hash).not.toBe(first.hash)
  })

  // In a process of its own: only there can the temporary folder be one that no other test writes to.
  test('leaves nothing in the temporary folder', async () => {
    const path = await file(
      'clean.js',
      `${importing}import { tmpdir } from 'os'\nimport { readdirSync } from 'fs'
const during = readdirSync(tmpdir())
export default defineBot().command('roll', () => {}).command(during[0] ?? 'nothing', () => {})`,
    )
    const temporary = join(folder, 'temporary')
    await mkdir(temporary)
    const loading = `import { bundleBot, readBot } from '${new URL('../dist/bot-file.js', import.meta.url).href}'
const { definition } = await readBot(process.argv[1])
await bundleBot(process.argv[1])
console.log(definition.steps.at(-1).name)`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', loading, path], {
      env: { ...process.env, TMPDIR: temporary },
    })
    expect(stdout).toMatch(new RegExp(`^${BUNDLE}`))
    expect(await readdir(temporary)).toEqual([])
  })

  test.each([
    ['is not there', 'none.ts', undefined, /none\.ts cannot be read: there is no such file/],
    ['is no code', 'bot.txt', '', /cannot be a bot: write it in TypeScript or JavaScript \(\.ts, /],
    ['does not parse', 'cut.ts', 'export default {\n  a: }', /cut\.ts:2:6: Unexpected "}"\n {4} {2}a: }\n {9}\^/],
    [
      'imports a file that is not there',
      'alone.ts',
      "import './none.js'",
      /alone\.ts:1:8: Could not resolve "\.\/none\.js"/,
    ],
    [
      'imports a package that is not there',
      'without.ts',
      "import '@some/thing/part'",
      /without\.ts:1:8: There is no package @some\/thing\/part\. If package\.json lists @some\/thing, run npm install; if not, npm install @some\/thing\n.*\n {11}\^/,
    ],
    [
      'exports nothing by default',
      'named.ts',
      'export const bot = 1',
      /named\.ts has no default export\. A bot file has/,
    ],
    ['has rules', 'rules.ts', 'export const rules = {}', /It has rules: pass it with --rules\./],
    [
      'exports something else',
      'other.ts',
      'export default { name: "bot" }',
      /other\.ts does not export a bot that can be run: This is not a bot\./,
    ],
    ['exports a function', 'proof.ts', 'export default () => {}', /Only `hexbird prove` can run a function\./],
    [
      'is of a later version',
      'later.ts',
      'export default { v: 2, steps: [], jobs: [], options: {} }',
      /This bot has version 2, but only version 1 is supported: update hexbird\./,
    ],
    [
      'throws',
      'throws.ts',
      '\nconst why: string = "boo"\nthrow new RangeError(why)',
      /throws\.ts cannot be loaded:\n.*RangeError: boo/,
    ],
    ['throws no error', 'text.ts', 'throw "boo"', /It throws boo\./],
  ])('that %s is refused, with the reason', async (_name, name, content, message) => {
    const path = content === undefined ? join(folder, name) : await file(name, content)
    const error = await loadBot(path).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UsageError)
    expect((error as Error).message).toMatch(message)
    expect((error as Error).message).not.toMatch(/__hexbird|bot\.mjs/)
  })

  test('that never ends loading is given up', async () => {
    const path = await file('waits.ts', 'await new Promise(() => {})')
    await expect(readBot(path, 50)).rejects.toThrow(
      /did not load within 0\.05 seconds\. Does it wait for something at its top level\?/,
    )
  })
})

describe('a bot that is bundled', () => {
  const lab = { now: () => 42 } as Lab
  const firstOf = async ({ steps: [first] }: Definition): Promise<unknown> =>
    (first?.run as (() => unknown) | undefined)?.()

  test('starts with empty memory each time', async () => {
    await file('memory.ts', 'export const seen: string[] = []')
    const path = await file(
      'remembers.ts',
      `${importing}import { seen } from './memory.js'\nexport default defineBot().use(() => seen.push('tweet'))`,
    )
    const start = await bundleBot(path)
    const [first, second] = [start(lab), start(lab)]
    expect([await firstOf(first), await firstOf(first), await firstOf(second)]).toEqual([1, 2, 1])
  })

  test('imports its packages and what Node brings once, and waits at its top level once', async () => {
    await file('node_modules/once/package.json', '{ "name": "once", "exports": "./once.js", "type": "module" }')
    await file('node_modules/once/once.js', "export default { loads: 0 }\nexport const name = 'once'")
    const importing = "import once, { name } from 'once'\nimport { basename } from 'node:path'\n"
    const bot = `${importing}import { defineBot } from '@hexbird/core'\nonce.loads++\nexport default defineBot().use(() => [basename(name), once.loads])`
    const start = await bundleBot(await file('loads.ts', bot))
    const loaded = await firstOf(start(lab))
    expect(loaded).toEqual(['once', 2])
    expect(await firstOf(start(lab))).toEqual(['once', 3])
    const waiting = `${importing}await null\nimport { defineBot } from '@hexbird/core'\nexport default defineBot()`
    const awaits = await bundleBot(await file('awaits.ts', waiting))
    expect(awaits(lab)).toBe(awaits(lab))
  })

  test('may be a function of what a test offers', async () => {
    const path = await file('function.ts', `${importing}export default (lab) => defineBot().use(() => lab.now())`)
    expect(await firstOf((await bundleBot(path))(lab))).toBe(42)
    await expect(loadBot(path)).rejects.toThrow(UsageError)
  })

  test('is refused before it is started, with the reason', async () => {
    await expect(bundleBot(await file('no-bot.ts', 'export default 1'))).rejects.toThrow(
      /no-bot\.ts does not export a bot/,
    )
    const start = await bundleBot(await file('no-bot-either.ts', 'export default () => 1'))
    expect(() => start(lab)).toThrow(/no-bot-either\.ts does not export a bot/)
  })
})
