import type { Command } from 'commander'
import type { OperatorOptions } from '../operate/operator.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'
import { holderOption, settingsOption } from './options.js'

export function addDoctor(program: Command, terminal: Terminal): void {
  program
    .command('doctor')
    .description(
      "check settings, keys, clock, webhook and subscriptions, attack the bot's own webhook, and say what to do",
    )
    .addOption(holderOption())
    .addOption(settingsOption())
    .addHelpText(
      'after',
      examples(
        ['hexbird doctor', 'exit code 1 if something has to be corrected'],
        ['hexbird doctor --stage production', 'what can be checked without the secrets of the stage'],
        ['hexbird doctor --json', 'for a program'],
      ),
    )
    .action(async (given: OperatorOptions) => {
      const { doctor } = await import('../operate/doctor/doctor.js')
      terminal.exitCode = await doctor(given, terminal)
    })
}
