import type { Whose } from '../running/ask.js'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'
import { whoseOptions } from './options.js'

export function addForget(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('forget')
    .argument('<user>', 'a user id, or a handle such as @alice')
    .description('delete everything that a bot has stored about a person, and revoke their tokens at X')
    .takes(...whoseOptions())
    .example(
      'hexbird forget @alice',
      'deletes from the bot of `hexbird dev`, or from the one of `hexbird run` in this folder',
    )
    .example('hexbird forget 1234567890 --stage production', 'deletes from a bot on AWS')
    .action(async (user: string, whose: Whose) => {
      const { forget } = await import('../running/operate.js')
      terminal.exitCode = await forget(whose, user, terminal)
    })
}
