import type { ReceiveOptions } from '../local/receive.js'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'
import { labelerOption, rulesOption, settingsOption } from './options.js'

export function addReceive(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('receive')
    .argument('<file>', 'a delivery as X sent it, in either format; - for standard input')
    .description('send a recorded delivery to a bot, signed as X signs it, and show the outcome')
    .option('--photo <file...>', "the tweet's photos, in order (JPEG, PNG, WEBP, GIF)")
    .option('--dry-run', 'post nothing; show what the bot would reply')
    .option('--bot <file>', 'a file that exports the bot, such as bot.ts')
    .takes(rulesOption(), labelerOption())
    .option(
      '--url <address>',
      'send the delivery to this webhook, over https or on this machine (default: start a bot that receives it)',
    )
    .addOption(settingsOption())
    .example('hexbird receive delivery.json --photo dog.jpg', "uses the recording's original time and account")
    .example(
      'hexbird receive delivery.json --photo dog.jpg --rules rules.mjs --dry-run',
      'shows what your rules would reply',
    )
    .example(
      'cat delivery.json | hexbird receive - --url http://127.0.0.1:3000/twitter/webhook/handleapi',
      'sends it to your own endpoint, signed with HEXBIRD_CONSUMER_SECRET',
    )
    .action(async (file: string, options: ReceiveOptions) => {
      const { receive } = await import('../local/receive.js')
      terminal.exitCode = await receive(file, options, terminal)
    })
}
