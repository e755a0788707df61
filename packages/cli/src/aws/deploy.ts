import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommandError } from '../command-error.js'
import { foreign } from '../foreign.js'
import type { StageRequest } from '../running/requests.js'
import { askStage } from '../running/stage.js'
import type { Terminal } from '../terminal.js'
import { UsageError } from '../usage-error.js'
import { aws, awsJson, needVersion2, refusedBy } from './aws-cli.js'
import type { Ask, FoundParameter, Outputs, Stage } from './deployment.js'
import { cdkCommand, readStage } from './project.js'

export interface DeployOptions {
  readonly stage?: string
  readonly register?: true
  readonly dialect: string
  readonly tracing?: true
  readonly yes?: true
}

/** The `deploy` command: checks what a deployment needs, deploys one stage, and says what is next. */
export async function deploy(options: DeployOptions, terminal: Terminal): Promise<void> {
  const { stage, deployment } = await readStage(options.stage)
  stopAt(deployment.placeholdersOf(stage), 'stages.json still has placeholder values. Replace them:')
  if (options.register && !stage.webhookStage) {
    throw new UsageError(
      `${stage.name} does not have the webhook (X allows one per account). To move it here, set ${stage.name}.webhookStage ` +
        'to true in stages.json, and to false in the stage that has it now.',
    )
  }
  const cdk = cdkCommand()
  const faults = await terminal.during('Checking what AWS has', faultsAtAws())
  stopAt(
    faults,
    `The functions of ${stage.name} cannot start yet. Run these commands one at a time. Where a command waits, paste the value and press Enter, then Ctrl-D.`,
  )
  const outputs = await cdkDeploy(cdk, deployment.stackName(stage), options)
  terminal.say(`\n${stage.name} is deployed.`)
  for (const [name, value] of Object.entries(outputs)) terminal.say(`  ${name.padEnd(14)} ${value}`)
  if (options.register) await register()
  const next = deployment.nextSteps(stage, outputs, options.register === true)
  terminal.say(['\nNext:', ...next.map((step) => `- ${step}`)].join('\n'))
  terminal.result({ stage: stage.name, outputs })

  async function faultsAtAws(): Promise<readonly string[]> {
    await needVersion2('hexbird deploy')
    await checkBootstrap(await environment())
    await checkConcurrency(stage)
    const path = `Key=Path,Option=OneLevel,Values=/hexbird/${stage.name}`
    const { Parameters = [] } = await awsJson<{ readonly Parameters?: readonly FoundParameter[] }>([
      ...['ssm', 'describe-parameters', '--parameter-filters', path],
    ])
    return deployment.parameterFaults(stage, Parameters)
  }

  async function register(): Promise<void> {
    const ask: Ask = (request) => askStage(stage.name, request as StageRequest)
    const work = deployment.register(ask, outputs.WebhookUrl, options.dialect)
    const registered = await terminal.during('Registering the webhook', work)
    if (registered.kind === 'refused') {
      throw new CommandError('STAGE_FAILED', `X does not deliver: ${foreign(registered.detail)}`)
    }
    terminal.say(['\nX delivers:', ...registered.lines.map((line) => `- ${foreign(line)}`)].join('\n'))
  }
}

function stopAt(faults: readonly string[], title: string): void {
  if (faults.length > 0) throw new UsageError([title, ...faults.map((fault) => `- ${fault}`)].join('\n'))
}

/** The account and the region, as the CDK writes them. */
async function environment(): Promise<string> {
  const { Account } = await awsJson<{ readonly Account: string }>(['sts', 'get-caller-identity'])
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env
  const region = AWS_REGION || AWS_DEFAULT_REGION || (await aws(['configure', 'get', 'region'])).stdout.trim()
  if (!region) throw new UsageError('No region is set. Set one, for example: export AWS_REGION=us-east-1')
  return `aws://${Account}/${region}`
}

async function checkBootstrap(environment: string): Promise<void> {
  const command = ['ssm', 'get-parameter', '--name', '/cdk-bootstrap/hnb659fds/version']
  const { status, stderr } = await aws(command)
  if (status === 0) return
  if (!stderr.includes('ParameterNotFound')) throw refusedBy(command, stderr)
  throw new UsageError(
    `The CDK is not set up in this account and region. An administrator has to run this once: npx cdk bootstrap ${environment}`,
  )
}

/** AWS keeps the last 100 for functions that reserve none, and says so only in the middle of a deployment. */
async function checkConcurrency({ name, webhookConcurrency, signIn }: Stage): Promise<void> {
  const reserved = webhookConcurrency + (signIn?.concurrency ?? 0)
  if (reserved === 0) return
  const { AccountLimit } = await awsJson<{ readonly AccountLimit: { readonly ConcurrentExecutions: number } }>([
    ...['lambda', 'get-account-settings'],
  ])
  const all = AccountLimit.ConcurrentExecutions
  if (all - reserved >= 100) return
  throw new UsageError(
    `This account can run ${all} functions at once, so ${reserved} cannot be reserved for ${name}. Set webhookConcurrency (and ` +
      'signIn.concurrency) to 0 in stages.json, or ask AWS for more ("Concurrent executions" in Service Quotas).',
  )
}

/** The CDK runs the project's app, asks before it changes permissions, and says what it does. */
async function cdkDeploy(cdk: string, stack: string, { tracing, yes }: DeployOptions): Promise<Outputs> {
  const scratch = await mkdtemp(join(tmpdir(), 'hexbird-deploy-'))
  try {
    const outputs = join(scratch, 'outputs.json')
    const context = tracing ? ['--context', 'tracing=true'] : []
    const approval = yes ? ['--require-approval', 'never'] : []
    const args = ['deploy', stack, '--outputs-file', outputs, '--no-notices', ...context, ...approval]
    const child = spawn(process.execPath, [cdk, ...args], {
      // Standard output is for what people came for.
      stdio: ['inherit', 2, 'inherit'],
      env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: '1', CDK_DISABLE_VERSION_CHECK: '1' },
    })
    const [code] = (await once(child, 'close')) as [number | null]
    if (code !== 0)
      throw new CommandError('DEPLOY_FAILED', `${stack} was not deployed. See the output of the CDK above.`)
    return (JSON.parse(await readFile(outputs, 'utf8')) as Readonly<Record<string, Outputs>>)[stack] as Outputs
  } finally {
    await rm(scratch, { recursive: true })
  }
}
