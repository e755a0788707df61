import type { DevOptions } from '../local/dev.js'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'
import { botArgument, dialectOption, labelerOption, portNumber, rulesOption, settingsOption } from './options.js'

export function addDev(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('dev')
    .addArgument(botArgument())
    .description('run the bot and a local X on this machine; nothing is sent to the real X')
    .option('--once', 'send one tweet to the bot, wait for the outcome, print it as JSON, and exit')
    .option('--photo <file...>', 'with --once: up to four photos (JPEG, PNG, WEBP, GIF)')
    .option('--text <words>', 'with --once: the text of the tweet (default: "@<name> what is this?")')
    .option(
      '--json-events <file>',
      'with --once: send a recorded delivery, such as a `body` of /_local/deliveries at a local X, instead of a tweet',
    )
    .addOption(dialectOption('the delivery format of the local X'))
    .takes(rulesOption(), labelerOption(), settingsOption())
    .option('--name <username>', "the bot's name (default: HEXBIRD_BOT_USERNAME, else hexbird)")
    .option('--port <number>', 'the port of the local X (default: a free one)', portNumber)
    .example('hexbird dev bot.ts', 'your bot, reloaded when its files change')
    .example('hexbird dev', 'a bot that names animals in photos')
    .example('hexbird dev --labeler openai', 'labels photos with your vision server: see the HEXBIRD_VISION_… settings')
    .example('hexbird dev --rules rules.mjs', 'a photo bot with your own rules')
    .example('hexbird dev bot.ts --name plantbot', 'your bot, named @plantbot')
    .example('hexbird dev --once --photo dog.jpg', 'one tweet and its outcome')
    .example('hexbird dev --once --json-events delivery.json --photo dog.jpg', 'the same as `hexbird receive`')
    .action(async (bot: string | undefined, options: DevOptions) => {
      const { dev } = await import('../local/dev.js')
      terminal.exitCode = await dev({ ...options, bot }, terminal)
    })
}
