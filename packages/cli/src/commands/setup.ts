import { type Command, Option } from 'commander'
import { INGRESSES } from '../run/ingress-names.js'
import type { SetupGiven } from '../setup/setup.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'
import { portNumber } from './options.js'

export function addSetup(program: Command, terminal: Terminal): void {
  program
    .command('setup')
    .description(
      "asks for the app's keys, says where X shows them, tries them, and writes them to a file for you alone",
    )
    .option('--from <file>', 'takes HEXBIRD_… settings from a file; - for standard input')
    .option('--env <file>', 'the file that is written; what else is in it stays', '.env')
    .addOption(new Option('--ingress <name>', 'how tweets reach the bot').choices(INGRESSES))
    .option('--webhook-url <url>', 'the public address that X delivers to')
    .option('--x <url>', 'a local X on this machine in place of X, such as http://127.0.0.1:4000')
    .option('--callback-port <number>', 'where a sign-in with a browser comes back to', portNumber, 8080)
    .option('--no-open', 'opens no browser; the address is shown in any case')
    .addHelpText(
      'after',
      `${examples(
        ['hexbird setup', 'asks for everything; secrets are not shown while you type'],
        ['hexbird setup --from keys.env --ingress poll', 'asks nothing'],
        [
          'hexbird setup --ingress webhook --webhook-url https://bot.example/twitter/webhook/handleapi',
          'subscribes too',
        ],
      )}

No flag takes a key: shells write down what is typed, and other programs on the machine can read it.`,
    )
    .action(async (given: SetupGiven) => {
      const { setup } = await import('../setup/setup.js')
      terminal.exitCode = await setup(given, terminal)
    })
}
