import { fileURLToPath } from 'node:url'
import type { FunctionName } from '@hexbird/lambda-entry'
import { AS_DEPLOYED, entryOf } from '@hexbird/lambda-entry/bundle'
import { build } from 'esbuild'

/** Bundles a function as it is deployed, but with all adapters loaded first. Returns the folder. */
export async function bundleEagerly(root: URL, name: FunctionName, into: string): Promise<string> {
  const pathOf = (path: string) => fileURLToPath(new URL(path, root))
  const contents = `import * as aws from '@hexbird/adapters-aws'
import * as x from '@hexbird/adapters-x'
globalThis.hexbirdAdapters = [aws, x]
${entryOf(name, pathOf('packages/lambda-entry/bot.ts'))}`
  const stdin = { contents, resolveDir: pathOf('packages/lambda-entry'), sourcefile: 'index.js' }
  const eager = `${into}/${name}-eager`
  await build({ ...AS_DEPLOYED, absWorkingDir: pathOf('.'), stdin, entryNames: 'index', outdir: eager })
  return eager
}
