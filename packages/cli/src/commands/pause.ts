import type { Command } from 'commander'
import type { Whose } from '../running/ask.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'
import { runningPortOption, runningStoreOption, settingsOption, stageOption } from './options.js'

export function addPause(program: Command, terminal: Terminal): void {
  program
    .command('pause')
    .argument('[reason]', 'why, for the next person who looks at the bot', 'by hand')
    .description('stop a bot from posting; new tweets wait until you resume it')
    .addOption(stageOption())
    .addOption(runningStoreOption())
    .addOption(runningPortOption())
    .addOption(settingsOption())
    .addHelpText(
      'after',
      examples(
        ['hexbird pause', 'pauses the bot of `hexbird dev`, or the one of `hexbird run` in this folder'],
        ['hexbird pause "looking into an incident" --stage production', 'pauses a bot on AWS'],
      ),
    )
    .action(async (reason: string, whose: Whose) => {
      const { pause } = await import('../running/operate.js')
      await pause(whose, reason, terminal)
    })
}
