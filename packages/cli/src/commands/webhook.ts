import type { Command } from 'commander'
import type { OperatorOptions } from '../operate/operator.js'
import { timeOf } from '../operate/times.js'
import type { Terminal } from '../terminal.js'
import { examples } from './examples.js'
import { holderOption, settingsOption } from './options.js'

export function addWebhook(program: Command, terminal: Terminal): void {
  const webhook = program
    .command('webhook')
    .description('where X delivers to: registers it, lists it, has it challenged')

  webhook
    .command('register')
    .argument('[url]', 'https, without a port; the bot is up (default: HEXBIRD_WEBHOOK_URL)')
    .description('makes X deliver to an address, which it challenges at once')
    .addOption(holderOption())
    .addOption(settingsOption())
    .addHelpText(
      'after',
      examples(['hexbird webhook register https://bot.example/twitter/webhook/handleapi', 'the bot is up already']),
    )
    .action(async (url: string | undefined, given: OperatorOptions) => {
      const { register } = await import('../operate/webhooks.js')
      terminal.exitCode = await register({ ...given, url }, terminal)
    })

  webhook
    .command('list')
    .description('lists the webhooks of the app, and whether X takes them for valid')
    .addOption(holderOption())
    .addOption(settingsOption())
    .addHelpText('after', examples(['hexbird webhook list --json', 'for a program']))
    .action(async (given: OperatorOptions) => {
      const { list } = await import('../operate/webhooks.js')
      terminal.exitCode = await list(given, terminal)
    })

  webhook
    .command('delete')
    .argument('[id]', 'default: that of HEXBIRD_WEBHOOK_URL, or the only one')
    .description('makes X deliver there no more; its subscriptions end')
    .option('--yes', 'without a question')
    .addOption(holderOption())
    .addOption(settingsOption())
    .addHelpText('after', examples(['hexbird webhook delete 1234567890', 'asks first']))
    .action(async (id: string | undefined, given: OperatorOptions & { readonly yes?: true }) => {
      const { remove } = await import('../operate/webhooks.js')
      terminal.exitCode = await remove({ ...given, id }, terminal)
    })

  webhook
    .command('validate')
    .argument('[id]', 'default: that of HEXBIRD_WEBHOOK_URL, or the only one')
    .description('has X challenge it again, which makes an invalid one valid')
    .addOption(holderOption())
    .addOption(settingsOption())
    .addHelpText('after', examples(['hexbird webhook validate', 'after an outage']))
    .action(async (id: string | undefined, given: OperatorOptions) => {
      const { validate } = await import('../operate/webhooks.js')
      terminal.exitCode = await validate({ ...given, id }, terminal)
    })

  webhook
    .command('replay')
    .argument('[id]', 'default: that of HEXBIRD_WEBHOOK_URL, or the only one')
    .description('has X deliver once more what it delivered, or tried to, within the last 24 hours')
    .requiredOption('--from <time>', 'as 2h (ago) or 2026-11-23T09:00Z', timeOf)
    .option('--to <time>', 'the same (default: 10m, as X once wanted it)', timeOf)
    .addOption(holderOption())
    .addOption(settingsOption())
    .addHelpText('after', examples(['hexbird webhook replay --from 2h', 'after an outage of two hours']))
    .action(
      async (id: string | undefined, given: OperatorOptions & { readonly from: number; readonly to?: number }) => {
        const { replay } = await import('../operate/webhooks.js')
        terminal.exitCode = await replay({ to: timeOf('10m'), ...given, id }, terminal)
      },
    )
}
