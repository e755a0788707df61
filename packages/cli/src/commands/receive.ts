import type { Command } from 'commander'
import type { ReceiveOptions } from '../local/receive.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'
import { labelerOption, rulesOption, settingsOption } from './options.js'

export function addReceive(program: Command, terminal: Terminal): void {
  program
    .command('receive')
    .argument('<file>', 'a delivery as X sent it, of either dialect; - for standard input')
    .description('feeds a recorded delivery to a bot, signed as X signs, and shows what becomes of it')
    .option('--photo <file...>', 'the files of its photos, in their order (JPEG, PNG, WEBP, GIF)')
    .option('--dry-run', 'decides everything, posts nothing, and says what would have been posted')
    .option('--bot <file>', 'the bot to feed: a file that exports it, such as bot.ts')
    .addOption(rulesOption())
    .addOption(labelerOption())
    .option(
      '--url <address>',
      'the webhook of a bot of yours, https or on this machine (default: a bot started for this)',
    )
    .addOption(settingsOption())
    .addHelpText(
      'after',
      examples(
        ['hexbird receive delivery.json --photo dog.jpg', 'in its own time, to the account it was made for'],
        ['hexbird receive delivery.json --photo dog.jpg --rules rules.mjs --dry-run', 'what your rules would say'],
        [
          'cat delivery.json | hexbird receive - --url http://127.0.0.1:3000/twitter/webhook/handleapi',
          'to your own endpoint, signed with HEXBIRD_CONSUMER_SECRET',
        ],
      ),
    )
    .action(async (file: string, options: ReceiveOptions) => {
      const { receive } = await import('../local/receive.js')
      terminal.exitCode = await receive(file, options, terminal)
    })
}
