import type { Dialect, SubscribeResult, Subscription, Webhook } from '@hexbird/adapters-x'
import { DEFAULT_EVENT_TYPES, XError } from '@hexbird/adapters-x'
import { defined } from '@hexbird/core/util'
import { foreign } from '../foreign.js'
import type { Terminal } from '../terminal.js'
import { UsageError } from '../usage-error.js'
import { signInAsBot } from './browser-sign-in.js'
import { chosen } from './choice.js'
import { type Operator, type OperatorOptions, operatorOf, subscribeWith } from './operator.js'
import { refusal } from './outcomes.js'
import { sure } from './sure.js'

export interface SubscribeGiven extends OperatorOptions {
  readonly dialect: Dialect
  readonly event?: readonly string[]
  readonly webhook?: string
  /** No webhook: X Activity goes to the activity stream. */
  readonly stream?: true
  /** The port of the loopback address that the sign-in leads back to. */
  readonly callbackPort: number
  /** Whether a browser is opened. */
  readonly open: boolean
}

/**
 * Subscribes the bot's account. X Activity: with its OAuth 1.0a tokens; what X does not take them for, with an OAuth 2.0
 * token from a sign-in in the browser; and where there is no client id for that, the person is told what is left.
 */
export async function subscribe(given: SubscribeGiven, terminal: Terminal): Promise<number> {
  const operator = await operatorOf(given)
  const webhook = given.stream ? noWebhook(given) : await webhookFor(operator, given, terminal)
  const eventTypes = given.event ?? DEFAULT_EVENT_TYPES
  const wish = { dialect: given.dialect, eventTypes, ...defined({ webhookId: webhook?.id }) }
  const first = await terminal.during('Asking X as the bot', operator.subscribe(wish))
  const done = new Map(first.map((result) => [eventOf(result), result]))
  const notPermitted = first.flatMap((result) =>
    result.kind === 'refused' && result.reason === 'NotPermitted' && result.eventType ? [result.eventType] : [],
  )
  if (notPermitted.length > 0) {
    terminal.note(`X does not accept the bot's OAuth 1.0a tokens for ${foreign(notPermitted.join(', '))}.`)
    if (operator.settings.find('HEXBIRD_CLIENT_ID') === undefined) {
      terminal.note(byHand(given.callbackPort))
    } else {
      const botId = await operator.botId()
      const userToken = await signInAsBot(operator, terminal, { ...given, botId, scopes: scopesFor(notPermitted) })
      const request = { ...wish, botId, eventTypes: notPermitted }
      const second = await terminal.during('Asking X as the bot', subscribeWith(userToken, operator.x, request))
      for (const result of second) done.set(eventOf(result), result)
    }
  }
  return tell([...done.values()], webhook, operator, terminal)
}

function noWebhook({ dialect, stage }: SubscribeGiven): undefined {
  if (dialect === 'account-activity') {
    throw new UsageError('The activity stream carries X Activity only. Leave out --dialect, or --stream.')
  }
  if (stage !== undefined) throw new UsageError('A stage on AWS does not read the stream. Leave out --stream.')
}

async function webhookFor(operator: Operator, { webhook }: SubscribeGiven, terminal: Terminal): Promise<Webhook> {
  const webhooks = await terminal.during('Asking X', operator.webhooks.list())
  return chosen(webhooks, webhook, operator.webhookUrl, operator.flags)
}

/** What X Activity wants of a token, by the families of events: docs.x.com/x-api/activity/introduction. */
const SCOPES: Readonly<Record<string, string>> = {
  post: 'tweet.read',
  like: 'like.read',
  follow: 'follows.read',
  dm: 'dm.read',
  chat: 'dm.read',
  mute: 'mute.read',
  block: 'block.read',
}

const scopesFor = (eventTypes: readonly string[]) => [
  ...new Set(['tweet.read', 'users.read', ...eventTypes.flatMap((type) => SCOPES[type.split('.')[0] ?? ''] ?? [])]),
]

const eventOf = (result: SubscribeResult): string =>
  result.kind === 'refused'
    ? (result.eventType ?? 'everything')
    : result.subscription.dialect === 'x-activity'
      ? result.subscription.eventType
      : 'everything'

/** There already is as good as done: the command can be repeated at will. */
const isThere = (result: SubscribeResult): boolean =>
  result.kind === 'subscribed' || result.reason === 'DuplicateSubscriptionFailed'

