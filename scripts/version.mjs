// Runs `npx changeset version`, and sets the same version in the examples, which aren't part of the workspace. A
// release starts with `npm run version-packages`; commit the result.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { pnpm } from './pnpm.mjs'

const root = new URL('../', import.meta.url)
const changeset = fileURLToPath(new URL('node_modules/@changesets/cli/bin.js', root))
const { status } = spawnSync(process.execPath, [changeset, 'version'], { cwd: fileURLToPath(root), stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)

const { version } = JSON.parse(readFileSync(new URL('packages/core/package.json', root), 'utf8'))
for (const name of readdirSync(new URL('examples/', root))) {
  const path = new URL(`examples/${name}/package.json`, root)
  writeFileSync(path, readFileSync(path, 'utf8').replace(/("@hexbird\/[a-z-]+": )"[^"]+"/g, `$1"^${version}"`))
}
process.exitCode = pnpm(['install', '--lockfile-only', '--no-frozen-lockfile'], { env: { CI: '1' } }).status ?? 1
