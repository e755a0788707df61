import { XApp, XError } from '@hexbird/adapters-x'
import { defined } from '@hexbird/core/util'
import { foreign } from '../../foreign.js'
import { Endpoint } from '../endpoint.js'
import { refusal } from '../outcomes.js'
import { type Settings, secretsIn, webhookSecretsIn } from '../settings.js'
import { appKeysIn, webhooksOf, type XAddress } from '../x.js'
import { isOld, type Rotation, STEPS, type Step } from './record.js'

/** What a step came to. */
export type StepResult =
  /** It is done, or was done already. */
  | { readonly kind: 'done'; readonly said: string; readonly rotation?: Partial<Rotation> }
  /** Somebody has to do something first; `found` is how it is now. */
  | { readonly kind: 'wait'; readonly found: string; readonly todo: string }

/** What the steps look at: read anew before each, since a person changes it meanwhile. */
export interface Surroundings {
  readonly settings: Settings
  readonly x: XAddress
  readonly now: number
  /** Keeps the new Bearer token with the settings. */
  readonly keepBearerToken: (token: string) => Promise<void>
}

/** Deliveries were signed with the old secret for at most so long: X replays no further back. In milliseconds. */
const DAY = 24 * 60 * 60 * 1000

/**
 * X puts a new secret in the place of the old one without an overlap. A wrong answer to a challenge makes the webhook
 * invalid at once, while no answer is forgiven for more than a day: so it is closed first, and opened with the new secret.
 *
 * @see https://docs.x.com/x-api/webhooks/introduction
 */
