import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, extname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compileFunction } from 'node:vm'
import type { BuildFailure, Loader, OnResolveResult, Plugin } from 'esbuild'
import { foreignLines } from './foreign.js'
import { readUserFile } from './local/user-file.js'
import { UsageError } from './usage-error.js'

/** A module of the author's, as it was loaded. */
export interface LoadedModule {
  readonly exported: Exported
  /** The same for the same code. */
  readonly hash: string
  /** All files of the author's that it is made of: absolute paths. */
  readonly files: readonly string[]
}

/** All files of authors' that were loaded. */
const authored = new Set<string>()

/** How the names of folders for bundles begin. */
export const BUNDLE = 'hexbird-bot-'

/**
 * Loads a module of the author's, in JavaScript or TypeScript, on every Node that hexbird runs on. The types are removed and
 * not checked.
 *
 * @param patience how long it may take, in milliseconds
 * @throws UsageError that says what is wrong with the file, where, and what to do
 */
export async function loadModule(path: string, patience: number): Promise<LoadedModule> {
  await readUserFile(path)
  const folder = await realpath(await mkdtemp(join(tmpdir(), BUNDLE)))
  try {
    const outfile = join(folder, 'bot.mjs')
    const { code, hash, files } = await bundle(path, { outfile, format: 'esm', packages: packagesByAddress })
    await writeFile(outfile, code)
    for (const file of files) authored.add(file)
    return { exported: await imported(path, outfile, patience), hash, files }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Runs all of the author's files again, each time. */
export async function reloadable(path: string, once: Exported): Promise<() => Exported> {
  const given = new Map<string, Exported>()
  const outfile = join(dirname(resolve(path)), 'bot.cjs')
  const how = { outfile, format: 'cjs', packages: givenPackages(given) } as const
  const bundled = await bundle(path, how).catch((error: unknown) => {
    if (error instanceof UsageError && error.message.includes('Top-level await')) return undefined
    throw error
  })
  if (!bundled) return () => once
  const run = compileFunction(bundled.code, ['module', 'given'], { filename: outfile })
  return () => {
    const module: { exports: Exported } = { exports: {} }
    run(module, given)
    return module.exports
  }
}

/** How many bundles are being made: esbuild's process serves them all, and is not left running beside the bot. */
let bundling = 0

interface BundleOptions {
  readonly outfile: string
  readonly format: 'esm' | 'cjs'
  /** Where packages come from. */
  readonly packages: Plugin
}

/** Makes one module of all the author's files. */
async function bundle(path: string, { outfile, format, packages }: BundleOptions) {
  const { build, stop } = await import('esbuild')
  bundling++
  try {
    const { outputFiles, metafile } = await build({
      entryPoints: [resolve(path)],
      outfile,
      write: false,
      bundle: true,
      format,
      platform: 'node',
      target: 'node20',
      // As Node itself chooses between a package's files.
      conditions: [],
      sourcemap: 'inline',
      sourcesContent: false,
      metafile: true,
      logLevel: 'silent',
      define: { ...OWN_ADDRESS },
      plugins: [packages, ownAddress],
    })
    const [made] = outputFiles
    if (!made) throw new Error('esbuild gave no file.')
    const files = Object.keys(metafile.inputs).map((file) => resolve(file))
    return { code: made.text, hash: made.hash, files }
  } catch (error) {
    if (!isBuildFailure(error)) throw error
    throw new UsageError(`${path} cannot be loaded:\n${foreignLines(error.errors.map(placed).join('\n'))}`, {
      cause: error,
    })
  } finally {
    bundling--
    if (bundling === 0) await stop()
  }
}

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors)

function placed({ text, location }: BuildFailure['errors'][number]): string {
  if (!location) return text
  const { file, line, column, lineText } = location
  const [added = ''] = ADDED.exec(lineText) ?? []
  const at = column - added.length
  return `${file}:${line}:${at + 1}: ${text}\n  ${lineText.slice(added.length)}\n  ${' '.repeat(at)}^`
}

/** Packages are imported from where the author has them: the bundle is elsewhere, and Node looks from where a module is. */
const packagesByAddress = packagesPlugin((address) => ({ path: address, external: true }))

const GIVEN = 'given'

/** Packages are imported now, and handed to the bundle, which then runs without waiting for anything. */
const givenPackages = (given: Map<string, Exported>): Plugin => ({
  name: 'given-packages',
  async setup(plugged) {
    await packagesPlugin((address) => ({ path: address, namespace: GIVEN })).setup(plugged)
    plugged.onLoad({ filter: /^/, namespace: GIVEN }, async ({ path: address }) => {
      const exported = (await import(address)) as Exported
      given.set(address, exported)
      const names = Object.keys(exported)
      const values = names.map((name, nth) => `const e${nth} = all[${JSON.stringify(name)}];`)
      const exports = names.map((name, nth) => `e${nth} as ${JSON.stringify(name)}`)
      return {
        contents: `const all = given.get(${JSON.stringify(address)});${values.join('')}export { ${exports.join()} };`,
      }
    })
  },
})

/** @param found says what a package is to esbuild, by its address */
function packagesPlugin(found: (address: string) => OnResolveResult): Plugin {
  const plugin: Plugin = {
    name: 'packages',
    setup(plugged) {
      plugged.onResolve({ filter: /^[^./#]/ }, async ({ path, kind, resolveDir, pluginData }) => {
        if (kind === 'entry-point' || pluginData === plugin) return undefined
        if (isBuiltin(path)) return found(path)
        const { errors, path: place } = await plugged.resolve(path, { kind, resolveDir, pluginData: plugin })
        if (errors.length > 0) {
          const [name = path] = /^(?:@[^/]+\/)?[^/]+/.exec(path) ?? []
          return {
            errors: [
              {
                text: `There is no package ${path}. If package.json lists ${name}, run npm install; if not, npm install ${name}`,
              },
            ],
          }
        }
        // TypeScript under another name, as by `paths` in tsconfig.json.
        if (/\.[cm]?ts$/.test(place)) return { path: place }
        return found(pathToFileURL(place).href)
      })
    },
  }
  return plugin
}

/** What a module knows of its own place, in whatever file it ends up. */
const OWN_ADDRESS = {
  'import.meta.url': '__hexbird_url',
  'import.meta.filename': '__hexbird_filename',
  'import.meta.dirname': '__hexbird_dirname',
} as const

/** What `ownAddress` puts in front. */
const ADDED = /^const __hexbird_url=.*?__hexbird_dirname=".*?";/

const ownAddress: Plugin = {
  name: 'own-address',
  setup(plugged) {
    plugged.onLoad({ filter: /\.[cm]?[jt]s$/ }, async ({ path }) => {
      const own = {
        __hexbird_url: pathToFileURL(path).href,
        __hexbird_filename: path,
        __hexbird_dirname: dirname(path),
      }
      const named = Object.entries(own).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      // On the first line, so that no line gets another number.
      const contents = (await readFile(path, 'utf8')).replace(/^(#!.*\n)?/, (kept) => `${kept}const ${named.join()};`)
      return { contents, loader: extname(path).replace(/^\.[cm]?/, '') as Loader, resolveDir: dirname(path) }
    })
  },
}

/** What a module exports, by its names. */
export type Exported = Readonly<Record<string, unknown>>

async function imported(path: string, outfile: string, patience: number): Promise<Exported> {
  // An error then names the author's file and line, now and when a handler throws.
  process.setSourceMapsEnabled(true)
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    const why = `did not load within ${patience / 1000} seconds. Does it wait for something at its top level?`
    timer = setTimeout(() => reject(new UsageError(`${path} ${why}`)), patience)
  })
  try {
    return await Promise.race([import(pathToFileURL(outfile).href) as Promise<Exported>, tooLate])
  } catch (cause) {
    if (cause instanceof UsageError) throw cause
    throw new UsageError(`${path} cannot be loaded:\n${foreignLines(whereAndWhat(cause))}`, { cause })
  } finally {
    clearTimeout(timer)
  }
}

/** The error, and where it was thrown. */
function whereAndWhat(cause: unknown): string {
  if (!(cause instanceof Error)) return `It throws ${String(cause)}.`
  const said = cause.name === 'Error' ? cause.message : `${cause.name}: ${cause.message}`
  const place = placeOf(cause)
  return place === undefined ? said : `${place}: ${said}`
}

/** The first line of the author's own on the way to an error: `bot.ts:3:7`. */
export function placeOf(error: unknown): string | undefined {
  const { stack = '' } = error instanceof Error ? error : {}
  for (const line of stack.split('\n')) {
    const [, where = '', position = ''] = /(?:file:\/\/)?(\/[^()]+|[A-Z]:[^()]+?):(\d+:\d+)\)?$/i.exec(line) ?? []
    if (authored.has(where)) return `${relative('.', where)}:${position}`
  }
  return undefined
}
