import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)

/**
 * Runs this workspace's version of pnpm through npx, so that only npm has to be installed. Its output goes to `stdio`,
 * by default to standard error, so that standard output belongs to the calling command.
 */
export function pnpm(args, { env = {}, stdio = ['ignore', 2, 2] } = {}) {
  const { packageManager } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
  return spawnSync('npx', ['--yes', packageManager.split('+')[0], ...args], {
    cwd: fileURLToPath(root),
    env: { ...withoutNpmSettings(), ...env },
    stdio,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    shell: process.platform === 'win32',
  })
}

/**
 * npm passes its settings to child processes as npm_config_*. pnpm, or npm in another folder, would apply some of them.
 */
export const withoutNpmSettings = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_config_(?!registry$|cache$)/i.test(name)))
