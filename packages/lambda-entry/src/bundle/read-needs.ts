import { rm } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { BotError } from '@hexbird/core'
import { type BotNeeds, needsOf, readDefinition } from '@hexbird/core/host'
import type { BuildFailure } from 'esbuild'

/** What is wrong with the author's own file, told after its name. */
export class BotFault extends Error {
  override readonly name = 'BotFault'
  readonly code = 'BOT_FAULT'
}

/**
 * Imports a bot, and gives what its definition needs. It is bundled first, as for Lambda: a function has nothing but what
 * its bot imports, and what is missing there is missed here.
 *
 * @param folder for the bundle, which is removed again
 * @throws BotFault
 */
export async function readNeeds(bot: string, folder: string): Promise<BotNeeds> {
  const outfile = join(folder, 'bot.mjs')
  const files = await bundle(bot, outfile)
  try {
    const { default: exported } = await imported(outfile, files)
    if (exported === undefined) {
      throw new BotFault('has no default export. A bot file has `export default defineBot()…` in it.')
    }
    return needsOf(definitionIn(exported))
  } finally {
    await rm(outfile)
  }
}

/** Gives the author's files. */
async function bundle(bot: string, outfile: string): Promise<readonly string[]> {
  const { build, formatMessages } = await import('esbuild')
  try {
    const { metafile } = await build({
      entryPoints: [bot],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      mainFields: ['module', 'main'],
      target: 'node20',
      // Packages that are no ES modules ask for Node's own by this.
      banner: { js: REQUIRE },
      sourcemap: 'inline',
      metafile: true,
      logLevel: 'silent',
    })
    return Object.keys(metafile.inputs)
      .filter((file) => !file.includes('node_modules'))
      .map((file) => resolve(file))
  } catch (error) {
    const { errors } = error as Partial<BuildFailure>
    if (!Array.isArray(errors)) throw error
    const lines = await formatMessages(errors, { kind: 'error', color: false })
    throw new BotFault(`cannot be loaded:\n${lines.join('').trim()}`)
  }
}

const REQUIRE = `import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);`

async function imported(outfile: string, files: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  // An error then names the author's file and line.
  process.setSourceMapsEnabled(true)
  try {
    return await import(pathToFileURL(outfile).href)
  } catch (error) {
    throw new BotFault(`cannot be loaded:\n${whereAndWhat(error, files)}`)
  }
}

/** The first line of the author's own on the way to an error, and the error. */
function whereAndWhat(thrown: unknown, files: readonly string[]): string {
  if (!(thrown instanceof Error)) return `It throws ${String(thrown)}.`
  const said = thrown.name === 'Error' ? thrown.message : `${thrown.name}: ${thrown.message}`
  for (const line of (thrown.stack ?? '').split('\n')) {
    const [, where = '', position = ''] = /(?:file:\/\/)?(\/[^()]+|[A-Z]:[^()]+?):(\d+:\d+)\)?$/i.exec(line) ?? []
    if (files.includes(where)) return `${relative('.', where)}:${position}: ${said}`
  }
  return said
}

function definitionIn(exported: unknown) {
  try {
    return readDefinition(exported)
  } catch (error) {
    if (!(error instanceof BotError)) throw error
    throw new BotFault(`does not export a bot that can be deployed: ${error.message}`)
  }
}
