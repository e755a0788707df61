import type { Command } from 'commander'
import type { OperatorOptions } from '../operate/operator.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'
import { holderOption, localXOption, settingsOption } from './options.js'

export function addDoctor(program: Command, terminal: Terminal): void {
  program
    .command('doctor')
    .description(
      "check settings, keys, clock, webhook and subscriptions, send forged requests to the bot's webhook, and suggest fixes",
    )
    .addOption(holderOption())
    .addOption(settingsOption())
    .addOption(localXOption().conflicts('stage'))
    .addHelpText(
      'after',
      examples(
        ['hexbird doctor', 'exits with 1 if a check fails'],
        ['hexbird doctor --stage production', "skips the checks that need the stage's secrets on this machine"],
        ['hexbird doctor --json', 'as JSON, for scripts'],
      ),
    )
    .action(async (given: OperatorOptions) => {
      const { doctor } = await import('../operate/doctor/doctor.js')
      terminal.exitCode = await doctor(given, terminal)
    })
}
