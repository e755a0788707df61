import type { OperatorOptions } from '../operate/operator.js'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'
import { operatorOptions } from './options.js'

export function addDoctor(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('doctor')
    .description(
      "check settings, keys, clock, webhook and subscriptions, send forged requests to the bot's webhook, and suggest fixes",
    )
    .takes(...operatorOptions())
    .example('hexbird doctor', 'exits with 1 if a check fails')
    .example('hexbird doctor --stage production', "skips the checks that need the stage's secrets on this machine")
    .example('hexbird doctor --json', 'as JSON, for scripts')
    .action(async (given: OperatorOptions) => {
      const { doctor } = await import('../operate/doctor/doctor.js')
      terminal.exitCode = await doctor(given, terminal)
    })
}
