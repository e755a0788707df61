import { Option } from 'commander'
import { INGRESSES } from '../run/ingress-names.js'
import type { SetupGiven } from '../setup/setup.js'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'
import { browserOptions, localXOption } from './options.js'

export function addSetup(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('setup')
    .description(
      "ask for the app's keys, say where X shows them, test them, and write them to a file that only you can read",
    )
    .option('--from <file>', 'read HEXBIRD_… settings from a file; - for standard input')
    .option('--env <file>', 'the file to write; its other settings are kept', '.env')
    .addOption(new Option('--ingress <name>', 'how tweets reach the bot').choices(INGRESSES))
    .option('--webhook-url <url>', 'the public URL that X delivers to')

    .takes(localXOption(), ...browserOptions())
    .example('hexbird setup', 'asks for everything; hides secrets while you type')
    .example('hexbird setup --from keys.env --ingress poll', 'asks nothing')
    .example(
      'hexbird setup --ingress webhook --webhook-url https://bot.example/twitter/webhook/handleapi',
      'also subscribes the webhook',
    )
    .addHelpText(
      'after',
      `
No option takes a key: shells save commands in their history, and other programs can read the
arguments of a running command.`,
    )
    .action(async (given: SetupGiven) => {
      const { setup } = await import('../setup/setup.js')
      terminal.exitCode = await setup(given, terminal)
    })
}
