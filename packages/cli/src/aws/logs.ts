import { UsageError } from '../usage-error.js'
import { awsHere, needVersion2 } from './aws-cli.js'
import type { LogName } from './log-names.js'
import { nameOfStage } from './project.js'

export interface LogsOptions {
  readonly stage?: string
  readonly follow?: true
  readonly since: string
  /** The id of the only tweet to show. */
  readonly tweet?: string
}

/** The `logs` command. */
export async function logs(name: LogName, { stage: given, follow, since, tweet }: LogsOptions): Promise<void> {
  const stage = await nameOfStage(given)
  await needVersion2('hexbird logs')
  const group = `/aws/${name === 'api' ? 'apigateway' : 'lambda'}/${stage}-hexbird-${name}`
  const filter = tweet === undefined ? [] : ['--filter-pattern', `{ $.tweetId = "${tweet}" }`]
  const code = await awsHere(['logs', 'tail', group, '--since', since, ...filter, ...(follow ? ['--follow'] : [])])
  if (code === 0) return
  throw new UsageError(
    `AWS cannot show ${group}; see its message above. If the log group does not exist, check that ${stage} is deployed, ` +
      'that AWS_REGION is its region, and that the bot has this function.',
  )
}
