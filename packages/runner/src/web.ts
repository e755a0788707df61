import type { BotOptions } from '@hexbird/core'
import type { Inbox } from '@hexbird/core/adapter'
import type { SignInOptions, SignInPorts } from '@hexbird/core/host'
import { createSignIn } from '@hexbird/core/host'
import { defined } from '@hexbird/core/util'
import type { Fetch, SignInAppOptions, WebhookAppOptions } from '@hexbird/http'
import { createHost, createSignInApp, createWebhookApp, SIGN_IN_PATHS } from '@hexbird/http'

/** The setup of the sign-in. Limits and platform are the bot's, unless `options` overrides them. */
export interface SignInSetup {
  readonly ports: SignInPorts
  readonly options?: Partial<Omit<SignInOptions, 'account' | 'callback'>>
  readonly app: Omit<SignInAppOptions, 'bot'>
}

/** What the bot serves over HTTP, in addition to `/health`. */
export interface WebOptions extends Pick<BotOptions, 'bot' | 'limits' | 'platform'> {
  /** How to verify X's deliveries. */
  readonly webhook?: Omit<WebhookAppOptions, 'inbox'>
  readonly signIn?: SignInSetup
}

export function serve(inbox: Inbox, options: WebOptions, isOpen: () => boolean): Fetch {
  const { webhook, signIn } = options
  return createHost({
    webhook: webhook && createWebhookApp({ ...webhook, inbox }),
    webhookPath: webhook?.path,
    signIn: signIn && createSignInApp({ ...signIn.app, bot: signInOf(signIn, options) }),
    isOpen,
  })
}

function signInOf({ ports, app, options = {} }: SignInSetup, { bot, limits, platform }: WebOptions) {
  const callback = `${app.origin}${app.paths?.callback ?? SIGN_IN_PATHS.callback}`
  return createSignIn(ports, { ...defined({ limits, platform }), ...defined(options), account: bot, callback })
}
