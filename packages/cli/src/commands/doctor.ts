import type { Command } from 'commander'
import type { OperatorOptions } from '../operate/operator.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'
import { settingsOption } from './options.js'

export function addDoctor(program: Command, terminal: Terminal): void {
  program
    .command('doctor')
    .description(
      "looks at settings, keys, clock, webhook and subscriptions, attacks the bot's own webhook, and says what to do",
    )
    .addOption(settingsOption())
    .addHelpText(
      'after',
      examples(
        ['hexbird doctor', 'exit code 1 where something is to be mended'],
        ['hexbird doctor --json', 'for a program'],
      ),
    )
    .action(async (given: OperatorOptions) => {
      const { doctor } = await import('../operate/doctor/doctor.js')
      terminal.exitCode = await doctor(given, terminal)
    })
}
