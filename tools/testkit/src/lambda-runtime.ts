import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What Lambda runs: its Node, and AWS's own runtime client. Neither runs on the Node that the workspace supports. */
const NODE = '24.21.0'
const CLIENT = '4.0.2'

export interface Runtime {
  readonly node: string
  readonly runtime: string
  readonly version: string
  readonly client: string
}

/** Both from the registry, into `.cache`, once. The client's native part is left out: `lambda-preload.cjs` stands in. */
export async function installRuntime(root: URL): Promise<Runtime> {
  const folder = fileURLToPath(new URL(`.cache/lambda-${NODE}-${CLIENT}/`, root))
  const platform = `node-${process.platform}-${process.arch}`
  const node = `${folder}node_modules/${platform}/bin/node`
  const runtime = `${folder}node_modules/aws-lambda-ric`
  if (!existsSync(node) || !existsSync(`${runtime}/index.mjs`)) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(`${folder}package.json`, '{"private":true}')
    const packages = [`${platform}@${NODE}`, `aws-lambda-ric@${CLIENT}`]
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--force', '--save-exact', ...packages]
    const { status } = spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
    if (status !== 0) throw new Error('Node and the runtime client of Lambda could not be installed from the registry.')
  }
  const version = JSON.parse(readFileSync(`${runtime}/package.json`, 'utf8')) as { version: string }
  return { node, runtime, version: NODE, client: version.version }
}
