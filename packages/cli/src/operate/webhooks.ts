import type { Webhook } from '@hexbird/adapters-x'
import { foreign } from '../foreign.js'
import type { Terminal } from '../terminal.js'
import { UsageError } from '../usage-error.js'
import { chosen } from './choice.js'
import { type Operator, type OperatorOptions, operatorOf } from './operator.js'
import { refusal, refused } from './outcomes.js'
import { sure } from './sure.js'

const lineOf = ({ id, url, valid }: Webhook, { colours }: Terminal) =>
  `${id}  ${valid ? colours.green('valid') : colours.red('invalid')}  ${foreign(url)}`

/** Makes X deliver to an address. */
export async function register(
  given: OperatorOptions & { readonly url: string | undefined },
  terminal: Terminal,
): Promise<number> {
  const operator = await operatorOf(given)
  const url = given.url ?? operator.webhookUrl
  if (url === undefined)
    throw new UsageError('Pass the address (hexbird webhook register https://…), or set HEXBIRD_WEBHOOK_URL.')
  const result = await terminal.during('X challenges the webhook', operator.webhooks.register(url))
  terminal.result(result)
  if (result.kind === 'refused') return refused(terminal, refusal(result, operator))
  terminal.say(`Registered: ${lineOf(result.webhook, terminal)}\nNext: hexbird subscribe${operator.flags}`)
  return 0
}

export async function list(given: OperatorOptions, terminal: Terminal): Promise<number> {
  const operator = await operatorOf(given)
  const webhooks = await terminal.during('Asking X', operator.webhooks.list())
  terminal.result({ webhooks })
  if (webhooks.length === 0)
    terminal.say(`X has no webhook for this app. Next: hexbird webhook register${operator.flags}`)
  for (const webhook of webhooks) terminal.say(lineOf(webhook, terminal))
  return 0
}

interface One extends OperatorOptions {
  readonly id: string | undefined
}

/** X delivers there no more. Its subscriptions go with it. */
export async function remove(given: One & { readonly yes?: true }, terminal: Terminal): Promise<number> {
  const operator = await operatorOf(given)
  const webhook = await theOne(operator, terminal, given.id)
  await sure(terminal, `X will stop delivering to ${foreign(webhook.url)}, and its subscriptions will end.`, given.yes)
  const result = await terminal.during('Asking X', operator.webhooks.remove(webhook.id))
  terminal.result({ ...result, webhook })
  if (result.kind === 'refused') return refused(terminal, refusal(result, operator))
  terminal.say(`Removed: ${webhook.id}  ${foreign(webhook.url)}`)
  return 0
}

/** Has X challenge the address again, which makes an invalid webhook valid. */
export async function validate(given: One, terminal: Terminal): Promise<number> {
  const operator = await operatorOf(given)
  const webhook = await theOne(operator, terminal, given.id)
  const result = await terminal.during('X challenges the webhook', operator.webhooks.revalidate(webhook.id))
  terminal.result(result)
  if (result.kind === 'refused') return refused(terminal, refusal(result, operator))
  if (result.kind === 'invalid') {
    return refused(
      terminal,
      `${lineOf(result.webhook, terminal)}\n  X did not accept the answer. To find out why: hexbird doctor${operator.flags}`,
    )
  }
  terminal.say(lineOf(result.webhook, terminal))
  return 0
}

/** What X delivered between two times, once more. Who was answered is not answered again. */
export async function replay(
  given: One & { readonly from: number; readonly to: number },
  terminal: Terminal,
): Promise<number> {
  const { id, from, to } = given
  if (from > to) throw new UsageError('--from is later than --to. Swap them.')
  const operator = await operatorOf(given)
  const webhook = await theOne(operator, terminal, id)
  const window = { webhookId: webhook.id, from, to }
  const result = await terminal.during('Asking X', operator.webhooks.replay(window))
  const [since, until] = [from, to].map((time) => new Date(time).toISOString())
  terminal.result({ ...result, webhook, from: since, to: until })
  if (result.kind === 'refused') return refused(terminal, refusal(result, operator))
  terminal.say(`X is redelivering the events from ${since} to ${until}: job ${foreign(result.jobId)}.`)
  return 0
}

async function theOne(operator: Operator, terminal: Terminal, id: string | undefined): Promise<Webhook> {
  return chosen(await terminal.during('Asking X', operator.webhooks.list()), id, operator.webhookUrl, operator.flags)
}
