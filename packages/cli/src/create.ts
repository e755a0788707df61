import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, cp, lstat, mkdir, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { defined } from '@hexbird/core/util'
import validate from 'validate-npm-package-name'
import { addAws } from './aws/add.js'
import { CommandError } from './command-error.js'
import { problemOf, unreadable } from './file-problem.js'
import { foreignLines } from './foreign.js'
import { ownVersion, readManifest, TEMPLATES_FOLDER, writeManifest } from './manifest.js'
import { CONNECT, saysOffline } from './offline.js'
import type { TemplateName } from './template-names.js'
import type { Terminal } from './terminal.js'
import { UsageError } from './usage-error.js'

export interface CreateOptions {
  /** Whether npm is to bring what the project needs. */
  readonly install: boolean
  /** A folder with packed packages to use in place of published ones. */
  readonly packages?: string
  readonly template: TemplateName
  /** Whether it is to have what a deployment to AWS takes. */
  readonly aws?: true
}

/** The root of the clone that this command is run from; `false` if it was installed. */
function cloneRoot(): string | false {
  const root = fileURLToPath(new URL('../../../', import.meta.url))
  return existsSync(join(root, PACKED)) && existsSync(join(root, 'pnpm-workspace.yaml')) ? root : false
}

const PACKED = 'scripts/packed.mjs'

/**
 * The `create` command: makes a bot's project in a folder that is new or empty. If anything fails, what it made is
 * removed, so that it can be run again. Gives the exit code.
 */
export async function create(
  dir: string,
  options: CreateOptions,
  terminal: Terminal,
  clone: string | false = cloneRoot(),
): Promise<number> {
  const named = resolve(dir)
  const name = nameOf(named)
  const given = options.packages === undefined ? undefined : await tarballsIn(options.packages)
  const folder = await realFolder(named)
  await refuseUnlessEmpty(folder)
  const isNew = !existsSync(folder)
  const tarballs =
    given ?? (clone !== false && options.install ? await tarballsIn(await packedFrom(clone, terminal)) : undefined)

  const stop = new AbortController()
  const stopping = () => stop.abort()
  for (const signal of SIGNALS) process.once(signal, stopping)
  try {
    await make(folder, name, options.template, tarballs)
    if (options.aws) await addAws(folder)
    if (options.install) await terminal.during('Installing packages with npm', install(folder, stop.signal))
  } catch (error) {
    await removeMade(folder, isNew)
    throw error
  } finally {
    for (const signal of SIGNALS) process.removeListener(signal, stopping)
  }

  const steps = [
    ...(relative('.', named) === '' ? [] : [`cd ${relative('.', named)}`]),
    ...(options.install ? [] : ['npm install']),
    'npm test',
    'npm start',
  ]
  terminal.say(`Created ${name}. Next:\n\n${steps.map((step) => `  ${step}`).join('\n')}\n`)
  if (!options.install && tarballs === undefined) terminal.note(UNPUBLISHED)
  terminal.result({ name, folder: named, installed: options.install })
  return 0
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

const UNPUBLISHED =
  'The hexbird packages are not published yet, so npm cannot find them. In a clone of the repository, run: ' +
  'npm run hexbird -- create <dir>. It packs them first. If you have the packed packages, pass --packages <folder>.'

async function make(
  folder: string,
  name: string,
  template: TemplateName,
  tarballs: Dependencies | undefined,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const part of ['shared', template])
    await cp(fileURLToPath(new URL(part, TEMPLATES_FOLDER)), folder, { recursive: true })
  // npm publishes no file of this name.
  await rename(join(folder, 'gitignore'), join(folder, '.gitignore'))
  if (template === 'photo') {
    const photo = createRequire(import.meta.url).resolve('@hexbird/local-x/samples/bird.jpg')
    await mkdir(join(folder, 'photos'))
    await copyFile(photo, join(folder, 'photos/bird.jpg'))
  }
  const path = join(folder, 'package.json')
  await writeManifest(path, manifestOf(await readManifest<Manifest>(path), name, await ownVersion(), tarballs))
  const readme = join(folder, 'README.md')
  await writeFile(readme, (await readFile(readme, 'utf8')).replaceAll('@hexbird ', `@${botNameOf(name)} `))
}

/** The folder was empty, but for a repository. */
async function removeMade(folder: string, isNew: boolean): Promise<void> {
  if (isNew) return rm(folder, { recursive: true, force: true })
  for (const entry of await readdir(folder)) {
    if (entry !== '.git') await rm(join(folder, entry), { recursive: true, force: true })
  }
}

