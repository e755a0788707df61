import { spawnSync } from 'node:child_process'
import { lineOf, SmokeError } from './errors.js'

interface Output {
  readonly OutputKey?: string
  readonly OutputValue?: string
}

/**
 * Where a stage answers, as its stack says.
 *
 * @throws SmokeError `ADDRESS_UNKNOWN`
 */
export function originOf(stage: string, region: string): string {
  const stack = `hexbird-${stage}`
  const query = ['--stack-name', stack, '--region', region, '--query', 'Stacks[0].Outputs', '--output', 'json']
  const { status, stdout, stderr, error } = spawnSync('aws', ['cloudformation', 'describe-stacks', ...query], {
    encoding: 'utf8',
    env: { ...process.env, AWS_PAGER: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (error) throw unknown(`The AWS CLI, which would ask the stack ${stack}, does not run (${lineOf(error)}).`)
  if (status !== 0) throw unknown(`The stack ${stack} cannot be asked: ${stderr.trim().split('\n').at(-1)}`)
  const outputs = (JSON.parse(stdout) ?? []) as readonly Output[]
  const url = outputs.find(({ OutputKey }) => OutputKey === 'WebhookUrl')?.OutputValue
  if (url === undefined) throw unknown(`The stack ${stack} does not say where its webhook is: deploy it again.`)
  return new URL(url).origin
}

const unknown = (why: string) =>
  new SmokeError(
    'ADDRESS_UNKNOWN',
    `${why}\nSay where the stage answers: --url https://… (ApiEndpoint of its deployment)`,
  )
