import { type Command, Option } from 'commander'
import type { CreateOptions } from '../create.js'
import { TEMPLATES } from '../template-names.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'

export function addCreate(program: Command, terminal: Terminal): void {
  program
    .command('create')
    .description('makes the project of a bot: its code, its tests over a local X, and what it needs to run on a server')
    .argument('<dir>', 'a folder that is new or empty; its name is the name of the package')
    .addOption(
      new Option('--template <name>', 'what it does: name birds in photos, roll dice in words, or draw charts')
        .choices(TEMPLATES)
        .default('photo'),
    )
    .option('--no-install', 'leaves npm install to you')
    .option('--packages <folder>', 'takes hexbird from packed packages in that folder, to try what is not published')
    .addHelpText(
      'after',
      examples(
        ['hexbird create my-bot', 'a bot that looks for birds, and is yours to change'],
        ['hexbird create my-bot --template text', 'a bot that rolls dice'],
        ['hexbird create my-bot --packages ~/packed', 'the same, from packages that you have packed'],
      ),
    )
    .action(async (dir: string, options: CreateOptions) => {
      const { create } = await import('../create.js')
      terminal.exitCode = await create(dir, options, terminal)
    })
}
