import {
  type AccountCheck,
  DEFAULT_EVENT_TYPES,
  type Subscription,
  type Webhook,
  XApp,
  XError,
  type XErrorCode,
} from '@hexbird/adapters-x'
import { defined } from '@hexbird/core/util'
import { foreign } from '../../foreign.js'
import { NO_NETWORK, saysOffline } from '../../offline.js'
import type { IngressName } from '../../run/ingress-names.js'
import type { Settings } from '../settings.js'
import type { Webhooks } from '../stage-webhooks.js'
import { appKeysIn, flagsOf, localXCommand, webhooksOf, type XAddress } from '../x.js'
import { type Finding, fail, ok, skipped, warn } from './finding.js'

/** X refuses OAuth 1.0a when clocks are 5 minutes apart. In milliseconds. */
const SKEWED = 60_000
const TOO_SKEWED = 300_000

/** X itself: whether it takes the keys, what they may do, and whether it delivers. */
export async function checkX(
  settings: Settings,
  x: XAddress,
  ingress: IngressName,
  now: number,
): Promise<readonly Finding[]> {
  return [
    ...(await checkAccount(settings, x, now)),
    ...(await checkApp(settings, x)),
    ...(await checkDelivery(settings, x, ingress)),
  ]
}

/** Why there is no webhook to check. */
export const NO_WEBHOOK: Readonly<Record<IngressName, string>> = {
  poll: 'the bot polls X for mentions',
  stream: "the bot reads X's activity stream",
  webhook: 'settings are missing',
}

async function checkAccount(settings: Settings, x: XAddress, now: number): Promise<readonly Finding[]> {
  const [accessToken, accessSecret] = [settings.find('HEXBIRD_ACCESS_TOKEN'), settings.find('HEXBIRD_ACCESS_SECRET')]
  if (!hasKeys(settings) || accessToken === undefined || accessSecret === undefined) {
    return ['clock', "the bot's account", 'permissions'].map((check) => skipped(check, 'settings are missing'))
  }
  const app = new XApp({ ...appKeysIn(settings), ...defined({ agent: x.agent }) })
  const { account, date } = await app.check({ accessToken, accessSecret })
  return [
    clockFinding(date, now),
    accountFinding(account, accessToken, localXTodo(x, settings.file)),
    permissionFinding(account),
  ]
}

export function clockFinding(date: number | undefined, now: number): Finding {
  const check = 'clock'
  if (date === undefined) return skipped(check, 'X does not answer')
  const off = Math.abs(now - date)
  const detail = off < 2000 ? "matches X's" : `${Math.round(off / 1000)} s ${now > date ? 'ahead of' : 'behind'} X's`
  const todo = "Set this machine's clock with NTP: X refuses requests signed at the wrong time."
  if (off > TOO_SKEWED) return fail(check, detail, todo)
  return off > SKEWED ? warn(check, detail, todo) : ok(check, detail)
}

function accountFinding(account: AccountCheck['account'], accessToken: string, onLocalX: string | undefined): Finding {
  const check = "the bot's account"
  switch (account.kind) {
    case 'unreachable':
      return fail(check, `X does not answer: ${account.detail}`, onLocalX ?? later(account.detail))
    case 'refused':
      return fail(
        check,
        `X rejects its tokens: ${account.detail}`,
        (account.reason === 'unauthorized' ? onLocalX : undefined) ??
          'Compare HEXBIRD_CONSUMER_… and HEXBIRD_ACCESS_… with the console. All must be the newest, from the same app.',
      )
    case 'known':
      return accessToken.startsWith(`${account.id}-`)
        ? ok(check, `@${account.username} (${account.id})`)
        : warn(
            check,
            `@${account.username} (${account.id})`,
            'The access token starts with a different id. Is it complete?',
          )
  }
}

export function permissionFinding(account: AccountCheck['account']): Finding {
  const check = 'permissions'
  if (account.kind === 'unreachable') return skipped(check, 'X does not answer')
  if (account.kind !== 'known') return skipped(check, 'X does not accept the tokens')
  const todo = 'Set "Read and write and Direct message" in the console, then generate a new access token.'
  if (account.access === undefined) return skipped(check, 'X did not say')
  switch (account.access) {
    case 'read':
      return fail(check, 'read only: the bot cannot reply', todo)
    case 'read-write':
      return warn(check, 'read and write, but no messages: the bot does not see a "stop" sent as a message', todo)
    case 'read-write-directmessages':
      return ok(check, 'read, write, direct messages')
  }
}

