import type { Whose } from '../running/ask.js'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'
import { whoseOptions } from './options.js'

export function addPurge(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('purge')
    .description('permanently delete everything that a paused bot has stored about everyone')
    .takes(...whoseOptions())
    .option('--yes-purge <stage>', 'do not ask; confirm with the name of the stage, or `local`')
    .example(
      'hexbird purge',
      'the bot of `hexbird dev`, or the one of `hexbird run` in this folder; asks for the word `local`',
    )
    .example('hexbird purge --stage staging', 'a bot on AWS; asks for the name of its stage')
    .action(async (options: Whose & { readonly yesPurge?: string }) => {
      const { purge } = await import('../running/operate.js')
      await purge(options, options.yesPurge, terminal)
    })
}
