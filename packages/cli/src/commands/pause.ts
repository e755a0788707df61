import type { Whose } from '../running/ask.js'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'
import { whoseOptions } from './options.js'

export function addPause(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('pause')
    .argument('[reason]', 'why, for the next person who looks at the bot', 'by hand')
    .description('stop a bot from posting; new tweets wait until you resume it')
    .takes(...whoseOptions())
    .example('hexbird pause', 'pauses the bot of `hexbird dev`, or the one of `hexbird run` in this folder')
    .example('hexbird pause "looking into an incident" --stage production', 'pauses a bot on AWS')
    .action(async (reason: string, whose: Whose) => {
      const { pause } = await import('../running/operate.js')
      await pause(whose, reason, terminal)
    })
}
