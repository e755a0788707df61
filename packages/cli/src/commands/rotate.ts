import type { Command } from 'commander'
import type { RotateGiven } from '../operate/rotate/rotate.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'
import { settingsOption } from './options.js'

export function addRotate(program: Command, terminal: Terminal): void {
  program
    .command('rotate')
    .description(
      "walks through a rotation of the app's consumer secret in the right order; can be left and gone on with",
    )
    .option('--rehearse', 'the same on this machine, with a local X; touches nothing of yours')
    .option('--yes', 'without a question')
    .addOption(settingsOption())
    .addHelpText(
      'after',
      examples(
        ['hexbird rotate --rehearse', 'see first what will happen'],
        ['hexbird rotate', 'goes as far as it can, says what is next, and goes on from there the next time'],
      ),
    )
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
