import type { Command } from 'commander'
import type { LocalXCommandOptions } from '../local/local-x.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'
import { portNumber } from './options.js'

export function addLocalX(program: Command, terminal: Terminal): void {
  program
    .command('local-x')
    .description('starts a local X by itself, for `hexbird run --x`')
    .option('--port <number>', 'where it listens (default: a free port)', portNumber)
    .option('--env <file>', 'writes its keys there, for you alone, under the names that `hexbird run` reads')
    .option('--callback <url...>', 'where sign-ins may lead back to (default: to `hexbird run` on port 8080)')
    .addHelpText(
      'after',
      examples(
        ['hexbird local-x --port 4000 --env .env', 'then: hexbird run --x http://127.0.0.1:4000'],
        ['hexbird tweet --port 4000 --photo dog.jpg --wait', 'and, from another terminal, see the reply'],
      ),
    )
    .action(async (options: LocalXCommandOptions) => {
      const { localX } = await import('../local/local-x.js')
      terminal.exitCode = await localX(options, terminal)
    })
}
