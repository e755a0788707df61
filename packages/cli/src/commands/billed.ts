import { InvalidArgumentError } from 'commander'
import type { Whose } from '../running/ask.js'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'
import { runningStoreOption, settingsOption } from './options.js'

export function addBilled(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('billed')
    .argument('<dollars>', "the amount that X has billed today (UTC), from X's console", microDollars)
    .description(
      "enter what X has billed today, to free the rest of today's budget after restoring a store that lacked replies",
    )
    .takes(runningStoreOption(), settingsOption())
    .example('hexbird billed 1.20', 'counts $1.20 as spent, in addition to what the store has already counted')
    .action(async (micro: number, whose: Whose) => {
      const { billed } = await import('../running/operate.js')
      await billed(whose, micro, terminal)
    })
}

function microDollars(text: string): number {
  if (/^\d{1,6}(\.\d{1,6})?$/.test(text)) return Math.round(Number(text) * 1_000_000)
  throw new InvalidArgumentError('Pass an amount in dollars, such as 1.20.')
}
