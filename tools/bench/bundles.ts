import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { AS_DEPLOYED } from '../../scripts/bundle-options.mjs'

/** Bundles a function as it is deployed, but with all adapters in front; gives the folder. */
export async function bundleEagerly(root: URL, name: string, into: string): Promise<string> {
  const pathOf = (path: string) => fileURLToPath(new URL(path, root))
  const handler = pathOf(`packages/lambda-entry/src/handlers/${name}.ts`)
  const options = { ...AS_DEPLOYED, absWorkingDir: pathOf('.') }
  const contents = `import * as aws from '@hexbird/adapters-aws'
import * as x from '@hexbird/adapters-x'
globalThis.hexbirdAdapters = [aws, x]
export { handler } from ${JSON.stringify(handler)}
`
  const stdin = { contents, resolveDir: pathOf('packages/lambda-entry'), sourcefile: 'index.ts', loader: 'ts' } as const
  const eager = `${into}/${name}-eager`
  await build({ ...options, stdin, entryNames: 'index', outdir: eager })
  return eager
}
