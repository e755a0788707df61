import type { Webhook } from '@hexbird/adapters-x'
import { foreign } from '../foreign.js'
import { UsageError } from '../usage-error.js'

/**
 * The webhook that is meant: that of the id, else that of the address, else the only one.
 *
 * @throws UsageError where it is not clear
 */
export function chosen(
  webhooks: readonly Webhook[],
  id: string | undefined,
  url: string | undefined,
  flags = '',
): Webhook {
  const register = ` Register one: hexbird webhook register <url>${flags}`
  const named =
    id === undefined ? webhooks.find((webhook) => webhook.url === url) : webhooks.find((one) => one.id === id)
  if (named) return named
  const [only, ...others] = webhooks
  if (id !== undefined)
    throw new UsageError(`X has no webhook ${id} for this app.${only ? ` It has:${there(webhooks)}` : register}`)
  if (only === undefined) throw new UsageError(`X has no webhook for this app yet.${register}`)
  if (others.length > 0) throw new UsageError(`There are several webhooks. Pass the id of one.${there(webhooks)}`)
  return only
}

const there = (webhooks: readonly Webhook[]) => webhooks.map(({ id, url }) => `\n  ${id}  ${foreign(url)}`).join('')
