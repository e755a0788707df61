import { InvalidArgumentError, Option } from 'commander'
import { INGRESSES } from '../run/ingress-names.js'
import type { RunOptions } from '../run/run.js'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'
import {
  botArgument,
  labelerOption,
  localXOption,
  portNumber,
  rulesOption,
  settingsOption,
  storeOption,
} from './options.js'

export function addRun(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('run')
    .addArgument(botArgument())
    .description('run the bot on the real X: one process, one file, no public address needed')
    .addOption(storeOption())
    .addOption(new Option('--ingress <name>', 'how tweets reach the bot (default: poll)').choices(INGRESSES))
    .option(
      '--every <seconds>',
      'seconds between polls for mentions (default: 30 for poll, 600 for stream, 300 for webhook)',
      seconds,
    )
    .option('--port <number>', 'the port for the webhook, the sign-in pages and /health (default: 8080)', portNumber)
    .option('--host <address>', 'the address to listen on (default: 127.0.0.1)')
    .takes(localXOption(), rulesOption(), labelerOption(), settingsOption())
    .option('--json-logs', 'log JSON even in a terminal, one object per line')
    .example('hexbird run bot.ts', 'with the keys in .env; polls X for mentions every 30 seconds')
    .example('hexbird run bot.ts --ingress webhook --port 8080', 'behind an HTTPS proxy')
    .example(
      'hexbird run bot.ts --x http://127.0.0.1:4000',
      'on the local X of `hexbird local-x --port 4000 --env .env`',
    )
    .action(async (bot: string | undefined, options: RunOptions) => {
      const { run } = await import('../run/run.js')
      terminal.exitCode = await run({ ...options, bot }, terminal)
    })
}

function seconds(text: string): number {
  const number = Number(text)
  if (/^[0-9]+$/.test(text) && number >= 1 && number <= 86_400) return number
  throw new InvalidArgumentError('Pass a number of seconds from 1 to 86400.')
}
