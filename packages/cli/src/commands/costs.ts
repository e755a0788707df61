import { InvalidArgumentError } from 'commander'
import type { Load } from '../operate/costs/estimate.js'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'
import { dialectOption } from './options.js'

export function addCosts(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('costs')
    .description('estimate the monthly cost of a bot, at X and for hosting; works offline')
    .option('--with-photo <number>', 'tweets with a photo per day', numberUpTo(1_000_000), 100)
    .option('--without-photo <number>', 'tweets without a photo per day', numberUpTo(1_000_000), 0)
    .option('--photos-each <number>', 'photos per tweet that has any', numberUpTo(4), 1)
    .option('--aws', 'also estimate a bot on AWS')
    .addOption(dialectOption("X's delivery format for a bot on AWS"))
    .example('hexbird costs', 'a hundred tweets a day, each with a photo')
    .example('hexbird costs --aws', 'also what the same bot costs on AWS')
    .example('hexbird costs --with-photo 1000 --without-photo 200 --json', 'as JSON, for scripts')
    .action(async (load: Load & { readonly aws?: true }) => {
      const { costs } = await import('../operate/costs/costs.js')
      terminal.exitCode = costs(load, terminal)
    })
}

const numberUpTo = (most: number) => (text: string) => {
  if (/^\d{1,7}$/.test(text) && Number(text) <= most) return Number(text)
  throw new InvalidArgumentError(`Pass a whole number from 0 to ${most}.`)
}
