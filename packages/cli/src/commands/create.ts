import { type Command, Option } from 'commander'
import type { CreateOptions } from '../create.js'
import { TEMPLATES } from '../template-names.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'

export function addCreate(program: Command, terminal: Terminal): void {
  program
    .command('create')
    .description('create a bot project: code, tests on a local X, and what it needs to run on a server')
    .argument('<dir>', 'a new or empty folder; the package and the bot are named after it')
    .addOption(
      new Option('--template <name>', 'what the bot does: name birds in photos, roll dice, or draw charts')
        .choices(TEMPLATES)
        .default('photo'),
    )
    .option('--aws', 'add what it needs to run on AWS; `hexbird add aws` adds it later')
    .option('--no-install', 'do not run npm install')
    .option('--packages <folder>', 'install hexbird from packed packages in this folder')
    .addHelpText(
      'after',
      examples(
        ['hexbird create my-bot', 'a bot that names birds in photos, for you to change'],
        ['hexbird create my-bot --template text', 'a bot that rolls dice'],
        ['hexbird create my-bot --packages ~/packed', 'the same, from packages that you packed'],
      ),
    )
    .action(async (dir: string, options: CreateOptions) => {
      const { create } = await import('../create.js')
      terminal.exitCode = await create(dir, options, terminal)
    })
}