/** Where a link leads to. @throws UsageError if that is nowhere */
async function realFolder(named: string): Promise<string> {
  const isLink = (await lstat(named).catch(() => undefined))?.isSymbolicLink() === true
  if (!isLink) return named
  return realpath(named).catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'it is a broken link. Remove it, or choose another folder' : problemOf(cause)
    throw new UsageError(`${named} cannot be used: ${why}.`, { cause })
  })
}

/** Packs the packages of a clone, which builds them first. Gives the folder that they are in. */
async function packedFrom(clone: string, terminal: Terminal): Promise<string> {
  terminal.note('The hexbird packages are not published yet: building and packing the ones in this clone.')
  const packing = promisify(execFile)(process.execPath, [join(clone, PACKED)], { cwd: clone, maxBuffer: MOST_SAID })
  const { stdout } = await terminal.during('Building and packing', packing).catch((cause: unknown) => {
    throw new CommandError('INSTALL_FAILED', `The packages could not be packed:\n${lastLines(cause)}`)
  })
  return stdout.trimEnd().split('\n').at(-1) ?? ''
}

/** A program that fails says why at the end. */
function lastLines(cause: unknown): string {
  const { stdout = '', stderr = '', message } = cause as Error & { readonly stdout?: string; readonly stderr?: string }
  return foreignLines((stderr.trim() || stdout.trim() || message).split('\n').slice(-20).join('\n'))
}

const MOST_SAID = 100_000_000

function nameOf(folder: string): string {
  const name = basename(folder)
  const { validForNewPackages, errors = [], warnings = [] } = validate(name)
  if (validForNewPackages) return name
  const why = [...errors, ...warnings].join(', ')
  throw new UsageError(
    `The package is named after the folder, and npm does not accept "${name}": ${why}. Choose another name.`,
  )
}

/** What X would call a bot of this package: letters, digits and `_`, at most 15. */
function botNameOf(packageName: string): string {
  const name = packageName
    .replace(/^@[^/]*\//, '')
    .replace(/\W+/g, '_')
    .slice(0, 15)
  return /[a-z]/i.test(name) ? name : 'hexbird'
}

/** A repository that was just made is as good as empty. */
async function refuseUnlessEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return []
    throw new UsageError(
      `${folder} cannot be used: ${code === 'ENOTDIR' ? 'part of the path is a file. Choose another folder' : problemOf(cause)}.`,
      { cause },
    )
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
    scripts: { ...template.scripts, start: `${template.scripts.start} --name ${botNameOf(name)}` },
    dependencies: pinned(template.dependencies),
    devDependencies: pinned(template.devDependencies),
    // What the packages need of each other is not to be looked for on npm either.
    ...defined({ overrides: tarballs }),
  }
}

type Dependencies = Readonly<Record<string, string>>

interface Manifest {
  readonly scripts: Dependencies
  readonly dependencies: Dependencies
  readonly devDependencies: Dependencies
}

/** Where npm finds each packed package of the folder. */
async function tarballsIn(folder: string): Promise<Dependencies> {
  const files = await readdir(folder).catch(unreadable(folder))
  const tarballs = Object.fromEntries(
    files.flatMap((file) => {
      const [, name] = /^hexbird-([a-z-]+)-[0-9].*\.tgz$/.exec(file) ?? []
      return name === undefined ? [] : [[`@hexbird/${name}`, `file:${resolve(folder, file)}`]]
    }),
  )
  if (!('@hexbird/core' in tarballs && '@hexbird/cli' in tarballs)) {
    throw new UsageError(
      `${folder} has no packed hexbird packages. Name the folder that holds the .tgz files, or pack them in a clone: node scripts/packed.mjs`,
    )
  }
  return tarballs
}

async function install(folder: string, signal: AbortSignal): Promise<void> {
  const options = { cwd: folder, shell: process.platform === 'win32', maxBuffer: MOST_SAID, signal, env: process.env }
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund'], options).catch((cause: unknown) => {
    if (signal.aborted) throw new UsageError('Stopped; nothing was created. To try again, run the same command.')
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new UsageError('npm was not found. Install Node with npm, or pass --no-install. Nothing was created.', {
        cause,
      })
    }
    const said = lastLines(cause)
    if (saysOffline(said)) {
      throw new UsageError(`No network: npm cannot reach its registry. ${CONNECT} Nothing was created.`, { cause })
    }
    if (/E404.*@hexbird\//s.test(said)) throw new UsageError(`${UNPUBLISHED} Nothing was created.`, { cause })
    throw new UsageError(`npm install failed, so nothing was created. Try again, or pass --no-install.\n${said}`)
  })
}
