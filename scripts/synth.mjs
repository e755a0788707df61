// Writes the CloudFormation templates of all stages to cdk.out/. Needs no account and no network.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = fileURLToPath(new URL('../', import.meta.url))
const entry = `${root}packages/lambda-entry/`

/** Where the templates are. */
export const CDK_OUT = `${root}cdk.out`

/** Nothing that the CDK tells to anybody. */
export const QUIET = { CDK_DISABLE_CLI_TELEMETRY: '1', CDK_DISABLE_VERSION_CHECK: '1' }

/**
 * Compiles the sources and the stack, by the same `tsc` as all else: what does not fit its types is not deployed, and
 * Node runs the result as it is. Gives 0, or the status of the step that did not succeed, which has said why.
 */
export function compile() {
  const tsc = `${root}node_modules/typescript7/bin/tsc`
  return node([tsc, '-b'], root) || node([tsc, '-p', `${entry}stack`], root)
}

/**
 * Bundles the functions, and writes the templates, checked; after `compile`, and with the same result. The CDK's command
 * is not needed for this, and with it nothing that would look for a network.
 */
export function synth({ tracing = false } = {}) {
  rmSync(CDK_OUT, { recursive: true, force: true })
  const env = { ...QUIET, CDK_OUTDIR: CDK_OUT, CDK_CONTEXT_JSON: JSON.stringify({ tracing }) }
  return node([`${root}scripts/bundle.mjs`], root) || node(['stack/dist/stack/main.js'], entry, env)
}

function node(args, cwd, env = {}) {
  const { status, error } = spawnSync(process.execPath, args, {
    cwd,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  if (error) throw error
  return status ?? 1
}

function options() {
  try {
    return parseArgs({ options: { tracing: { type: 'boolean' } } }).values
  } catch (error) {
    console.error(`${error.message}\nUsage: npm run synth [-- --tracing]`)
    return undefined
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const given = options()
  process.exitCode = given ? compile() || synth(given) : 2
  if (process.exitCode === 0) console.log('The templates are in cdk.out/.')
}
