// Compiles everything, then writes the CloudFormation templates of all stages to cdk.out/. Code with type errors is not
// deployed. It needs neither an account nor a network, and doesn't use the CDK's command, which would look for an
// account.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = fileURLToPath(new URL('../', import.meta.url))
const CDK_OUT = `${root}cdk.out`

const given = options()
process.exitCode = given ? node([`${root}node_modules/typescript7/bin/tsc`, '-b'], root) || synth(given) : 2
if (process.exitCode === 0) console.log('The templates are in cdk.out/.')

function synth({ tracing = false }) {
  rmSync(CDK_OUT, { recursive: true, force: true })
  const env = { CDK_OUTDIR: CDK_OUT, CDK_CONTEXT_JSON: JSON.stringify({ tracing }) }
  return node(['app.mjs'], `${root}packages/lambda-entry/`, env)
}

/** Returns the exit code. The program prints its own errors. */
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
