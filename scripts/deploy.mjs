// Deploys one stage to AWS: npm run deploy -- --stage staging. Asks the AWS CLI and the CDK; both find the account,
// the region and the credentials as they always do (AWS_PROFILE, AWS_REGION).
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { CDK_OUT, compile, QUIET, synth } from './synth.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))
const entry = `${root}packages/lambda-entry/`
const DIALECTS = ['x-activity', 'account-activity']

const USAGE = `Usage: npm run deploy -- --stage <name> [--register] [--dialect x-activity|account-activity] [--tracing] [--yes]

  --stage     one of those in packages/lambda-entry/stages.json
  --register  afterwards, has X deliver to the stage's webhook
  --dialect   with --register: how X delivers (default: x-activity)
  --tracing   lets X-Ray follow requests
  --yes       asks nothing, even where permissions change`

/** Something that the person who typed the command can mend. */
class Mendable extends Error {}

const scratch = mkdtempSync(join(tmpdir(), 'hexbird-deploy-'))
try {
  await deploy(optionsFrom(process.argv.slice(2)))
} catch (error) {
  if (!(error instanceof Mendable)) throw error
  console.error(error.message)
  process.exitCode = 2
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

async function deploy(options) {
  const names = Object.keys(stagesText())
  if (!names.includes(options.stage)) {
    const which = `Say which stage: ${names.map((name) => `--stage ${name}`).join(' or ')}.`
    throw new Mendable(
      options.stage === undefined ? `${which}\n\n${USAGE}` : `There is no stage "${options.stage}". ${which}`,
    )
  }
  if (compile() !== 0) throw new Mendable('Nothing was deployed.')
  const compiled = ['deployment', 'names', 'stages'].map(
    (file) => import(new URL(`../packages/lambda-entry/stack/dist/stack/${file}.js`, import.meta.url).href),
  )
  const [deployment, { stackName }, stages] = await Promise.all(compiled)
  const stage = stagesOf(stages).find(({ name }) => name === options.stage)

  stopAt(deployment.placeholdersOf(stage), 'packages/lambda-entry/stages.json is still as it came:')
  if (options.register && !stage.webhookStage) {
    throw new Mendable(
      `${stage.name} has no webhook: X allows one for an account. To give it this one, set ${stage.name}.webhookStage to true.`,
    )
  }
  const account = whoAmI()
  checkBootstrap(account)
  checkConcurrency(stage)
  const found = awsJson([
    'ssm',
    'describe-parameters',
    '--parameter-filters',
    `Key=Path,Option=OneLevel,Values=/hexbird/${stage.name}`,
  ])
  const faults = deployment.parameterFaults(stage, found.Parameters ?? [])
  stopAt(
    faults,
    `The functions of ${stage.name} could not start. (Each value is read from what you paste: end it with Enter and Ctrl-D.)`,
  )

  if (synth(options) !== 0) throw new Mendable('Nothing was deployed.')
  const outputs = cdkDeploy(stackName(stage), options)
  console.log(`\n${stage.name} is deployed.`)
  for (const [name, value] of Object.entries(outputs)) console.log(`  ${name.padEnd(14)} ${value}`)
  if (options.register) await registerAt(deployment, outputs, options)
  console.log('\nNext:')
  for (const step of deployment.nextSteps(stage, outputs, options.register ?? false)) console.log(`- ${step}`)
}

function optionsFrom(args) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        stage: { type: 'string' },
        register: { type: 'boolean' },
        dialect: { type: 'string', default: DIALECTS[0] },
        tracing: { type: 'boolean' },
        yes: { type: 'boolean' },
      },
    })
    if (!DIALECTS.includes(values.dialect)) throw new Error(`There is no dialect "${values.dialect}".`)
    return values
  } catch (error) {
    throw new Mendable(`${error.message}\n\n${USAGE}`)
  }
}

function stagesOf({ parseStages, StagesError }) {
  try {
    return parseStages(readFileSync(`${entry}stages.json`, 'utf8'))
  } catch (error) {
    throw error instanceof StagesError ? new Mendable(error.message) : error
  }
}

/** Only for the names: what is wrong with it is said, all at once, afterwards. */
function stagesText() {
  try {
    return JSON.parse(readFileSync(`${entry}stages.json`, 'utf8'))
  } catch (error) {
    throw new Mendable(`packages/lambda-entry/stages.json cannot be read: ${error.message}`)
  }
}

