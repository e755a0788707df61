import { Argument, InvalidArgumentError } from 'commander'
import { LOGS, type LogName } from '../aws/log-names.js'
import type { LogsOptions } from '../aws/logs.js'
import type { HexbirdCommand } from './hexbird-command.js'
import { projectStageOption } from './options.js'

export function addLogs(program: HexbirdCommand): void {
  program
    .command('logs')
    .description('show the logs of a function of a deployed stage')
    .addArgument(
      new Argument('[function]', 'the function; `api` shows the requests to the webhook and the sign-in pages')
        .choices(LOGS)
        .default('tweets'),
    )
    .addOption(projectStageOption())
    .option('--follow', 'keep showing new lines until Ctrl-C')
    .option('--since <time>', 'the start: 5m, 2h or 1d (ago), or a time such as 2026-11-23T09:00:00Z', '10m')
    .option('--tweet <id>', 'only lines about this tweet', tweetId)
    .example('hexbird logs --stage staging --follow', 'shows what happens to each tweet')
    .example('hexbird logs webhook --stage staging --since 1h', 'shows what X delivered')
    .action(async (name: LogName, options: LogsOptions) => {
      const { logs } = await import('../aws/logs.js')
      await logs(name, options)
    })
}

function tweetId(text: string): string {
  if (/^\d{1,19}$/.test(text)) return text
  throw new InvalidArgumentError('A tweet id has 1 to 19 digits.')
}
