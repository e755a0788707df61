import { Option } from 'commander'
import type { CreateOptions } from '../create.js'
import { TEMPLATES } from '../template-names.js'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'

export function addCreate(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('create')
    .description('create a bot project: code, tests on a local X, and the files to run it on a server')
    .argument('<dir>', 'a new or empty folder; the package and the bot are named after it')
    .addOption(
      new Option('--template <name>', 'what the bot does: name birds in photos, roll dice, or draw charts')
        .choices(TEMPLATES)
        .default('photo'),
    )
    .option('--aws', 'include the files for AWS; to add them later, use `hexbird add aws`')
    .option('--no-install', 'do not run npm install')
    .option(
      '--packages <folder>',
      'install hexbird from the packed packages in this folder; keep the folder, because package.json points to it',
    )
    .example('hexbird create my-bot', 'a bot that names birds in photos')
    .example('hexbird create my-bot --template text', 'a bot that rolls dice')
    .example(
      'hexbird create my-bot --packages ~/packed',
      'the photo bot, with packages that you packed; get this command with: npm install ~/packed/*.tgz',
    )
    .action(async (dir: string, options: CreateOptions) => {
      const { create } = await import('../create.js')
      terminal.exitCode = await create(dir, options, terminal)
    })
}
