import { fileURLToPath } from 'node:url'
import { build, type Metafile } from 'esbuild'
import { FUNCTIONS, type FunctionName } from '../functions.js'
import { AS_DEPLOYED } from './options.js'

/** These two know nothing of the bot. */
const WITHOUT_BOT: ReadonlySet<FunctionName> = new Set(['webhook', 'sign-in'])

/**
 * Returns the source of a function, which imports its handler and the bot. Each function has its own handler, so that its
 * bundle contains only what it uses.
 *
 * @param bot the bot's file, as an absolute path
 */
export function entryOf(name: FunctionName, bot: string): string {
  const handler = fileURLToPath(new URL(`../../dist/handlers/${name}.js`, import.meta.url))
  const load = WITHOUT_BOT.has(name) ? '' : `() => import(${JSON.stringify(bot)})`
  return `import { handlerOf } from ${JSON.stringify(handler)}\nexport const handler = await handlerOf(${load})\n`
}

/** Which bot to bundle, and where. */
export interface BundleFunctionsOptions {
  /** Absolute path of the file with the bot as its default export. */
  readonly bot: string
  /** Absolute path of the folder that gets a folder for each function. */
  readonly folder: string
  /** The base of the paths in esbuild's metadata. Default: the working directory. */
  readonly workingDirectory?: string
}

/** Bundles a bot's functions as they are uploaded. Returns esbuild's metadata for each. */
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
