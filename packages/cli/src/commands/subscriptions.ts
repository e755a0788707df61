import type { OperatorOptions } from '../operate/operator.js'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'
import { operatorOptions } from './options.js'

export function addSubscriptions(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('subscriptions')
    .description("list the subscriptions for both of X's delivery formats")
    .takes(...operatorOptions())
    .example('hexbird subscriptions', 'shows the ids for `unsubscribe`')
    .action(async (given: OperatorOptions) => {
      const { subscriptions } = await import('../operate/subscriptions.js')
      terminal.exitCode = await subscriptions(given, terminal)
    })
}
