import type { RotateGiven } from '../operate/rotate/rotate.js'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'
import { settingsOption } from './options.js'

export function addRotate(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('rotate')
    .description("rotate the app's consumer secret, step by step; you can stop and continue later")
    .option('--rehearse', 'practice on a local X, without changing your keys or settings')
    .option('--yes', 'do not ask')
    .addOption(settingsOption())
    .example('hexbird rotate --rehearse', 'shows the steps on a local X')
    .example('hexbird rotate', 'takes the steps that it can and says what you have to do; to continue, run it again')
    .action(async (given: RotateGiven & { readonly rehearse?: true }) => {
      if (given.rehearse) {
        const { rehearse } = await import('../operate/rotate/rehearse.js')
        terminal.exitCode = await rehearse(terminal)
      } else {
        const { rotate } = await import('../operate/rotate/rotate.js')
        terminal.exitCode = await rotate(given, terminal)
      }
    })
}