function stopAt(faults, title) {
  if (faults.length > 0) throw new Mendable(`${title}\n${faults.map((fault) => `- ${fault}`).join('\n')}`)
}

function whoAmI() {
  const { Account } = awsJson(['sts', 'get-caller-identity'])
  const region =
    process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? aws(['configure', 'get', 'region']).stdout.trim()
  if (!region) throw new Mendable('No region is set: AWS_REGION=eu-central-1, for example, or `aws configure`.')
  return `aws://${Account}/${region}`
}

function checkBootstrap(account) {
  const { status, stderr } = aws(['ssm', 'get-parameter', '--name', '/cdk-bootstrap/hnb659fds/version'])
  if (status === 0) return
  if (!stderr.includes('ParameterNotFound')) throw refusedBy('ssm get-parameter', stderr)
  throw new Mendable(
    `The CDK has not been set up in this account and region. Once: npx aws-cdk@${cdkVersion()} bootstrap ${account}`,
  )
}

/** AWS lets the last 100 be kept by nobody, and says so only in the middle of a deployment. */
function checkConcurrency({ name, webhookConcurrency, signInConcurrency = 0 }) {
  const kept = webhookConcurrency + signInConcurrency
  if (kept === 0) return
  const { ConcurrentExecutions: all } = awsJson(['lambda', 'get-account-settings']).AccountLimit
  if (all - kept >= 100) return
  throw new Mendable(
    `The account may run ${all} functions at once, so ${kept} cannot be kept for the webhook and the pages, as ` +
      `${name}.webhookConcurrency and .signInConcurrency want: ask AWS for more ("Concurrent executions" in Service ` +
      'Quotas), or set both to 0.',
  )
}

function cdkDeploy(stack, { yes }) {
  const outputs = join(scratch, 'outputs.json')
  const approval = yes ? ['--require-approval', 'never'] : []
  const args = ['deploy', stack, '--app', CDK_OUT, '--outputs-file', outputs, '--no-notices', ...approval]
  const { status } = spawnSync(process.execPath, [`${entry}node_modules/aws-cdk/bin/cdk`, ...args], {
    cwd: scratch,
    stdio: 'inherit',
    env: { ...process.env, ...QUIET },
  })
  if (status !== 0) throw new Mendable(`${stack} was not deployed: the CDK says why, above.`)
  return JSON.parse(readFileSync(outputs, 'utf8'))[stack]
}

async function registerAt(deployment, outputs, { dialect }) {
  const registered = await deployment.register(askAdmin(outputs.AdminFunction), outputs.WebhookUrl, dialect)
  if (registered.kind === 'refused') throw new Mendable(`X does not deliver: ${registered.detail}`)
  console.log('\nX delivers:')
  for (const line of registered.lines) console.log(`- ${line}`)
}

function askAdmin(functionArn) {
  return async (request) => {
    const file = join(scratch, 'answer.json')
    const payload = ['--cli-binary-format', 'raw-in-base64-out', '--payload', JSON.stringify(request)]
    const { FunctionError } = awsJson(['lambda', 'invoke', '--function-name', functionArn, ...payload, file])
    const answer = JSON.parse(readFileSync(file, 'utf8'))
    if (!FunctionError) return answer
    const log = `/aws/lambda/${functionArn.split(':')[6]}`
    throw new Mendable(`The admin function failed: ${answer.errorMessage}\nIts log: aws logs tail ${log} --since 10m`)
  }
}

function awsJson(args) {
  const { status, stdout, stderr } = aws([...args, '--output', 'json'])
  if (status !== 0) throw refusedBy(args.slice(0, 2).join(' '), stderr)
  return stdout.trim() === '' ? {} : JSON.parse(stdout)
}

function aws(args) {
  const env = { ...process.env, AWS_PAGER: '' }
  const done = spawnSync('aws', args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 26 })
  if (done.error?.code === 'ENOENT') {
    throw new Mendable(
      'The AWS CLI is needed: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html',
    )
  }
  if (done.error) throw done.error
  return done
}

function refusedBy(what, stderr) {
  const why = stderr.trim().split('\n').at(-1) || 'it said nothing'
  return new Mendable(
    `AWS refused \`aws ${what}\`: ${why}\nIs somebody signed in (aws sso login, AWS_PROFILE), and for the right account?`,
  )
}

function cdkVersion() {
  return JSON.parse(readFileSync(`${entry}node_modules/aws-cdk/package.json`, 'utf8')).version
}
