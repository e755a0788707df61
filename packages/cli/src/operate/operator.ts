import { type SubscribeRequest, type SubscribeResult, XWebhooks } from '@hexbird/adapters-x'
import { defined } from '@hexbird/core/util'
import { botIdOf, readSettings, type Settings } from './settings.js'
import type { Webhooks } from './stage-webhooks.js'
import { credentialsIn, flagsOf, webhooksOf, type XAddress, xOf } from './x.js'

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
  /** What another command needs as well, to be about the same bot. */
  readonly flags: string
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
  const x = xOf(settings, options.x)
  const { stage } = options
  const flags = stage === undefined ? flagsOf(x, settings.file) : ` --stage ${stage}`
  const known = { settings, x, flags, webhookUrl: settings.find('HEXBIRD_WEBHOOK_URL') }
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
