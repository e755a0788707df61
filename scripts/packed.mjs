// Packs the published packages and installs them as users get them, in folders outside this workspace. As a command it
// packs them and prints the folder: `node scripts/packed.mjs`.
import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { pnpm, withoutNpmSettings } from './pnpm.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))
const json = (path) => JSON.parse(readFileSync(path, 'utf8'))

/** The folders under `packages/` of the packages that are published. */
const published = readdirSync(join(root, 'packages'))
  .filter((name) => existsSync(join(root, 'packages', name, 'package.json')))
  .filter((name) => !json(join(root, 'packages', name, 'package.json')).private)
  .sort()

/**
 * Packs every published package as `pnpm publish` would, with `workspace:` and `catalog:` resolved. Reuses tarballs of
 * the same contents. The packages must be built. Returns the tarballs by package name.
 */
export function packed() {
  const folder = join(root, '.cache/packed', contents())
  if (!existsSync(folder)) {
    const fresh = `${folder}.${process.pid}`
    const filters = published.flatMap((name) => ['--filter', `./packages/${name}`])
    const { status, stdout, stderr, error } = pnpm(['-r', ...filters, 'pack', '--pack-destination', fresh], {
      stdio: 'pipe',
    })
    if (error) throw error
    if (status !== 0) throw new Error(`The packages could not be packed:\n${stdout}${stderr}`)
    rmSync(folder, { recursive: true, force: true })
    renameSync(fresh, folder)
  }
  const tarballs = readdirSync(folder).map((file) => join(folder, file))
  return new Map(
    published.map((name) => {
      const { name: full, version } = json(join(root, 'packages', name, 'package.json'))
      const file = `${full.replace('@', '').replace('/', '-')}-${version}.tgz`
      const tarball = tarballs.find((path) => path.endsWith(`/${file}`) || path.endsWith(`\\${file}`))
      if (!tarball) throw new Error(`${full} was not packed as ${file}.`)
      return [full, tarball]
    }),
  )
}

/** Creates a temporary folder. The caller removes it. */
export const temporary = (name) => mkdtempSync(join(tmpdir(), `hexbird-${name}-`))

/**
 * Installs the project in `folder` as its user would, with `npm install`: `@hexbird` packages from tarballs, all others
 * from the registry. This changes the project's manifest.
 */
export async function install(folder) {
  const path = join(folder, 'package.json')
  writeFileSync(path, `${JSON.stringify(fromTarballs(json(path), packed()), null, 2)}\n`)
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], folder)
}

/** Returns the manifest with `tarballs` in place of the registry's packages of those names, at any depth. */
function fromTarballs(manifest, tarballs) {
  const overrides = Object.fromEntries([...tarballs].map(([name, tarball]) => [name, `file:${tarball}`]))
  const pinned = (dependencies = {}) =>
    Object.fromEntries(Object.entries(dependencies).map(([name, spec]) => [name, overrides[name] ?? spec]))
  return {
    ...manifest,
    dependencies: pinned(manifest.dependencies),
    devDependencies: pinned(manifest.devDependencies),
    overrides: { ...manifest.overrides, ...overrides },
  }
}

/** Runs a program in a folder outside the workspace. Returns its standard output. @throws Error with all its output */
export async function run(file, args, cwd, env = {}) {
  const options = {
    cwd,
    env: { ...withoutNpmSettings(), NO_COLOR: '1', ...env },
    maxBuffer: 1e8,
    shell: process.platform === 'win32',
  }
  try {
    return (await promisify(execFile)(file, args, options)).stdout
  } catch (error) {
    const { code, signal, stdout = '', stderr = '' } = error
    throw new Error(`${file} ${args.join(' ')} ended with ${signal ?? code}:\n${stdout}${stderr}`, { cause: error })
  }
}

/** Returns a hash that changes with anything that may be packed. */
function contents() {
  const hash = createHash('sha256').update(readFileSync(join(root, 'pnpm-lock.yaml')))
  for (const name of published) {
    const folder = join(root, 'packages', name)
    const { files } = json(join(folder, 'package.json'))
    for (const part of ['package.json', 'README.md', ...files.filter((file) => !file.startsWith('!'))]) {
      for (const path of filesUnder(join(folder, part))) hash.update(path).update('\0').update(readFileSync(path))
    }
  }
  return hash.digest('hex').slice(0, 16)
}

function filesUnder(path) {
  if (!existsSync(path)) return []
  if (statSync(path).isFile()) return [path]
  const entries = readdirSync(path, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // In a clean clone nothing is installed or built yet. The output of that goes to stderr.
  const { status } = spawnSync(process.execPath, [join(root, 'scripts/ensure-deps.mjs'), '--build'], {
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) process.exit(status ?? 1)
  console.log(dirname([...packed().values()][0]))
}
