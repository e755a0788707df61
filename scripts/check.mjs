// Runs all static checks of the code. The last line is `N passed, N failed`.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const packages = readdirSync(new URL('../packages/', import.meta.url)).sort()
const tsc = 'node_modules/typescript7/bin/tsc'
/** Folders with unpublished TypeScript: tests and tools. `tsc -b` covers the testkit. */
const besides = packages
  .map((name) => `packages/${name}/test`)
  .concat(['tools/bench', 'tools/conformance', 'tools/e2e', 'tools/smoke', 'tools/torture', 'scripts/test'])
  .filter((folder) => existsSync(new URL(`../${folder}/tsconfig.json`, import.meta.url)))

const checks = [
  ['format and lint', 'node_modules/@biomejs/biome/bin/biome', ['ci', '--error-on-warnings', '--colors=off', '.']],
  ['types of the sources', tsc, ['-b']],
  ...besides.map((folder) => [`types of ${folder}`, tsc, ['-p', folder]]),
  [
    'promises and other type-aware lint',
    'node_modules/oxlint/bin/oxlint',
    ['--type-aware', '--deny-warnings', 'packages', 'tools'],
  ],
  [
    'architecture',
    'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
    ['--config', '.dependency-cruiser.cjs', ...packages.map((name) => `packages/${name}/src`), ...besides, 'tools'],
  ],
  [
    "X's own client, description and library for texts",
    '--experimental-vm-modules',
    ['--no-warnings', 'node_modules/jest/bin/jest.js', 'tools/conformance'],
  ],
  ['nothing unused', 'node_modules/knip/bin/knip.js', []],
  ['packages as published', 'scripts/check-packages.mjs', []],
  ['core in every runtime', 'scripts/check-runtimes.mjs', []],
  ['example bots, as installed', 'scripts/check-examples.mjs', []],
  ['examples in the docs', 'site/examples.mjs', []],
  ['the site: every export documented, no link dead', 'site/build.mjs', []],
]

const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' }
let failed = 0
for (const [name, file, args] of checks) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], { cwd: root, encoding: 'utf8', env })
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}`)
  if (status === 0) continue
  failed++
  console.log(`${stdout}${stderr}`)
}
console.log(`${checks.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
