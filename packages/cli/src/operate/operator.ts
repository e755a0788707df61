import type { XWebhooks } from '@hexbird/adapters-x'
import { readSettings, type Settings } from './settings.js'
import { addressOfX, webhooksOf, type XAddress } from './x.js'

/** What administers webhooks: X itself, or a deployed stage that holds the secrets. */
type Webhooks = Pick<
  XWebhooks,
  'register' | 'list' | 'revalidate' | 'remove' | 'replay' | 'subscriptions' | 'unsubscribe'
>

export interface OperatorOptions {
  /** A file of settings. */
  readonly settings?: string
}

/** Whoever looks after a bot: their settings, and their way to X. */
export interface Operator {
  readonly settings: Settings
  readonly x: XAddress
  readonly webhooks: Webhooks
  readonly webhookUrl: string | undefined
}

/** @throws UsageError where a setting is missing */
export async function operatorOf(options: OperatorOptions): Promise<Operator> {
  const settings = await readSettings(options.settings)
  const x = addressOfX()
  return { settings, x, webhooks: webhooksOf(settings, x), webhookUrl: settings.find('HEXBIRD_WEBHOOK_URL') }
}