async function checkApp(settings: Settings, x: XAddress): Promise<readonly Finding[]> {
  const check = 'Bearer token'
  const given = settings.find('HEXBIRD_BEARER_TOKEN')
  if (!hasKeys(settings) || given === undefined) return [skipped(check, 'settings are missing')]
  return orFailed(check, localXTodo(x, settings.file), async () => {
    const own = await new XApp({ ...appKeysIn(settings), ...defined({ agent: x.agent }) }).bearerToken()
    return own === given
      ? [ok(check, 'belongs to this app')]
      : [
          fail(
            check,
            'does not belong to these keys',
            localXTodo(x, settings.file) ??
              "Set HEXBIRD_BEARER_TOKEN to this app's token, with `hexbird rotate` or from the console.",
          ),
        ]
  })
}

async function checkDelivery(settings: Settings, x: XAddress, ingress: IngressName): Promise<readonly Finding[]> {
  const [webhook, subscriptions] = ['webhook at X', 'subscriptions'] as const
  const url = settings.find('HEXBIRD_WEBHOOK_URL')
  const botId = settings.find('HEXBIRD_ACCESS_TOKEN')?.split('-')[0]
  const onLocalX = localXTodo(x, settings.file)
  const flags = flagsOf(x, settings.file)
  if (ingress === 'poll') {
    const findings = [webhook, subscriptions].map((check) => skipped(check, NO_WEBHOOK.poll))
    return [...findings, skipped('credits', `to check them costs a call, which \`hexbird setup${flagsOf(x)}\` makes`)]
  }
  if (settings.find('HEXBIRD_BEARER_TOKEN') === undefined || (ingress === 'webhook' && url === undefined)) {
    return [webhook, subscriptions, 'credits'].map((check) => skipped(check, 'settings are missing'))
  }
  if (ingress === 'stream' || url === undefined) {
    const skippedWebhook = skipped(webhook, NO_WEBHOOK.stream)
    const found = await orFailed(subscriptions, onLocalX, async () => {
      const all = await webhooksOf(settings, x).subscriptions({ dialect: 'x-activity' })
      return [streamFinding(all, botId, flags), ...leftWebhooks(all, botId, flags), credits]
    })
    return [skippedWebhook, ...found]
  }
  return orFailed(webhook, onLocalX, async () => [
    ...(await deliveryFindings(webhooksOf(settings, x), url, botId, flags)),
    credits,
  ])
}

/** The types of events of the bot's that X sends over the stream. */
export const streamedTypes = (all: readonly Subscription[], botId: string | undefined): readonly string[] =>
  all.flatMap((one) =>
    one.dialect === 'x-activity' && one.webhookId === undefined && (botId === undefined || one.userId === botId)
      ? [one.eventType]
      : [],
  )

/** Whether X tells the stream of the bot. */
function streamFinding(all: readonly Subscription[], botId: string | undefined, flags: string): Finding {
  const check = 'subscriptions'
  const types = streamedTypes(all, botId)
  const missing = DEFAULT_EVENT_TYPES.filter((type) => !types.includes(type))
  const todo = `Run \`hexbird subscribe --stream${flags}\`.`
  if (types.length === 0) return fail(check, 'the bot has none for the stream', todo)
  return missing.length > 0
    ? warn(check, `missing: ${missing.join(', ')}`, `${todo} It is safe to repeat.`)
    : ok(check, types.join(', '))
}

/** Warns a bot without a webhook of each webhook that X still delivers its mentions to. */
export function leftWebhooks(
  all: readonly Subscription[],
  botId: string | undefined,
  flags: string,
): readonly Finding[] {
  const own = all.filter((one) => botId === undefined || one.userId === botId)
  const ids = new Set(own.flatMap(({ webhookId }) => (webhookId === undefined ? [] : [foreign(webhookId)])))
  return [...ids].map((id) =>
    warn(
      'subscriptions',
      `X also delivers mentions to webhook ${id}, and may bill them twice`,
      `Run \`hexbird webhook delete ${id}${flags}\`.`,
    ),
  )
}

