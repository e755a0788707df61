import { type AccountCheck, XApp, XError } from '@hexbird/adapters-x'
import { defined } from '@hexbird/core/util'
import { type Finding, fail, ok, skipped } from '../operate/doctor/finding.js'
import { clockFinding, later, localXTodo, permissionFinding } from '../operate/doctor/x-checks.js'
import { type SettingName, secretsIn } from '../operate/settings.js'
import type { XAddress } from '../operate/x.js'
import type { Values } from './known.js'

/** What X says of the keys. */
export interface Tried {
  readonly findings: readonly Finding[]
  /** The keys that X does not take. It does not tell which of a pair is wrong. */
  readonly wrong: readonly SettingName[]
  /** What X told besides, to be written too. */
  readonly found: Values
  /** Whether a bot can be started with them, at the latest once there are credits. */
  readonly isUsable: boolean
}

const APP_KEYS = ['HEXBIRD_CONSUMER_KEY', 'HEXBIRD_CONSUMER_SECRET'] as const
const ACCOUNT_KEYS = ['HEXBIRD_ACCESS_TOKEN', 'HEXBIRD_ACCESS_SECRET'] as const
const NOT_TRIED = 'not checked: correct the app keys first'

/** Asks X about the app's keys (free), and then about the account's (a user read at most). */
export async function tryKeys(values: Values, x: XAddress, file?: string): Promise<Tried> {
  const [consumerKey, accessToken, accessSecret] = [
    values.HEXBIRD_CONSUMER_KEY ?? '',
    values.HEXBIRD_ACCESS_TOKEN ?? '',
    values.HEXBIRD_ACCESS_SECRET ?? '',
  ]
  // Of several secrets X knows the newest.
  const consumerSecret = secretsIn(values.HEXBIRD_CONSUMER_SECRET)[0] ?? ''
  const app = new XApp({ consumerKey, consumerSecret, ...defined({ agent: x.agent }) })
  const bearer = await app.bearerToken().catch((error: unknown) => {
    if (error instanceof XError) return error
    throw error
  })
  if (bearer instanceof XError) return appRefused(bearer, localXTodo(x, file))
  const findings = [ok('app keys', 'X accepts them, and returned their Bearer token')]
  const found: Values = { HEXBIRD_BEARER_TOKEN: bearer }
  if (!/^\d{1,19}-/.test(accessToken)) {
    const todo = 'It starts with the account id and a dash. An OAuth 2.0 token does not work here.'
    const finding = fail("the bot's account", 'the Access Token is not an OAuth 1.0a token', todo)
    return { findings: [...findings, finding], wrong: [ACCOUNT_KEYS[0]], found, isUsable: false }
  }
  const { account, date } = await app.check({ accessToken, accessSecret })
  const clock = clockFinding(date, Date.now())
  const isReadOnly = account.kind === 'known' && account.access === 'read'
  const isPoor = account.kind === 'refused' && account.reason === 'no-credits'
  return {
    findings: [...findings, clock, accountFinding(account), permissionFinding(account), creditsFinding(account)],
    wrong: account.kind === 'refused' && account.reason === 'unauthorized' ? ACCOUNT_KEYS : [],
    found: account.kind === 'known' ? { ...found, HEXBIRD_BOT_USERNAME: account.username } : found,
    isUsable: isPoor || (account.kind === 'known' && !isReadOnly),
  }
}

function appRefused(error: XError, onLocalX: string | undefined): Tried {
  const isWrong = error.code === 'X_UNAUTHORIZED'
  const finding = isWrong
    ? fail(
        'app keys',
        `X rejects them: ${error.message}`,
        onLocalX ?? 'Copy the API Key and its secret again, both from the same app.',
      )
    : fail('app keys', error.message, onLocalX ?? later(error.message))
  const rest = ["the bot's account", 'permissions', 'credits'].map((check) => skipped(check, NOT_TRIED))
  return { findings: [finding, ...rest], wrong: isWrong ? APP_KEYS : [], found: {}, isUsable: false }
}

function accountFinding(account: AccountCheck['account']): Finding {
  const check = "the bot's account"
  if (account.kind === 'known') return ok(check, `@${account.username} (${account.id})`)
  if (account.kind === 'unreachable') return fail(check, `X does not answer: ${account.detail}`, later(account.detail))
  switch (account.reason) {
    case 'no-credits':
      return skipped(check, 'X names the account only once there are credits')
    case 'unauthorized': {
      const todo = 'Generate the Access Token and its secret again, after the API Key, in the same app.'
      return fail(check, `X rejects its tokens: ${account.detail}`, todo)
    }
    case 'locked':
      return fail(check, account.detail, 'Resolve it with X: check the app and the account in the console.')
    default:
      return fail(check, account.detail, later(account.detail))
  }
}

function creditsFinding(account: AccountCheck['account']): Finding {
  const check = 'credits'
  if (account.kind === 'known') return ok(check, 'X accepted a paid call. It does not say how much is left')
  if (account.kind === 'refused' && account.reason === 'no-credits') {
    return fail(check, account.detail, 'Buy credits at https://console.x.com, or raise the spending limit there.')
  }
  if (account.kind === 'unreachable') return skipped(check, 'X does not answer')
  return skipped(check, 'X reports this only for an account that it accepts')
}
