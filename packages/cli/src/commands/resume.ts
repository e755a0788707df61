import type { Command } from 'commander'
import type { Whose } from '../running/ask.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'
import { runningPortOption, runningStoreOption, settingsOption, stageOption } from './options.js'

export function addResume(program: Command, terminal: Terminal): void {
  program
    .command('resume')
    .description('let a bot post again, whatever stopped it; if X did, resolve the cause with X first')
    .addOption(stageOption())
    .addOption(runningStoreOption())
    .addOption(runningPortOption())
    .addOption(settingsOption())
    .addHelpText(
      'after',
      examples(['hexbird resume --stage production', 'answers the tweets that waited, except those older than a day']),
    )
    .action(async (whose: Whose) => {
      const { resume } = await import('../running/operate.js')
      await resume(whose, terminal)
    })
}