/** Whether X delivers to this address, and what. @throws whatever asking X throws */
export async function deliveryFindings(
  webhooks: Webhooks,
  url: string,
  botId: string | undefined,
  flags: string,
): Promise<readonly Finding[]> {
  const all = await webhooks.list()
  const webhook = all.find((one) => one.url === url)
  const finding = webhookFinding(webhook, all, flags)
  if (!webhook) return [finding, skipped('subscriptions', 'X has no such webhook')]
  const activities = await webhooks.subscriptions({ dialect: 'x-activity' })
  const accounts = await webhooks
    .subscriptions({ dialect: 'account-activity', webhookId: webhook.id })
    .catch((error: unknown) => {
      // On pay-per-use Account Activity wants an application, which few have.
      if (error instanceof XError && error.code !== 'X_NO_CREDITS') return []
      throw error
    })
  return [finding, subscriptionFinding([...activities, ...accounts], webhook, botId, flags)]
}

const credits = ok('credits', 'X accepts requests. Its console shows your spending limit for a month')

function webhookFinding(webhook: Webhook | undefined, all: readonly Webhook[], flags: string): Finding {
  const check = 'webhook at X'
  if (webhook?.valid) return ok(check, `valid: ${webhook.id}`)
  if (webhook)
    return fail(
      check,
      `invalid: ${webhook.id}. X delivers nothing`,
      `Once the challenge is answered, run \`hexbird webhook validate${flags}\`.`,
    )
  const others = all.map(({ url }) => url).join(', ')
  return fail(
    check,
    `X does not deliver to HEXBIRD_WEBHOOK_URL${others === '' ? '' : `, but to ${others}`}`,
    `Run \`hexbird webhook register${flags}\`. On pay-per-use, an account has one webhook.`,
  )
}

function subscriptionFinding(
  all: readonly Subscription[],
  webhook: Webhook,
  botId: string | undefined,
  flags: string,
): Finding {
  const check = 'subscriptions'
  const own = all.filter((one) => one.webhookId === webhook.id && (botId === undefined || one.userId === botId))
  const dialects = new Set(own.map(({ dialect }) => dialect))
  const types = own.flatMap((one) => (one.dialect === 'x-activity' ? [one.eventType] : []))
  const missing = dialects.has('account-activity') ? [] : DEFAULT_EVENT_TYPES.filter((type) => !types.includes(type))
  const todo = `Run \`hexbird subscribe${flags}\`.`
  if (own.length === 0) return fail(check, 'the bot has none at this webhook', todo)
  if (missing.length > 0) return warn(check, `missing: ${missing.join(', ')}`, `${todo} It is safe to repeat.`)
  const detail = dialects.has('account-activity') ? [...types, 'everything (Account Activity)'] : types
  return dialects.size > 1
    ? warn(
        check,
        detail.join(', '),
        'With both dialects, each event arrives twice. It is answered once; one dialect is enough.',
      )
    : ok(check, detail.join(', '))
}

const hasKeys = (settings: Settings) =>
  settings.find('HEXBIRD_CONSUMER_KEY') !== undefined && settings.find('HEXBIRD_CONSUMER_SECRET') !== undefined

/** A broken world is what a doctor is asked about. */
async function orFailed(
  check: string,
  onLocalX: string | undefined,
  work: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof XError)) throw error
    if (error.code === 'X_NO_CREDITS')
      return [fail('credits', error.message, 'Buy credits in the console, or raise the spending limit there.')]
    const isKeysOrAway = error.code === 'X_UNAUTHORIZED' || error.code === 'X_UNREACHABLE'
    const todo = (isKeysOrAway ? onLocalX : undefined) ?? TODO[error.code] ?? later(error.message)
    return [fail(check, error.message, todo)]
  }
}

/** What to do where X does not answer. */
export const later = (detail: string) =>
  saysOffline(detail) ? NO_NETWORK : 'Try again later; see https://docs.x.com/status.'

/** What to do if a local X does not answer or does not accept its keys; `undefined` for X itself. */
export const localXTodo = ({ local }: XAddress, file: string | undefined): string | undefined =>
  local && `Use the file with the keys of this local X, or start it again: ${localXCommand(local, file)}`

const TODO: Partial<Readonly<Record<XErrorCode, string>>> = {
  X_UNAUTHORIZED: 'Compare the keys and the Bearer token with the console. A regenerated key needs a new Bearer token.',
  X_ACCOUNT_LOCKED: 'Resolve it with X: check the app and the account in the console.',
}
