import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { run } from './packed.mjs'

/**
 * Returns the folder of `node`, `bun` and `deno` in the versions of `runtimes/package.json`. Each set is installed
 * once.
 */
export async function runtimes() {
  const manifest = fileURLToPath(new URL('runtimes/package.json', import.meta.url))
  const version = createHash('sha256').update(readFileSync(manifest)).digest('hex').slice(0, 16)
  const folder = fileURLToPath(new URL(`../.cache/runtimes/${version}`, import.meta.url))
  if (!existsSync(folder)) {
    const fresh = `${folder}.${process.pid}`
    mkdirSync(fresh, { recursive: true })
    copyFileSync(manifest, `${fresh}/package.json`)
    await run('npm', ['install', '--no-audit', '--no-fund'], fresh)
    renameSync(fresh, folder)
  }
  return `${folder}/node_modules/.bin`
}