const DO: Readonly<Record<Step, (rotation: Rotation, around: Surroundings) => Promise<StepResult>>> = {
  async close(_, { settings, now }) {
    const challenged = await endpointOf(settings).challenge()
    if (challenged.kind === 'silent')
      return { kind: 'done', said: 'The webhook is closed.', rotation: { closedAt: now } }
    if (challenged.kind === 'not-answered') {
      const said = `The webhook is closed: it answers challenges with ${challenged.status}.`
      return { kind: 'done', said, rotation: { closedAt: now } }
    }
    return {
      kind: 'wait',
      found: 'The webhook still answers challenges.',
      todo: 'Have it answer 503 to everything, or stop it. X tolerates that for a day, and redelivers what it missed.',
    }
  },

  async regenerate(rotation, { settings }) {
    const [newest, ...others] = secretsIn(settings.find('HEXBIRD_CONSUMER_SECRET'))
    const todo =
      'In the console (https://console.x.com), under "Keys and tokens", regenerate the API key and secret. This cannot be undone. ' +
      'Put both into the settings: HEXBIRD_CONSUMER_KEY=<new>, and HEXBIRD_CONSUMER_SECRET=<new>,<old>'
    if (newest === undefined || isOld(rotation, newest)) {
      return { kind: 'wait', found: 'The settings still have the old secret first.', todo }
    }
    if (!others.some((secret) => isOld(rotation, secret))) {
      return { kind: 'wait', found: 'The settings have a new secret, but no longer the old one.', todo }
    }
    return { kind: 'done', said: 'The settings have the new secret, followed by the old one.' }
  },

  async bearer(_, { settings, x, keepBearerToken }) {
    const app = new XApp({ ...appKeysIn(settings), ...defined({ agent: x.agent }) })
    const token = await app.bearerToken().catch((error: unknown) => {
      if (error instanceof XError && error.code === 'X_UNAUTHORIZED') return error
      throw error
    })
    if (token instanceof XError) {
      return {
        kind: 'wait',
        found: foreign(token.message),
        todo: 'X rejects the new key and secret: compare both with the console.',
      }
    }
    if (token !== settings.find('HEXBIRD_BEARER_TOKEN')) await keepBearerToken(token)
    const { HEXBIRD_ACCESS_TOKEN: accessToken, HEXBIRD_ACCESS_SECRET: accessSecret } = settings.need(
      'HEXBIRD_ACCESS_TOKEN',
      'HEXBIRD_ACCESS_SECRET',
    )
    const { account } = await app.check({ accessToken, accessSecret })
    if (account.kind === 'known')
      return { kind: 'done', said: 'The new Bearer token is in the settings. The access token is still valid.' }
    return {
      kind: 'wait',
      found: `The new Bearer token is in the settings. X rejects the access token: ${foreign(account.detail)}`,
      todo: 'Generate a new access token and secret in the console, and put them into HEXBIRD_ACCESS_TOKEN and HEXBIRD_ACCESS_SECRET.',
    }
  },

  async open(_, { settings }) {
    const challenged = await endpointOf(settings).challenge()
    const todo = 'Give the bot the new settings (both consumer secrets, newest first), and let it answer again.'
    switch (challenged.kind) {
      case 'right':
      case 'unverified':
        return { kind: 'done', said: 'The webhook is open, and answers with the new secret.' }
      case 'wrong':
        return {
          kind: 'wait',
          found:
            challenged.secret === 'older'
              ? 'The webhook answers with the old secret. Close it at once, or X marks it invalid.'
              : 'The webhook answers incorrectly. Close it at once, or X marks it invalid.',
          todo,
        }
      case 'not-answered':
        return { kind: 'wait', found: `The webhook is still closed: ${challenged.status}.`, todo }
      case 'silent':
        return { kind: 'wait', found: `The webhook is still closed: ${foreign(challenged.detail)}.`, todo }
    }
  },

  async validate({ webhookId }, { settings, x, now }) {
    const result = await webhooksOf(settings, x).revalidate(webhookId)
    if (result.kind === 'valid')
      return { kind: 'done', said: 'X considers the webhook valid.', rotation: { validAt: now } }
    const found = result.kind === 'refused' ? refusal(result) : 'X considers the webhook invalid.'
    return { kind: 'wait', found, todo: 'Run `hexbird doctor`, fix what it finds, and continue.' }
  },

  async replay({ webhookId, closedAt = 0 }, { settings, x, now }) {
    // One minute more on either side: X counts in minutes.
    const from = Math.max(closedAt - 60_000, now - DAY + 60_000)
    const result = await webhooksOf(settings, x).replay({ webhookId, from, to: now })
    if (result.kind === 'started')
      return { kind: 'done', said: `X is redelivering what the webhook missed: job ${foreign(result.jobId)}.` }
    return {
      kind: 'wait',
      found: refusal(result),
      todo: 'X used to require a wait of 10 minutes. Continue in half an hour; the sweep finds mentions in any case.',
    }
  },

  async settle(rotation, { settings, now }) {
    const secrets = secretsIn(settings.find('HEXBIRD_CONSUMER_SECRET'))
    if (!secrets.some((secret) => isOld(rotation, secret))) {
      return { kind: 'done', said: 'The old secret is gone. The rotation is finished.' }
    }
    const until = new Date((rotation.validAt ?? now) + DAY).toISOString()
    return {
      kind: 'wait',
      found: 'The old secret is still set beside the new one, for deliveries that X signed with it.',
      todo: `After ${until}, remove it from the settings and from the bot.`,
    }
  },
}

/** Does the step that is next, if it can be done. @throws what X and the settings throw */
export function take(rotation: Rotation, around: Surroundings): Promise<StepResult> {
  return DO[rotation.step](rotation, around)
}

/** The step after; `undefined` after the last. */
export const after = (step: Step): Step | undefined => STEPS[STEPS.indexOf(step) + 1]

export function endpointOf(settings: Settings): Endpoint {
  const { HEXBIRD_WEBHOOK_URL: url } = settings.need('HEXBIRD_WEBHOOK_URL', 'HEXBIRD_CONSUMER_SECRET')
  return new Endpoint(url, webhookSecretsIn(settings), '0')
}
