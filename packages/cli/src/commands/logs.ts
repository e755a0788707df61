import { Argument, type Command, InvalidArgumentError } from 'commander'
import { LOGS, type LogName } from '../aws/log-names.js'
import type { LogsOptions } from '../aws/logs.js'
import { examples } from './examples.js'
import { projectStageOption } from './options.js'

export function addLogs(program: Command): void {
  program
    .command('logs')
    .description('shows what a function of a deployed stage wrote')
    .addArgument(
      new Argument('[function]', 'which; `api` has the requests to webhook and pages').choices(LOGS).default('tweets'),
    )
    .addOption(projectStageOption())
    .option('--follow', 'goes on until Ctrl-C')
    .option('--since <time>', 'as 5m, 2h or 1d (ago), or 2026-11-23T09:00:00Z', '10m')
    .option('--tweet <id>', 'only about that tweet', tweetId)
    .addHelpText(
      'after',
      examples(
        ['hexbird logs --stage staging --follow', 'what becomes of tweets'],
        ['hexbird logs webhook --stage staging --since 1h', 'what X delivered'],
      ),
    )
    .action(async (name: LogName, options: LogsOptions) => {
      const { logs } = await import('../aws/logs.js')
      await logs(name, options)
    })
}

function tweetId(text: string): string {
  if (/^\d{1,19}$/.test(text)) return text
  throw new InvalidArgumentError('The id of a tweet is 1 to 19 digits.')
}