function tell(
  results: readonly SubscribeResult[],
  webhook: Webhook | undefined,
  operator: Operator,
  terminal: Terminal,
): number {
  const to = webhook === undefined ? 'the activity stream' : foreign(webhook.url)
  for (const result of results) {
    const event = foreign(eventOf(result))
    if (result.kind === 'subscribed') terminal.say(`Subscribed: ${event} → ${to}`)
    else if (isThere(result)) terminal.say(`Already subscribed: ${event}`)
    else terminal.note(`${event}: ${refusal(result, operator)}`)
  }
  terminal.result({
    ...defined({ webhook }),
    results: results.map((result) => ({ event: eventOf(result), ...result })),
  })
  return results.every(isThere) ? 0 : 1
}

/** What is left where there is no client id. */
const byHand = (port: number) => `What you can do, in the app's settings in X's console (https://console.x.com):
  1. Check that the permissions are "Read and write and Direct message", and that the access token was generated after
     they were set. If not, generate a new one, put it into the settings, and run this again.
  2. Under "User authentication settings" choose "Web App, Automated App or Bot", and add the callback
     http://127.0.0.1:${port}/
     Put its client id and secret into the settings as HEXBIRD_CLIENT_ID and HEXBIRD_CLIENT_SECRET, and run this again:
     it then signs in with a browser.
  3. Or do without: a bot that polls for mentions answers them later, but for less money.`

/** Which subscriptions there are, in both dialects. */
export async function subscriptions(given: OperatorOptions, terminal: Terminal): Promise<number> {
  const operator = await operatorOf(given)
  const all = await terminal.during('Asking X', allSubscriptions(operator, terminal))
  terminal.result({ subscriptions: all })
  if (all.length === 0) terminal.say(`There are no subscriptions. Next: hexbird subscribe${operator.flags}`)
  for (const one of all) terminal.say(lineOf(one))
  return 0
}

async function allSubscriptions({ webhooks }: Operator, terminal: Terminal): Promise<readonly Subscription[]> {
  const all = [...(await webhooks.subscriptions({ dialect: 'x-activity' }))]
  for (const { id: webhookId } of await webhooks.list()) {
    try {
      all.push(...(await webhooks.subscriptions({ dialect: 'account-activity', webhookId })))
    } catch (error) {
      // On pay-per-use Account Activity wants an application: who has none is not to miss the rest.
      const isClosed = error instanceof XError && ['X_REQUEST_REFUSED', 'X_UNAUTHORIZED'].includes(error.code)
      if (!isClosed) throw error
      terminal.note(`X does not list Account Activity subscriptions for this app: ${foreign(error.message)}`)
    }
  }
  return all
}

const idOf = (one: Subscription) => (one.dialect === 'x-activity' ? one.id : one.userId)

const lineOf = (one: Subscription) =>
  foreign(
    `${idOf(one)}  ${one.dialect}  ${one.dialect === 'x-activity' ? one.eventType : 'everything'}  of ${one.userId ?? 'everybody'} → ${one.webhookId === undefined ? 'the activity stream' : `webhook ${one.webhookId}`}`,
  )

export interface UnsubscribeGiven extends OperatorOptions {
  readonly ids: readonly string[]
  readonly all?: true
  readonly yes?: true
}

/** Ends subscriptions: those of the ids, or all. */
export async function unsubscribe(given: UnsubscribeGiven, terminal: Terminal): Promise<number> {
  const { ids, all, yes } = given
  if ((ids.length === 0) === (all === undefined))
    throw new UsageError('Pass the ids of subscriptions, or --all. `hexbird subscriptions` lists them.')
  const operator = await operatorOf(given)
  const known = await terminal.during('Asking X', allSubscriptions(operator, terminal))
  const unknown = ids.filter((id) => !known.some((one) => idOf(one) === id))
  if (unknown.length > 0) {
    throw new UsageError(
      `There is no subscription ${unknown.join(', ')}: \`hexbird subscriptions${operator.flags}\` lists them.`,
    )
  }
  const ending = all ? known : known.filter((one) => ids.includes(idOf(one)))
  if (ending.length > 0) {
    await sure(terminal, `This ends these subscriptions:\n${ending.map((one) => `  ${lineOf(one)}`).join('\n')}\n`, yes)
  }
  const results = []
  for (const one of ending) {
    const result = await terminal.during('Asking X', operator.webhooks.unsubscribe(one))
    results.push({ ...result, subscription: one })
    if (result.kind === 'refused') terminal.note(refusal(result, operator))
    else terminal.say(`Ended: ${lineOf(one)}`)
  }
  if (ending.length === 0) terminal.say('There are no subscriptions.')
  terminal.result({ results })
  return results.some(({ kind }) => kind === 'refused') ? 1 : 0
}
