import { Option } from 'commander'
import type { SubscribeGiven } from '../operate/subscriptions.js'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'
import { browserOptions, dialectOption, operatorOptions } from './options.js'

export function addSubscribe(program: HexbirdCommand, terminal: Terminal): void {
  program
    .command('subscribe')
    .description("subscribe the webhook to events of the bot's account; safe to repeat")
    .addOption(dialectOption("X's delivery format"))
    .option('--event <type...>', 'X Activity event types (default: post.mention.create post.quote.create)')
    .option('--webhook <id>', 'the webhook (default: the one at HEXBIRD_WEBHOOK_URL, or the only one)')
    .addOption(
      new Option('--stream', 'subscribe without a webhook, for a bot that reads the activity stream').conflicts(
        'webhook',
      ),
    )
    .takes(...browserOptions(), ...operatorOptions())
    .example('hexbird subscribe', 'mentions and quotes')
    .example(
      'hexbird subscribe --event dm.received',
      'direct messages, so that the bot hears "stop"; X charges for each message',
    )
    .example('hexbird subscribe --stream', 'for a bot without a public address')
    .example('hexbird subscribe --dialect account-activity', 'the older format, deprecated since July 2026')
    .action(async (given: SubscribeGiven) => {
      const { subscribe } = await import('../operate/subscriptions.js')
      terminal.exitCode = await subscribe(given, terminal)
    })
}
