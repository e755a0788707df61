import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Load } from '../operate/costs/estimate.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'

export function addCosts(program: Command, terminal: Terminal): void {
  program
    .command('costs')
    .description('what answering so many tweets a day costs at X and on AWS; asks nobody')
    .option('--with-photo <number>', 'tweets a day that have a photo', numberUpTo(1_000_000), 100)
    .option('--without-photo <number>', 'tweets a day that have none', numberUpTo(1_000_000), 0)
    .option('--photos-each <number>', 'photos in each tweet that has any', numberUpTo(4), 1)
    .addOption(
      new Option('--dialect <name>', 'how X tells of them')
        .choices(['x-activity', 'account-activity'])
        .default('x-activity'),
    )
    .addHelpText(
      'after',
      examples(
        ['hexbird costs', 'a hundred tweets a day, each with a photo'],
        ['hexbird costs --with-photo 1000 --without-photo 200 --json', 'for a program'],
      ),
    )
    .action(async (load: Load) => {
      const { costs } = await import('../operate/costs/costs.js')
      terminal.exitCode = costs(load, terminal)
    })
}

const numberUpTo = (most: number) => (text: string) => {
  if (/^\d{1,7}$/.test(text) && Number(text) <= most) return Number(text)
  throw new InvalidArgumentError(`A whole number from 0 to ${most}.`)
}
