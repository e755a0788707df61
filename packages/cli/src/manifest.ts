import { readFile, writeFile } from 'node:fs/promises'
import { foreign } from './foreign.js'
import { UsageError } from './usage-error.js'

export const TEMPLATES_FOLDER = new URL('../templates/', import.meta.url)

/** What the package.json of a project says, or of a template for one. @throws UsageError if it is not JSON */
export async function readManifest<T>(path: URL | string): Promise<T> {
  const text = await readFile(path, 'utf8')
  try {
    return JSON.parse(text) as T
  } catch (cause) {
    throw new UsageError(`${path} is not JSON. Correct it: ${foreign((cause as Error).message)}`, { cause })
  }
}

export const writeManifest = (path: string, manifest: object): Promise<void> =>
  writeFile(path, `${JSON.stringify(manifest, null, 2)}\n`)

/** The version of this command. All packages of hexbird have the same. */
export const ownVersion = async (): Promise<string> =>
  (await readManifest<{ readonly version: string }>(new URL('../package.json', import.meta.url))).version
