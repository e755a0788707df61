import { fileURLToPath } from 'node:url'
import { build, type Metafile } from 'esbuild'
import { FUNCTIONS, type FunctionName } from '../functions.js'
import { AS_DEPLOYED } from './options.js'

/** These two know nothing of the bot. */
const WITHOUT_BOT: ReadonlySet<FunctionName> = new Set(['webhook', 'sign-in'])

/**
 * The source of a function: its handler, and the bot. Each has a handler of its own to import, so that its bundle has only
 * what it calls.
 *
 * @param bot the bot's file, as an absolute path
 */
export function entryOf(name: FunctionName, bot: string): string {
  const handler = fileURLToPath(new URL(`../../dist/handlers/${name}.js`, import.meta.url))
  const load = WITHOUT_BOT.has(name) ? '' : `() => import(${JSON.stringify(bot)})`
  return `import { handlerOf } from ${JSON.stringify(handler)}\nexport const handler = await handlerOf(${load})\n`
}

/** Which bot to bundle, and where to. */
export interface BundleFunctionsOptions {
  /** The file that exports the bot by default: an absolute path. */
  readonly bot: string
  /** Where each function gets a folder: an absolute path. */
  readonly folder: string
  /** What paths in what esbuild tells are relative to. Default: the working directory. */
  readonly workingDirectory?: string
}

/** Bundles the functions of a bot as they are uploaded. Gives what esbuild tells of each. */
export async function bundleFunctions(
  options: BundleFunctionsOptions,
): Promise<Readonly<Record<FunctionName, Metafile>>> {
  const { bot, folder, workingDirectory = process.cwd() } = options
  const made = Object.keys(FUNCTIONS).map(async (key) => {
    const name = key as FunctionName
    const { metafile } = await build({
      ...AS_DEPLOYED,
      stdin: { contents: entryOf(name, bot), resolveDir: workingDirectory, sourcefile: 'index.js' },
      entryNames: 'index',
      absWorkingDir: workingDirectory,
      outdir: `${folder}/${name}`,
      metafile: true,
    })
    return [name, metafile] as const
  })
  return Object.fromEntries(await Promise.all(made)) as Record<FunctionName, Metafile>
}
