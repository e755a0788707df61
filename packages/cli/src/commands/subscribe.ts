import { type Command, Option } from 'commander'
import type { SubscribeGiven } from '../operate/subscriptions.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'
import { holderOption, portNumber, settingsOption } from './options.js'

export function addSubscribe(program: Command, terminal: Terminal): void {
  program
    .command('subscribe')
    .description("has X tell the webhook of what concerns the bot's account; can be repeated at will")
    .addOption(
      new Option('--dialect <name>', 'how X tells').choices(['x-activity', 'account-activity']).default('x-activity'),
    )
    .option('--event <type...>', 'X Activity: of what (default: post.mention.create post.quote.create)')
    .option('--webhook <id>', 'default: that of HEXBIRD_WEBHOOK_URL, or the only one')
    .addOption(
      new Option('--stream', 'X Activity without a webhook, for a bot that reads the activity stream').conflicts(
        'webhook',
      ),
    )
    .option('--callback-port <number>', 'where a sign-in with a browser comes back to', portNumber, 8080)
    .option('--no-open', 'opens no browser; the address is shown in any case')
    .addOption(holderOption())
    .addOption(settingsOption())
    .addHelpText(
      'after',
      examples(
        ['hexbird subscribe', 'to mentions and quotes'],
        ['hexbird subscribe --event dm.received', 'messages too, so that "stop" is heard; each has its price'],
        ['hexbird subscribe --stream', 'for a bot without a public address'],
        ['hexbird subscribe --dialect account-activity', 'the older dialect, deprecated since July 2026'],
      ),
    )
    .action(async (given: SubscribeGiven) => {
      const { subscribe } = await import('../operate/subscriptions.js')
      terminal.exitCode = await subscribe(given, terminal)
    })
}
