import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, extname, join, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { BotError, type Definition } from '@hexbird/core'
import { readDefinition } from '@hexbird/core/host'
import type { BuildFailure, Loader, Plugin } from 'esbuild'
import { foreign, foreignLines } from './foreign.js'
import { readUserFile } from './local/user-file.js'
import { UsageError } from './usage-error.js'
import { watchFolders } from './watch-folders.js'

/** A bot as it was read from its file. */
interface BotFile {
  readonly definition: Definition
  /** The same for the same code. */
  readonly hash: string
  /** All files of the author's that it is made of: absolute paths. */
  readonly files: readonly string[]
}

/** What became of a bot's file after a change. */
export type Reloaded =
  | { readonly kind: 'changed'; readonly definition: Definition }
  /** The bot before stays. */
  | { readonly kind: 'broken'; readonly problem: string }

/** So long a bot may take to load, in milliseconds. */
const PATIENCE = 10_000
/** How the names of folders for bundles begin. */
const BUNDLE = 'hexbird-bot-'

/**
 * Loads a bot from the file that exports it by default, in JavaScript or TypeScript, on every Node that hexbird runs on. The
 * types are removed and not checked.
 *
 * @param path of the file, from the current folder
 * @throws UsageError that says what is wrong with the file, where, and what to do
 */
export async function loadBot(path: string | URL): Promise<Definition> {
  return (await readBot(path instanceof URL ? fileURLToPath(path) : path)).definition
}

/** Does what `loadBot` does, and tells what the bot is made of. */
export async function readBot(path: string, patience = PATIENCE): Promise<BotFile> {
  if (!EXTENSIONS.includes(extname(path))) {
    throw new UsageError(`${path} cannot be a bot: write it in TypeScript or JavaScript (${EXTENSIONS.join(', ')}).`)
  }
  await readUserFile(path)
  const folder = await realpath(await mkdtemp(join(tmpdir(), BUNDLE)))
  try {
    const outfile = join(folder, 'bot.mjs')
    const { code, hash, files } = await bundle(path, outfile)
    await writeFile(outfile, code)
    return { definition: definitionIn(path, await imported(path, outfile, files, patience)), hash, files }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Reloads the bot when its files change, and tells of what is new: other code, or another problem. */
export function watchBot(path: string, first: BotFile, tell: (reloaded: Reloaded) => void): () => void {
  let last = first.hash
  let folders = foldersOf(first)
  return watchFolders({
    folders,
    // Those are of the reload itself, where the bot is in the folder for temporary files.
    counts: (name) => !name.startsWith(BUNDLE),
    async reload() {
      const read = await readBot(path).catch((error: unknown) => error as Error)
      const now = read instanceof Error ? read.message : read.hash
      if (!(read instanceof Error)) folders = foldersOf(read)
      if (now === last) return folders
      last = now
      if (!(read instanceof Error)) tell({ kind: 'changed', definition: read.definition })
      else tell({ kind: 'broken', problem: read instanceof UsageError ? read.message : foreign(read.message) })
      return folders
    },
    onError: (error) =>
      tell({ kind: 'broken', problem: `${path} is no longer watched: ${foreign(error.message)}. Start again.` }),
  })
}

const foldersOf = ({ files }: BotFile): readonly string[] => [...new Set(files.map((file) => dirname(file)))]

const EXTENSIONS = ['.ts', '.mts', '.js', '.mjs']

/** How many bundles are being made: esbuild's process serves them all, and is not left running beside the bot. */
let bundling = 0

/** Makes one module of all the author's files. Packages are imported from where the author has them. */
async function bundle(path: string, outfile: string) {
  const { build, stop } = await import('esbuild')
  bundling++
  try {
    const { outputFiles, metafile } = await build({
      entryPoints: [resolve(path)],
      outfile,
      write: false,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      // As Node itself chooses between a package's files.
      conditions: [],
      sourcemap: 'inline',
      sourcesContent: false,
      metafile: true,
      logLevel: 'silent',
      define: { ...OWN_ADDRESS },
      plugins: [packagesByAddress, ownAddress],
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

/** The bundle is elsewhere, and Node looks for packages from where a module is. */
const packagesByAddress: Plugin = {
  name: 'packages-by-address',
  setup(plugged) {
    plugged.onResolve({ filter: /^[^./#]/ }, async ({ path, kind, resolveDir, pluginData }) => {
      if (kind === 'entry-point' || pluginData === packagesByAddress) return undefined
      if (isBuiltin(path)) return { path, external: true }
      const found = await plugged.resolve(path, { kind, resolveDir, pluginData: packagesByAddress })
      if (found.errors.length > 0) {
        const [name = path] = /^(?:@[^/]+\/)?[^/]+/.exec(path) ?? []
        return { errors: [{ text: `There is no package ${path}. Install it: npm install ${name}` }] }
      }
      // TypeScript under another name, as by `paths` in tsconfig.json.
      if (/\.[cm]?ts$/.test(found.path)) return { path: found.path }
      return { path: pathToFileURL(found.path).href, external: true }
    })
  },
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

type Exported = Readonly<Record<string, unknown>>

async function imported(path: string, outfile: string, files: readonly string[], patience: number): Promise<Exported> {
  // An error then names the author's file and line, now and when a handler throws.
  process.setSourceMapsEnabled(true)
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    const why = `was not loaded within ${patience / 1000} seconds. Does it wait for something at its top level?`
    timer = setTimeout(() => reject(new UsageError(`${path} ${why}`)), patience)
  })
  try {
    return await Promise.race([import(pathToFileURL(outfile).href) as Promise<Exported>, tooLate])
  } catch (cause) {
    if (cause instanceof UsageError) throw cause
    throw new UsageError(`${path} cannot be loaded:\n${foreignLines(whereAndWhat(cause, files))}`, { cause })
  } finally {
    clearTimeout(timer)
  }
}

/** The first line of the author's own on the way to an error, and the error. */
function whereAndWhat(cause: unknown, files: readonly string[]): string {
  if (!(cause instanceof Error)) return `It throws ${String(cause)}.`
  const said = cause.name === 'Error' ? cause.message : `${cause.name}: ${cause.message}`
  for (const line of (cause.stack ?? '').split('\n')) {
    const [, where = '', position = ''] = /(?:file:\/\/)?(\/[^()]+|[A-Z]:[^()]+?):(\d+:\d+)\)?$/i.exec(line) ?? []
    if (files.includes(where)) return `${relative('.', where)}:${position}: ${said}`
  }
  return said
}

function definitionIn(path: string, exported: Exported): Definition {
  if (exported.default === undefined) {
    const instead = 'rules' in exported ? `. It has rules: pass it with --rules` : ''
    throw new UsageError(
      `${path} has no default export${instead}. A bot file has \`export default defineBot()…\` in it.`,
    )
  }
  try {
    return readDefinition(exported.default)
  } catch (cause) {
    if (!(cause instanceof BotError)) throw cause
    throw new UsageError(`${path} exports no bot that can be run: ${foreign(cause.message)}`, { cause })
  }
}
