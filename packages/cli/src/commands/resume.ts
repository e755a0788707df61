import type { Whose } from '../running/ask.js'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'
import { whoseOptions } from './options.js'

export function addResume(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('resume')
    .description('let a bot post again, whatever stopped it; if X did, resolve the cause with X first')
    .takes(...whoseOptions())
    .example('hexbird resume --stage production', 'answers the tweets that waited, except those older than a day')
    .action(async (whose: Whose) => {
      const { resume } = await import('../running/operate.js')
      await resume(whose, terminal)
    })
}
