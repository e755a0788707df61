import { InvalidArgumentError } from 'commander'
import type { ProveOptions } from '../local/prove.js'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'
import { botArgument, rulesOption } from './options.js'

export function addProve(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('prove')
    .addArgument(botArgument())
    .description('try to make the bot break a promise, and print the smallest conversation in which it does')
    .option('--quick', 'a short run of about 15 seconds')
    .option('--runs <number>', 'how many conversations to try', wholeNumber(1, 1_000_000))
    .option(
      '--seed <number>',
      'repeat the run with this seed (default: a new one each time)',
      wholeNumber(0, 2 ** 32 - 1),
    )
    .option(
      '--save <folder>',
      'write a test for each failure that can be replayed by itself; the test fails until the bot is fixed',
    )
    .addOption(rulesOption())
    .example('hexbird prove bot.ts', 'crashes, faults, edits, floods and hostile people, on a local X in virtual time')
    .example('hexbird prove bot.ts --quick --seed 42', 'the same short run each time')
    .example('hexbird prove bot.ts --save test/', 'saves the failures as tests in your project')
    .addHelpText('after', '\nExit codes: 0 no broken promise, 1 at least one, 2 usage error.')
    .action(async (bot: string | undefined, options: ProveOptions) => {
      const { prove } = await import('../local/prove.js')
      terminal.exitCode = await prove({ ...options, bot }, terminal)
    })
}

const wholeNumber = (least: number, most: number) => (text: string) => {
  const number = Number(text)
  if (/^\d{1,10}$/.test(text) && number >= least && number <= most) return number
  throw new InvalidArgumentError(`Pass a whole number from ${least} to ${most}.`)
}
