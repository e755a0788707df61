import { execFile } from 'node:child_process'
import { copyFile, cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import validate from 'validate-npm-package-name'
import type { Terminal } from './terminal.js'
import { UsageError } from './usage-error.js'

export interface CreateOptions {
  /** Whether npm is to bring what the project needs. */
  readonly install: boolean
  /** A folder with packed packages to use in place of published ones. */
  readonly packages?: string
}

/** What npm was asked for did not come. */
class InstallError extends Error {
  override readonly name = 'InstallError'
  readonly code = 'INSTALL_FAILED'
}

const template = new URL('../templates/bot/', import.meta.url)

/** The `create` command: a bot's project in a folder that is new or empty. Gives the exit code. */
export async function create(dir: string, options: CreateOptions, terminal: Terminal): Promise<number> {
  const folder = resolve(dir)
  const name = nameOf(folder)
  const tarballs = options.packages === undefined ? undefined : await tarballsIn(options.packages)
  await refuseUnlessEmpty(folder)

  await cp(fileURLToPath(template), folder, { recursive: true })
  // npm publishes no file of this name.
  await rename(join(folder, 'gitignore'), join(folder, '.gitignore'))
  const photo = createRequire(import.meta.url).resolve('@hexbird/local-x/samples/bird.jpg')
  await mkdir(join(folder, 'photos'))
  await copyFile(photo, join(folder, 'photos/bird.jpg'))
  const { version } = await readManifest(new URL('../package.json', import.meta.url))
  const manifest = manifestOf(await readManifest(join(folder, 'package.json')), name, version, tarballs)
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  if (options.install) await terminal.during('npm brings what the project needs', install(folder))

  const steps = [
    ...(relative('.', folder) === '' ? [] : [`cd ${relative('.', folder)}`]),
    ...(options.install ? [] : ['npm install']),
    'npm test',
    'npm start',
  ]
  terminal.say(`${name} is there. Go on with:\n\n${steps.map((step) => `  ${step}`).join('\n')}\n`)
  terminal.result({ name, folder, installed: options.install })
  return 0
}

function nameOf(folder: string): string {
  const name = basename(folder)
  const { validForNewPackages, errors = [], warnings = [] } = validate(name)
  if (validForNewPackages) return name
  const why = [...errors, ...warnings].join(', ')
  throw new UsageError(`The folder names the package, and npm would not take "${name}": ${why}. Choose another name.`)
}

/** A repository that was just made is as good as empty. */
async function refuseUnlessEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((cause: unknown) => {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return []
    throw new UsageError(`${folder} cannot be used: ${code === 'ENOTDIR' ? 'it is a file' : message}.`, { cause })
  })
  if (entries.some((entry) => entry !== '.git')) {
    throw new UsageError(`${folder} is not empty. Choose a new folder, or empty this one.`)
  }
}

/** The template's manifest with the name, and each of our packages in the version of this command or from its tarball. */
function manifestOf(template: Manifest, name: string, version: string, tarballs: Dependencies | undefined): object {
  const pinned = (dependencies: Dependencies) =>
    Object.fromEntries(
      Object.entries(dependencies).map(([each, spec]) => [
        each,
        each.startsWith('@hexbird/') ? (tarballs?.[each] ?? `^${version}`) : spec,
      ]),
    )
  return {
    ...template,
    name,
    dependencies: pinned(template.dependencies),
    devDependencies: pinned(template.devDependencies),
    // What the packages need of each other is not to be looked for on npm either.
    ...(tarballs && { overrides: tarballs }),
  }
}

type Dependencies = Readonly<Record<string, string>>

interface Manifest {
  readonly version: string
  readonly dependencies: Dependencies
  readonly devDependencies: Dependencies
}

const readManifest = async (path: URL | string) => JSON.parse(await readFile(path, 'utf8')) as Manifest

/** Where npm finds each packed package of the folder. */
async function tarballsIn(folder: string): Promise<Dependencies> {
  const files = await readdir(folder).catch((cause: unknown) => {
    throw new UsageError(`${folder} cannot be read: ${(cause as Error).message}.`, { cause })
  })
  const tarballs = Object.fromEntries(
    files.flatMap((file) => {
      const [, name] = /^hexbird-([a-z-]+)-[0-9].*\.tgz$/.exec(file) ?? []
      return name === undefined ? [] : [[`@hexbird/${name}`, `file:${resolve(folder, file)}`]]
    }),
  )
  if (!('@hexbird/core' in tarballs && '@hexbird/cli' in tarballs)) {
    throw new UsageError(`${folder} has no packed packages of hexbird. Pack them first: node scripts/packed.mjs.`)
  }
  return tarballs
}

async function install(folder: string): Promise<void> {
  const options = { cwd: folder, shell: process.platform === 'win32' }
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund'], options).catch((cause: unknown) => {
    throw new InstallError(`The project is there, and npm install did not succeed. Run it in ${folder}.`, { cause })
  })
}
