import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { foreign } from '../foreign.js'
import { UsageError } from '../usage-error.js'

interface AwsSaid {
  /** 0 if it succeeded. */
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs the AWS CLI, which finds account, region and credentials as it always does.
 *
 * @throws UsageError if there is no AWS CLI
 */
export function aws(args: readonly string[]): Promise<AwsSaid> {
  const options = { env: { ...process.env, AWS_PAGER: '' }, maxBuffer: 2 ** 26 }
  return new Promise((resolve, reject) => {
    execFile('aws', args, options, (error, stdout, stderr) => {
      if (error === null) resolve({ status: 0, stdout, stderr })
      else if (error.code === 'ENOENT') reject(noAwsCli())
      else resolve({ status: typeof error.code === 'number' ? error.code : 1, stdout, stderr: stderr || error.message })
    })
  })
}

/** Does what `aws` does, and reads what it answers. @throws UsageError if AWS refuses, with its reason */
export async function awsJson<T>(args: readonly string[]): Promise<T> {
  const { status, stdout, stderr } = await aws([...args, '--output', 'json'])
  if (status !== 0) throw refusedBy(args, stderr)
  return JSON.parse(stdout) as T
}

/** Runs the AWS CLI on this terminal, to its end. Gives its exit code. */
export async function awsHere(args: readonly string[]): Promise<number> {
  const child = spawn('aws', args, { stdio: 'inherit', env: { ...process.env, AWS_PAGER: '' } })
  const [code] = (await once(child, 'close').catch((error: unknown) => {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? noAwsCli() : error
  })) as [number | null]
  return code ?? 1
}

/**
 * Refuses version 1 of the AWS CLI, which has no `aws logs tail`, and does not read `AWS_REGION`.
 *
 * @throws UsageError if the AWS CLI is version 1, or not there
 */
export async function needVersion2(command: string): Promise<void> {
  const { stdout, stderr } = await aws(['--version'])
  const [, version] = /^aws-cli\/(1\.\S+)/.exec(stdout || stderr) ?? []
  if (version === undefined) return
  throw new UsageError(
    `${command} needs AWS CLI version 2, but \`aws --version\` says ${version}. Install it: ${INSTALL}`,
  )
}

export function refusedBy([service, operation]: readonly string[], stderr: string): UsageError {
  const why = foreign(stderr.trim().split('\n').at(-1) ?? '') || 'it gave no reason'
  return new UsageError(
    `AWS refused \`aws ${service} ${operation}\`: ${why}\nSign in (aws sso login) and check AWS_PROFILE and AWS_REGION.`,
  )
}

const INSTALL = 'https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html'

const noAwsCli = () => new UsageError(`This command needs the AWS CLI, version 2. Install it: ${INSTALL}`)
