import { type Command, InvalidArgumentError, Option } from 'commander'
import { INGRESSES } from '../run/ingress-names.js'
import type { RunOptions } from '../run/run.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'
import { botArgument, labelerOption, portNumber, rulesOption, settingsOption, storeOption } from './options.js'

export function addRun(program: Command, terminal: Terminal): void {
  program
    .command('run')
    .addArgument(botArgument())
    .description('runs the bot on the real X: one process, one file of state, no public address needed')
    .addOption(storeOption())
    .addOption(new Option('--ingress <name>', 'how tweets reach it (default: poll)').choices(INGRESSES))
    .option(
      '--every <seconds>',
      'how often X is asked for new mentions (default: 30, with the stream 600, with a webhook 300)',
      seconds,
    )
    .option('--port <number>', 'where it serves the webhook, the sign-in pages and /health (default: 8080)', portNumber)
    .option('--host <address>', 'the address that it listens on (default: 127.0.0.1)')
    .option('--x <url>', 'a local X on this machine in place of X, such as http://127.0.0.1:4000')
    .addOption(rulesOption())
    .addOption(labelerOption())
    .addOption(settingsOption())
    .option('--json-logs', 'logs JSON on a screen too, one object a line')
    .addHelpText(
      'after',
      examples(
        ['hexbird run bot.ts', 'with the keys in .env; asks X for new mentions every 30 seconds'],
        ['hexbird run bot.ts --ingress webhook --port 8080', 'behind a proxy that speaks HTTPS'],
        ['hexbird run bot.ts --x http://127.0.0.1:4000', 'on the X of `hexbird local-x --port 4000 --env .env`'],
      ),
    )
    .action(async (bot: string | undefined, options: RunOptions) => {
      const { run } = await import('../run/run.js')
      terminal.exitCode = await run({ ...options, bot }, terminal)
    })
}

function seconds(text: string): number {
  const number = Number(text)
  if (/^[0-9]+$/.test(text) && number >= 1 && number <= 86_400) return number
  throw new InvalidArgumentError('It is a number of seconds, from 1 to 86400.')
}
