import { type SubscribeRequest, type SubscribeResult, XWebhooks } from '@hexbird/adapters-x'
import { defined } from '@hexbird/core/util'
import { botIdOf, readSettings, type Settings } from './settings.js'
import type { Webhooks } from './stage-webhooks.js'
import { addressOfX, credentialsIn, LOCAL_X, webhooksOf, type XAddress } from './x.js'

export interface OperatorOptions {
  /** A file of settings. */
  readonly settings?: string
  /** A deployed stage, which holds the secrets. */
  readonly stage?: string
  /** The address of a local X. */
  readonly x?: string
}

/** What the bot's account is subscribed to. */
type Wish = Omit<SubscribeRequest, 'botId'>

/** Whoever looks after a bot: their settings, and their way to X. */
export interface Operator {
  readonly settings: Settings
  readonly x: XAddress
  readonly webhooks: Webhooks
  readonly webhookUrl: string | undefined
  /** With the bot's OAuth 1.0a tokens. */
  subscribe(wish: Wish): Promise<readonly SubscribeResult[]>
  /** The bot's account. */
  botId(): Promise<string>
}

/** Of the bot of the settings, or of a deployed stage. @throws UsageError where a setting is missing */
export async function operatorOf(options: OperatorOptions): Promise<Operator> {
  const settings = await readSettings(options.settings)
  // The keys of a local X are of no use at X itself.
  const x = addressOfX(options.x ?? process.env[LOCAL_X] ?? settings.localX)
  const known = { settings, x, webhookUrl: settings.find('HEXBIRD_WEBHOOK_URL') }
  const { stage } = options
  if (stage !== undefined) {
    const { stageWebhooks } = await import('./stage-webhooks.js')
    return { ...known, ...stageWebhooks(stage) }
  }
  const botId = () => botIdOf(settings.need('HEXBIRD_ACCESS_TOKEN').HEXBIRD_ACCESS_TOKEN)
  return {
    ...known,
    webhooks: webhooksOf(settings, x),
    subscribe: (wish) => webhooksOf(settings, x, credentialsIn(settings)).subscribe({ ...wish, botId: botId() }),
    botId: async () => botId(),
  }
}

/** With an OAuth 2.0 token of the bot's account. */
export function subscribeWith(userToken: string, { agent }: XAddress, request: SubscribeRequest) {
  // Subscribing is done with the account's token alone.
  return new XWebhooks({ bearerToken: userToken, userToken, ...defined({ agent }) }).subscribe(request)
}
