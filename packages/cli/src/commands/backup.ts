import type { Command } from 'commander'
import type { StoreGiven } from '../operate/store/path.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'
import { settingsOption, storeOption } from './options.js'

export function addBackup(program: Command, terminal: Terminal): void {
  program
    .command('backup')
    .description('copies the store of `hexbird run` to a file, also while the bot runs, and checks the copy')
    .argument('<file>', 'where the copy goes; for you alone to read')
    .addOption(storeOption())
    .option('--force', 'replaces a file that is there')
    .addOption(settingsOption())
    .addHelpText('after', examples(['hexbird backup "backup-$(date +%F).sqlite"', 'one a day']))
    .action(async (file: string, given: StoreGiven & { readonly force?: true }) => {
      const { backup } = await import('../operate/store/backup.js')
      terminal.exitCode = await backup(file, given, terminal)
    })
}

export function addRestore(program: Command, terminal: Terminal): void {
  program
    .command('restore')
    .description('puts a backup in the place of the store, which is kept under another name; stop the bot first')
    .argument('<file>', 'the backup')
    .addOption(storeOption())
    .option('--yes', 'without a question')
    .addOption(settingsOption())
    .addHelpText('after', examples(['hexbird restore backup-2026-11-29.sqlite', 'says what is lost, and asks first']))
    .action(async (file: string, given: StoreGiven & { readonly yes?: true }) => {
      const { restore } = await import('../operate/store/restore.js')
      terminal.exitCode = await restore(file, given, terminal)
    })
}
