import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

const root = fileURLToPath(new URL('../../', import.meta.url))
const bin = (path: string) => join(root, 'node_modules', path)
const { forbidden } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as {
  forbidden: { name: string }[]
}

const rooms = forbidden.flatMap(({ name }) => {
  const [, owner, room = ''] = /^(core|local-x)-room-(.+)$/.exec(name) ?? []
  return owner === undefined ? [] : [{ name, room, src: `packages/${owner}/src` }]
})

/** A tree in which every rule of the architecture is broken, and what each break is. */
const broken: Record<string, { readonly path: string; readonly text: string }> = {
  ...Object.fromEntries(
    rooms.map(({ name, room, src }) => [
      name,
      room.endsWith('.ts')
        ? { path: `${src}/${room}`, text: "import './c.js'" }
        : { path: `${src}/${room}/a-room.ts`, text: "import '../c.js'" },
    ]),
  ),
  'aws-services-do-not-know-each-other': { path: 'packages/adapters-aws/src/sqs/a.ts', text: "import '../s3/b.js'" },
  'core-is-pure': { path: 'packages/core/src/a.ts', text: "import 'node:fs'" },
  'crypto-in-two-folders-alone': { path: 'packages/core/src/webhook/a.ts', text: "import 'node:http'" },
  'contracts-need-fast-check-alone': { path: 'packages/core/src/contracts/a.ts', text: "import 'node:test'" },
  'contracts-never-in-production': { path: 'packages/core/src/b.ts', text: "import './contracts/a.js'" },
  'adapters-do-not-know-each-other': {
    path: 'packages/adapters-x/src/a.ts',
    text: "import '../../adapters-memory/src/a.js'",
  },
  'http-knows-core-alone': { path: 'packages/http/src/a.ts', text: "import '../../adapters-memory/src/a.js'" },
  'runner-knows-core-and-http': {
    path: 'packages/runner/src/a.ts',
    text: "import '../../adapters-memory/src/a.js'",
  },
  'prove-knows-no-host': { path: 'packages/prove/src/a.ts', text: "import '../../adapters-aws/src/s3/b.js'" },
  'cdk-in-the-stack-alone': { path: 'packages/lambda-entry/src/a.ts', text: "import 'constructs'" },
  'local-x-knows-none-of-us': { path: 'packages/local-x/src/a.ts', text: "import '../../core/src/c.js'" },
  'inversify-in-one-file': { path: 'packages/cli/src/a.ts', text: "import 'inversify'" },
  'packages-do-not-know-the-tools': {
    path: 'packages/http/src/b.ts',
    text: "import '../../../tools/testkit/src/f.js'",
  },
  'tests-share-the-testkit-alone': { path: 'packages/http/test/a.ts', text: "import '../../core/test/e.js'" },
  'no-cycles': { path: 'packages/cli/src/b.ts', text: "import './b.js'\nimport './c.js'" },
  'declared-packages-alone': { path: 'packages/cli/src/c.ts', text: "import './b.js'\nimport 'undeclared'" },
  'everything-resolves': { path: 'packages/cli/src/d.ts', text: "import './nowhere.js'" },
}
const sound = {
  'packages/adapters-memory/src/a.ts': '',
  'packages/adapters-aws/src/s3/b.ts': '',
  'packages/core/src/c.ts': '',
  'packages/local-x/src/c.ts': '',
  'packages/core/test/e.ts': '',
  'tools/testkit/src/f.ts': '',
  'package.json': '{}',
  'node_modules/inversify/package.json': '{"name":"inversify","main":"index.js"}',
  'node_modules/inversify/index.js': '',
  'node_modules/constructs/package.json': '{"name":"constructs","main":"index.js"}',
  'node_modules/constructs/index.js': '',
  'node_modules/undeclared/package.json': '{"name":"undeclared","main":"index.js"}',
  'node_modules/undeclared/index.js': '',
}

let tree: string
let found: { rule: string; from: string }[]

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'hexbird-fences-'))
  const files = [...Object.values(broken), ...Object.entries(sound).map(([path, text]) => ({ path, text }))]
  for (const { path, text } of files) {
    mkdirSync(dirname(join(tree, path)), { recursive: true })
    writeFileSync(join(tree, path), `${text}\n`)
  }
  const cruise = bin('dependency-cruiser/bin/dependency-cruise.mjs')
  const args = [cruise, '--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json', 'packages']
  const { stdout } = spawnSync(process.execPath, args, { cwd: tree, encoding: 'utf8' })
  const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string }; from: string }[] } }
  found = summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }))
})
afterAll(() => rmSync(tree, { recursive: true }))

describe('a rule of the architecture is noticed when it is broken', () => {
  test.each(forbidden.map(({ name }) => name))('%s', (name) => {
    expect(found).toContainEqual({ rule: name, from: broken[name]?.path })
  })
})

test('a clock or randomness in core is noticed', () => {
  for (const path of ['biome.json', 'scripts/lint/pure-core.grit', '.gitignore']) {
    mkdirSync(dirname(join(tree, path)), { recursive: true })
    copyFileSync(join(root, path), join(tree, path))
  }
  const calls = ['Date.now()', 'new Date()', 'Math.random()']
  writeFileSync(join(tree, 'packages/core/src/fence.ts'), `export const found = [${calls}, new Date(0)]\n`)
  const args = [bin('@biomejs/biome/bin/biome'), 'lint', '--reporter=json', 'packages/core/src/fence.ts']
  const { stdout } = spawnSync(process.execPath, args, { cwd: tree, encoding: 'utf8' })
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { category: string; message: unknown }[] }
  const noticed = diagnostics.filter((diagnostic) => JSON.stringify(diagnostic).includes('Core asks its ports'))
  expect(noticed.length).toBeGreaterThanOrEqual(calls.length)
})

test('core has no types of a platform', () => {
  const config = JSON.parse(readFileSync(join(root, 'packages/core/tsconfig.json'), 'utf8')) as {
    compilerOptions: { types: string[] }
  }
  expect(config.compilerOptions.types).toEqual([])
})
