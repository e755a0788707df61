import { type Command, Option } from 'commander'
import type { DevOptions } from '../local/dev.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'
import { botArgument, labelerOption, portNumber, rulesOption, settingsOption } from './options.js'

export function addDev(program: Command, terminal: Terminal): void {
  program
    .command('dev')
    .addArgument(botArgument())
    .description('starts the bot and a local X on this machine; nothing leaves it')
    .option('--once', 'tweets once at the bot, waits for what becomes of it, prints that as JSON, and ends')
    .option('--photo <file...>', 'with --once: up to four photos to attach (JPEG, PNG, WEBP, GIF)')
    .option('--text <words>', 'with --once: what the tweet says', '@hexbird what is this?')
    .option('--json-events <file>', 'with --once: a recorded delivery to feed in place of a tweet')
    .addOption(
      new Option('--dialect <name>', 'how the local X delivers')
        .choices(['x-activity', 'account-activity'])
        .default('x-activity'),
    )
    .addOption(rulesOption())
    .addOption(labelerOption())
    .addOption(settingsOption())
    .option('--port <number>', 'where the local X listens (default: a free port)', portNumber)
    .addHelpText(
      'after',
      examples(
        ['hexbird dev bot.ts', 'starts your bot and a local X, and reloads the bot when its file changes'],
        ['hexbird dev', 'a bot that names animals in photos'],
        ['hexbird dev --labeler openai', 'a vision server of yours looks at the photos, by HEXBIRD_VISION_… settings'],
        ['hexbird dev --rules rules.mjs', 'that bot with rules of your own, reloaded when the file changes'],
        ['hexbird dev --once --photo dog.jpg --text "@hexbird what is this?"', 'one tweet, one outcome'],
        ['hexbird dev --once --json-events delivery.json --photo dog.jpg', 'the same as `hexbird receive`'],
      ),
    )
    .action(async (bot: string | undefined, options: DevOptions) => {
      const { dev } = await import('../local/dev.js')
      terminal.exitCode = await dev({ ...options, bot }, terminal)
    })
}
