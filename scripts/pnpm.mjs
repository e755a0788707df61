import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)

/**
 * Runs the pnpm that this workspace is locked with, brought along by npx: npm alone is taken for granted. What it prints
 * goes to `stdio`, by default to standard error, so that standard output stays the command's own.
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

/** npm hands its own settings to its children as npm_config_*; pnpm, or npm elsewhere, would read some as its own. */
export const withoutNpmSettings = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_config_(?!registry$|cache$)/i.test(name)))
