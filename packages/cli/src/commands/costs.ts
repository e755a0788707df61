import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Load } from '../operate/costs/estimate.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'

export function addCosts(program: Command, terminal: Terminal): void {
  program
    .command('costs')
    .description('estimate what a bot costs a month, at X and where it runs; asks nobody')
    .option('--with-photo <number>', 'tweets with a photo, a day', numberUpTo(1_000_000), 100)
    .option('--without-photo <number>', 'tweets without one, a day', numberUpTo(1_000_000), 0)
    .option('--photos-each <number>', 'photos in each tweet that has any', numberUpTo(4), 1)
    .option('--aws', 'also estimate a bot on AWS')
    .addOption(
      new Option('--dialect <name>', 'how X delivers to a bot on AWS')
        .choices(['x-activity', 'account-activity'])
        .default('x-activity'),
    )
    .addHelpText(
      'after',
      examples(
        ['hexbird costs', 'a hundred tweets a day, each with a photo'],
        ['hexbird costs --aws', 'the same on AWS, too'],
        ['hexbird costs --with-photo 1000 --without-photo 200 --json', 'for a program'],
      ),
    )
    .action(async (load: Load & { readonly aws?: true }) => {
      const { costs } = await import('../operate/costs/costs.js')
      terminal.exitCode = costs(load, terminal)
    })
}

const numberUpTo = (most: number) => (text: string) => {
  if (/^\d{1,7}$/.test(text) && Number(text) <= most) return Number(text)
  throw new InvalidArgumentError(`Pass a whole number from 0 to ${most}.`)
}
