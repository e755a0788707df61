import type { XCredentials } from '@hexbird/adapters-x'
import type { Limits } from '@hexbird/core'
import { limitsIn } from '@hexbird/core/host'
import { botIdOf, KEYS, SETTINGS, type SettingName, type Settings, webhookSecretsIn } from '../operate/settings.js'
import { addressOfX, appKeysIn, localXCommand, strayKeys, type XAddress } from '../operate/x.js'
import { thisCommand } from '../this-command.js'
import { UsageError } from '../usage-error.js'
import { INGRESSES, type IngressName } from './ingress-names.js'
import { type SignInPlan, signInPlanOf } from './sign-in-plan.js'
import { STORE } from './store-name.js'

/** Where it serves, if nobody says otherwise. */
export const PORT = 8080
export const HOST = '127.0.0.1'

/** What `hexbird run` is told by flags, which go before settings. */
export interface PlanOptions {
  readonly store?: string
  readonly ingress?: IngressName
  /** Seconds. */
  readonly every?: number
  readonly port?: number
  readonly host?: string
  /** The address of a local X. */
  readonly x?: string
}

/** All that running a bot takes, checked. */
export interface Plan {
  readonly credentials: XCredentials
  readonly botId: string
  /** The file that the settings are from. */
  readonly file: string | undefined
  /** Without it X is asked. */
  readonly username: string | undefined
  readonly store: string
  readonly ingress: IngressName
  /** Milliseconds between two questions; without it, the ingress's own pace. */
  readonly every: number | undefined
  /** Where to serve; `undefined` if nothing has to be served. */
  readonly address: { readonly host: string; readonly port: number } | undefined
  /** What tells X from others at the webhook. */
  readonly secrets: { readonly consumerSecrets: readonly string[]; readonly clientSecrets: readonly string[] }
  readonly x: XAddress
  readonly signIn: SignInPlan | undefined
  /** The app's own token, for the activity stream. */
  readonly bearerToken: string | undefined
  readonly webhookUrl: string | undefined
  /** Where the status page is served; `undefined` if nowhere. */
  readonly status: { readonly port: number; readonly token: string } | undefined
  /** What the operator set of them. */
  readonly limits: Partial<Limits>
}

/**
 * Reads everything that running the bot takes.
 *
 * @throws UsageError that names every fault
 */
export function planOf(settings: Settings, options: PlanOptions): Plan {
  const faults: string[] = []
  const missing = KEYS.filter((name) => settings.find(name) === undefined)
  faults.push(...missing.map((name) => `${name} is missing: ${SETTINGS[name]}.`))
  /** What `read` gives; where it throws a usage error, that is one more fault. */
  const checked = <T>(read: () => T): T | undefined => {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      faults.push(error.message)
      return undefined
    }
  }
  const accessToken = settings.find('HEXBIRD_ACCESS_TOKEN') ?? ''
  const botId = checked(() => (accessToken === '' ? '' : botIdOf(accessToken)))
  const username = checked(() => usernameIn(settings))
  const ingress = checked(() => options.ingress ?? ingressIn(settings)) ?? 'poll'
  const every = checked(() => options.every ?? numberIn(settings, 'HEXBIRD_EVERY', [1, 86_400]))
  const port = checked(() => options.port ?? numberIn(settings, 'HEXBIRD_PORT', [0, 65_535]))
  const host = options.host ?? settings.find('HEXBIRD_HOST')
  const x = checked(() => addressOfX(options.x))
  const stray = x && strayKeys(settings, x)
  if (stray !== undefined) faults.push(stray)
  const signIn = checked(() => signInPlanOf(settings, x?.local))
  const status = checked(() => statusIn(settings))
  const { limits, faults: wrongLimits } = limitsIn(settings.find)
  faults.push(...wrongLimits.map((fault) => `${fault}.`))
  const bearerToken = settings.find('HEXBIRD_BEARER_TOKEN')
  if (ingress === 'stream' && bearerToken === undefined) {
    faults.push(`HEXBIRD_BEARER_TOKEN is missing: ${SETTINGS.HEXBIRD_BEARER_TOKEN}. The activity stream needs it.`)
  }
  if (faults.length > 0 || botId === undefined || x === undefined) {
    const where = settings.file === undefined ? 'the environment' : `the environment and ${settings.file}`
    const listed = faults.map((fault) => `\n- ${fault.replaceAll('\n', '\n  ')}`).join('')
    const todo = missing.length === 0 ? '' : `\n${keysTodo(x?.local, settings.file)}`
    throw new UsageError(`The bot cannot run with the settings from ${where}:${listed}${todo}`)
  }
  const isServed = ingress === 'webhook' || signIn !== undefined || (port ?? host) !== undefined
  return {
    credentials: { ...appKeysIn(settings), accessToken, accessSecret: settings.find('HEXBIRD_ACCESS_SECRET') ?? '' },
    botId,
    file: settings.file,
    username,
    store: options.store ?? settings.find('HEXBIRD_STORE') ?? STORE,
    ingress,
    every: every === undefined ? undefined : every * 1000,
    address: isServed ? { host: host ?? HOST, port: port ?? PORT } : undefined,
    secrets: webhookSecretsIn(settings),
    x,
    signIn,
    bearerToken,
    webhookUrl: settings.find('HEXBIRD_WEBHOOK_URL'),
    status,
    limits,
  }
}

const keysTodo = (localX: string | undefined, file: string | undefined) =>
  localX === undefined
    ? `To enter the keys: ${thisCommand()} setup`
    : `If another file has the keys of the local X, pass --settings <file>. To get new ones: ${localXCommand(localX, file)}`

function statusIn(settings: Settings): Plan['status'] {
  const port = numberIn(settings, 'HEXBIRD_STATUS_PORT', [0, 65_535])
  const token = settings.find('HEXBIRD_STATUS_TOKEN')
  if (port === undefined && token === undefined) return undefined
  if (port !== undefined && token !== undefined) return { port, token }
  throw new UsageError('The status page needs both HEXBIRD_STATUS_PORT and HEXBIRD_STATUS_TOKEN.')
}

function usernameIn(settings: Settings): string | undefined {
  const username = settings.find('HEXBIRD_BOT_USERNAME')
  if (username === undefined || /^\w{1,15}$/.test(username)) return username
  throw new UsageError('HEXBIRD_BOT_USERNAME is not a name on X. Write 1 to 15 letters, digits or _, without the @.')
}

function ingressIn(settings: Settings): IngressName | undefined {
  const name = settings.find('HEXBIRD_INGRESS')
  const known = INGRESSES.find((one) => one === name)
  if (name === known) return known
  throw new UsageError(`HEXBIRD_INGRESS must be one of ${INGRESSES.join(', ')}.`)
}

function numberIn(settings: Settings, name: SettingName, [least, most]: readonly [number, number]) {
  const text = settings.find(name)
  if (text === undefined) return undefined
  const number = Number(text)
  if (/^[0-9]+$/.test(text) && number >= least && number <= most) return number
  throw new UsageError(`${name} must be a number from ${least} to ${most}.`)
}
