import { type Command, InvalidArgumentError } from 'commander'
import type { Whose } from '../running/ask.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'
import { runningStoreOption, settingsOption } from './options.js'

export function addBilled(program: Command, terminal: Terminal): void {
  program
    .command('billed')
    .argument('<dollars>', 'what X has billed today (UTC), from its console', microDollars)
    .description("lets `hexbird run` spend the rest of today's money after a store that had lost replies")
    .addOption(runningStoreOption())
    .addOption(settingsOption())
    .addHelpText(
      'after',
      examples(['hexbird billed 1.20', 'the rest of the limit may be spent; what the store counts itself is on top']),
    )
    .action(async (micro: number, whose: Whose) => {
      const { billed } = await import('../running/operate.js')
      await billed(whose, micro, terminal)
    })
}

function microDollars(text: string): number {
  if (/^\d{1,6}(\.\d{1,6})?$/.test(text)) return Math.round(Number(text) * 1_000_000)
  throw new InvalidArgumentError('It is an amount in dollars, such as 1.20.')
}
