import type { Command } from 'commander'
import type { OperatorOptions } from '../operate/operator.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'
import { holderOption, settingsOption } from './options.js'

export function addSubscriptions(program: Command, terminal: Terminal): void {
  program
    .command('subscriptions')
    .description("list the subscriptions for both of X's delivery formats")
    .addOption(holderOption())
    .addOption(settingsOption())
    .addHelpText('after', examples(['hexbird subscriptions', 'shows the ids for `unsubscribe`']))
    .action(async (given: OperatorOptions) => {
      const { subscriptions } = await import('../operate/subscriptions.js')
      terminal.exitCode = await subscriptions(given, terminal)
    })
}
