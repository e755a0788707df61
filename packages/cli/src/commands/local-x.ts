import type { LocalXCommandOptions } from '../local/local-x.js'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'
import { portNumber } from './options.js'

export function addLocalX(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('local-x')
    .description('start a local X without a bot, for `hexbird run --x`')
    .option('--port <number>', 'the port (default: a free one)', portNumber)
    .option('--name <username>', "the bot's name (default: hexbird)")
    .option('--env <file>', 'write the keys to this file, for `hexbird run`; only you can read it')
    .option(
      '--callback <url...>',
      'the callback URLs that a sign-in may use (default: the callback URL of `hexbird run` on port 8080)',
    )
    .example('hexbird local-x --port 4000 --env .env', 'then: hexbird run --x http://127.0.0.1:4000')
    .example('hexbird tweet --port 4000 --photo dog.jpg --wait', 'in another terminal: shows the reply')
    .action(async (options: LocalXCommandOptions) => {
      const { localX } = await import('../local/local-x.js')
      terminal.exitCode = await localX(options, terminal)
    })
}
