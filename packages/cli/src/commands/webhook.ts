import type { OperatorOptions } from '../operate/operator.js'
import { timeOf } from '../operate/times.js'
import type { Terminal } from '../terminal.js'
import type { HexbirdCommand } from './hexbird-command.js'
import { operatorOptions } from './options.js'

/** Which webhook is meant. */
const WEBHOOK_ID = ['[id]', 'the id of a webhook (default: the one at HEXBIRD_WEBHOOK_URL, or the only one)'] as const

export function addWebhook(program: HexbirdCommand, terminal: Terminal): void {
  const webhook = program.command('webhook').description('register, list and check the webhook that X delivers to')

  webhook
    .command('register')
    .argument('[url]', 'an https URL without a port (default: HEXBIRD_WEBHOOK_URL)')
    .description('have X deliver to a URL; X challenges it at once, so start the bot first')
    .takes(...operatorOptions())
    .example(
      'hexbird webhook register https://bot.example/twitter/webhook/handleapi',
      'registers the webhook of a running bot',
    )
    .action(async (url: string | undefined, given: OperatorOptions) => {
      const { register } = await import('../operate/webhooks.js')
      terminal.exitCode = await register({ ...given, url }, terminal)
    })

  webhook
    .command('list')
    .description("list the app's webhooks, and whether X considers them valid")
    .takes(...operatorOptions())
    .example('hexbird webhook list --json', 'as JSON, for scripts')
    .action(async (given: OperatorOptions) => {
      const { list } = await import('../operate/webhooks.js')
      terminal.exitCode = await list(given, terminal)
    })

  webhook
    .command('delete')
    .argument(...WEBHOOK_ID)
    .description('delete a webhook and its subscriptions')
    .option('--yes', 'do not ask')
    .takes(...operatorOptions())
    .example('hexbird webhook delete 1234567890', 'asks for confirmation first')
    .action(async (id: string | undefined, given: OperatorOptions & { readonly yes?: true }) => {
      const { remove } = await import('../operate/webhooks.js')
      terminal.exitCode = await remove({ ...given, id }, terminal)
    })

  webhook
    .command('validate')
    .argument(...WEBHOOK_ID)
    .description('have X challenge a webhook again, to make an invalid one valid')
    .takes(...operatorOptions())
    .example('hexbird webhook validate', 'has X challenge the webhook after an outage')
    .action(async (id: string | undefined, given: OperatorOptions) => {
      const { validate } = await import('../operate/webhooks.js')
      terminal.exitCode = await validate({ ...given, id }, terminal)
    })

  webhook
    .command('replay')
    .argument(...WEBHOOK_ID)
    .description('have X deliver events again, including those that failed, from up to 24 hours back')
    .requiredOption(
      '--from <time>',
      'the start (required), such as 2h (ago) or 2026-11-23T09:00Z; at most 24h ago',
      timeOf,
    )
    .option('--to <time>', 'the end, in the same form (default: 10m ago; X used to reject a later end)', timeOf)
    .takes(...operatorOptions())
    .example('hexbird webhook replay --from 2h', 'recovers events after an outage of two hours')
    .action(
      async (id: string | undefined, given: OperatorOptions & { readonly from: number; readonly to?: number }) => {
        const { replay } = await import('../operate/webhooks.js')
        terminal.exitCode = await replay({ to: timeOf('10m'), ...given, id }, terminal)
      },
    )
}
