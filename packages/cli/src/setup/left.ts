import { XError } from '@hexbird/adapters-x'
import type { Finding } from '../operate/doctor/finding.js'
import { leftWebhooks } from '../operate/doctor/x-checks.js'
import { type OperatorOptions, operatorOf } from '../operate/operator.js'
import type { Terminal } from '../terminal.js'

/** Asks X, which costs nothing, whether it still delivers to webhooks of a bot that has none any more. */
export async function leftBehind(options: OperatorOptions, terminal: Terminal): Promise<readonly Finding[]> {
  const operator = await operatorOf(options)
  try {
    const all = await terminal.during('Asking X', operator.webhooks.subscriptions({ dialect: 'x-activity' }))
    return leftWebhooks(all, await operator.botId(), operator.flags)
  } catch (error) {
    // The keys and the way in work: this is only a reminder.
    if (error instanceof XError) return []
    throw error
  }
}
