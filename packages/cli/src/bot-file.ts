import { dirname, extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BotError, type Definition } from '@hexbird/core'
import { readDefinition } from '@hexbird/core/host'
import type { Lab } from '@hexbird/prove'
import { foreign } from './foreign.js'
import { BUNDLE, type Exported, loadModule, reloadable } from './module-file.js'
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

/**
 * Loads the bot that a JavaScript or TypeScript file has as its default export. This works on every version of Node
 * that hexbird supports. Types are stripped, not checked.
 *
 * @param path the path of the file, relative to the current folder
 * @throws UsageError that says what is wrong with the file, where, and what to do
 */
export async function loadBot(path: string | URL): Promise<Definition> {
  return (await readBot(path instanceof URL ? fileURLToPath(path) : path)).definition
}

/** Starts a bot. If its file exports a function, the function gets the `Lab` of `@hexbird/prove`. */
export type StartBot = (lab: Lab) => Definition

/**
 * Bundles a bot's file for `prove` from `@hexbird/prove`. The returned function runs the bundle again on each call, so
 * that the bot's modules start fresh, as after a restart. A bot with a top-level `await` is loaded only once.
 *
 * @param path the path of a file that exports a bot or a function that returns one, relative to the current folder
 * @throws UsageError that says what is wrong with the file, where, and what to do
 */
export async function bundleBot(path: string | URL): Promise<StartBot> {
  const name = path instanceof URL ? fileURLToPath(path) : path
  // What is wrong with the file is said before anything starts.
  const { exported } = await readFileOf(name)
  if (typeof exported.default !== 'function') definitionIn(name, exported)
  const load = await reloadable(name, exported)
  return (lab) => {
    const { default: made, ...others } = load()
    return definitionIn(name, { ...others, default: typeof made === 'function' ? made(lab) : made })
  }
}

/** Does what `loadBot` does, and tells what the bot is made of. */
export async function readBot(path: string, patience = PATIENCE): Promise<BotFile> {
  const { exported, hash, files } = await readFileOf(path, patience)
  return { definition: definitionIn(path, exported), hash, files }
}

function readFileOf(path: string, patience = PATIENCE) {
  if (!EXTENSIONS.includes(extname(path))) {
    throw new UsageError(`${path} cannot be a bot: write it in TypeScript or JavaScript (${EXTENSIONS.join(', ')}).`)
  }
  return loadModule(path, patience)
}

/** Reloads the bot when its files change, and tells of what is new: other code, or another problem. */
export function watchBot(path: string, first: BotFile, tell: (reloaded: Reloaded) => void): () => void {
  let last = first.hash
  let folders = foldersOf(first)
  return watchFolders({
    path,
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
    onBroken: (problem) => tell({ kind: 'broken', problem }),
  })
}

const foldersOf = ({ files }: BotFile): readonly string[] => [...new Set(files.map((file) => dirname(file)))]

const EXTENSIONS = ['.ts', '.mts', '.js', '.mjs']

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
    const hint = typeof exported.default === 'function' ? ' Only `hexbird prove` can run a function.' : ''
    throw new UsageError(`${path} does not export a bot that can be run: ${foreign(cause.message)}${hint}`, { cause })
  }
}
