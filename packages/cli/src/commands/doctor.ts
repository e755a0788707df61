import type { Command } from 'commander'
import type { OperatorOptions } from '../operate/operator.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'
import { holderOption, settingsOption } from './options.js'

export function addDoctor(program: Command, terminal: Terminal): void {
  program
    .command('doctor')
    .description(
      "looks at settings, keys, clock, webhook and subscriptions, attacks the bot's own webhook, and says what to do",
    )
    .addOption(holderOption())
    .addOption(settingsOption())
    .addHelpText(
      'after',
      examples(
        ['hexbird doctor', 'exit code 1 where something is to be mended'],
        ['hexbird doctor --stage production', 'as much as can be seen without its secrets'],
        ['hexbird doctor --json', 'for a program'],
      ),
    )
    .action(async (given: OperatorOptions) => {
      const { doctor } = await import('../operate/doctor/doctor.js')
      terminal.exitCode = await doctor(given, terminal)
    })
}
