import type { StoreGiven } from '../operate/store/path.js'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'
import { settingsOption, storeOption } from './options.js'

export function addBackup(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('backup')
    .description('copy the store of `hexbird run` to a file and check the copy; the bot can keep running')
    .argument('<file>', 'where to write the copy; only you can read it')
    .addOption(storeOption())
    .option('--force', 'replace an existing file')
    .addOption(settingsOption())
    .example('hexbird backup "backup-$(date +%F).sqlite"', 'makes one file a day')
    .action(async (file: string, given: StoreGiven & { readonly force?: true }) => {
      const { backup } = await import('../operate/store/backup.js')
      terminal.exitCode = await backup(file, given, terminal)
    })
}

export function addRestore(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('restore')
    .description('replace the store of a stopped bot with a backup; the old store is kept under another name')
    .argument('<file>', 'the backup')
    .addOption(storeOption())
    .option('--yes', 'do not ask')
    .addOption(settingsOption())
    .example('hexbird restore backup-2026-11-29.sqlite', 'says what will be lost, then asks for confirmation')
    .action(async (file: string, given: StoreGiven & { readonly yes?: true }) => {
      const { restore } = await import('../operate/store/restore.js')
      terminal.exitCode = await restore(file, given, terminal)
    })
}
