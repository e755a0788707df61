import type { UnsubscribeGiven } from '../operate/subscriptions.js'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'
import { operatorOptions } from './options.js'

export function addUnsubscribe(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('unsubscribe')
    .argument('[id...]', 'subscription ids; for Account Activity, the account id')
    .description('end subscriptions')
    .option('--all', 'end every subscription')
    .option('--yes', 'do not ask')
    .takes(...operatorOptions())
    .example('hexbird unsubscribe 1976325569252868096', 'asks for confirmation first')
    .example('hexbird unsubscribe --all --yes', 'asks nothing')
    .action(async (ids: readonly string[], given: Omit<UnsubscribeGiven, 'ids'>) => {
      const { unsubscribe } = await import('../operate/subscriptions.js')
      terminal.exitCode = await unsubscribe({ ...given, ids }, terminal)
    })
}
