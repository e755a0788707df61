import { readFile, stat } from 'node:fs/promises'
import { parse } from 'dotenv'
import { unlessMissing, unreadable } from '../file-problem.js'
import { UsageError } from '../usage-error.js'

/** What the operator's commands are told: never by arguments, which shells write down. */
export const SETTINGS = {
  HEXBIRD_CONSUMER_KEY: "the app's API key",
  HEXBIRD_CONSUMER_SECRET: "the app's API key secret; during a rotation, the new one, a comma and the old one",
  HEXBIRD_CLIENT_ID: "the app's OAuth 2.0 client id, for signing in with a browser",
  HEXBIRD_CLIENT_SECRET: "the app's OAuth 2.0 client secret, if the app has one: X then also signs deliveries with it",
  HEXBIRD_BEARER_TOKEN: "the app's Bearer token",
  HEXBIRD_ACCESS_TOKEN: "the access token of the bot's account",
  HEXBIRD_ACCESS_SECRET: 'the secret of that access token',
  HEXBIRD_WEBHOOK_URL: 'the public URL that X delivers to',
  HEXBIRD_VISION_URL: 'the address of a vision server, such as http://127.0.0.1:11434/v1',
  HEXBIRD_VISION_MODEL: 'the model that the vision server uses',
  HEXBIRD_VISION_KEY: 'the API key of the vision server, if it needs one',
  HEXBIRD_VISION_PLAIN_HTTP:
    '`true` to reach a vision server on another machine without https, on a network that you trust',
  HEXBIRD_BOT_USERNAME:
    "the name of the bot's account, without the @; if it is not set, `run` asks X, which bills an owned read",
  HEXBIRD_LIMIT_PER_DAY: 'the most that the bot may spend per UTC day, in dollars (default: 5)',
  HEXBIRD_LIMIT_PER_AUTHOR_PER_DAY:
    'the most that the bot may spend on one author per UTC day, within the daily limit, in dollars (default: 0.20)',
  HEXBIRD_LIMIT_SWEEP_PER_DAY:
    'the most that the bot may spend on listing mentions per UTC day, within the daily limit, in dollars (default: 1)',
  HEXBIRD_LIMIT_REPLIES_PER_CONVERSATION: 'the most replies per conversation per UTC day (default: 8)',
  HEXBIRD_STORE: 'the file where `run` stores everything (default: hexbird.sqlite)',
  HEXBIRD_INGRESS: 'how tweets reach `run`: poll (the default), stream or webhook',
  HEXBIRD_EVERY: 'seconds between polls for mentions (default: 30 for poll, 600 for stream, 300 for webhook)',
  HEXBIRD_PORT: 'the port where `run` serves the webhook, the sign-in pages and /health (default: 8080)',
  HEXBIRD_HOST: 'the address that `run` listens on (default: 127.0.0.1)',
  HEXBIRD_STATUS_PORT:
    'the port of the status page and the metrics, on this machine only; if it is not set, `run` serves neither',
  HEXBIRD_STATUS_TOKEN: 'the token for signing in to the status page: at least 32 random characters',
  HEXBIRD_ORIGIN: 'the public origin of the sign-in pages, such as https://bot.example; `run` needs it to serve them',
  HEXBIRD_PRIVACY_POLICY_URL: 'the privacy policy that the sign-in pages link to',
  HEXBIRD_COOKIE_KEYS: 'keys that sign cookies: at least 32 random characters each, separated by commas, newest first',
  HEXBIRD_SECRET_BOX_KEYS:
    "keys that encrypt people's tokens: <id>:<base64 of 32 random bytes>, separated by commas, newest first",
  HEXBIRD_FOLLOW: 'how the sign-in pages offer to follow the bot: api, link (the default) or off',
  HEXBIRD_MESSAGE: 'how the sign-in pages offer a message: api, link (the default) or off',
  HEXBIRD_RETURN_TO: 'URLs that a sign-in may redirect to, separated by commas',
} as const

export type SettingName = keyof typeof SETTINGS

/** What every bot needs: the app's keys, and the tokens of the bot's account. */
export const KEYS = [
  'HEXBIRD_CONSUMER_KEY',
  'HEXBIRD_CONSUMER_SECRET',
  'HEXBIRD_ACCESS_TOKEN',
  'HEXBIRD_ACCESS_SECRET',
] as const satisfies readonly SettingName[]

/** Where the settings are read from, unless told otherwise. */
export const SETTINGS_FILE = '.env'

/** How a file begins that `hexbird local-x` wrote, and its second line up to the address. */
export const LOCAL_X_FILE = {
  firstLine: '# Keys of a local X, by `hexbird local-x`. They are of no use anywhere else.',
  usage: '# hexbird run --x ',
} as const

/** Settings as they were found. */
export interface Settings {
  /** The file that was read; `undefined` where there is none. */
  readonly file: string | undefined
  /** The address of the local X whose keys are in the file; `undefined` where they are of X itself. */
  readonly localX: string | undefined
  /** Others than its owner may read the file. */
  readonly isFileOpen: boolean
  readonly find: (name: SettingName) => string | undefined
  /** @throws UsageError that names all that are missing, and where to put them */
  need<Name extends SettingName>(...names: readonly Name[]): Readonly<Record<Name, string>>
}

/**
 * Reads settings: the environment first, then the file.
 *
 * @param path of a file that has to be there; by default `.env`, if it is
 * @throws UsageError where the file cannot be read
 */
export async function readSettings(
  path: string | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Settings> {
  const file = path ?? SETTINGS_FILE
  const reading = readFile(file, 'utf8')
  const text = await (path === undefined ? reading.catch(unlessMissing(undefined)) : reading).catch(unreadable(file))
  const inFile: Readonly<Record<string, string>> = text === undefined ? {} : parse(text)
  // Windows has no such bits, and tells of none.
  const mode = text === undefined || process.platform === 'win32' ? 0 : (await stat(file)).mode
  const find = (name: SettingName) => (environment[name] ?? inFile[name])?.trim() || undefined
  return {
    file: text === undefined ? undefined : file,
    localX: localXIn(text),
    isFileOpen: (mode & 0o077) !== 0,
    find,
    need(...names) {
      const missing = names.filter((name) => find(name) === undefined)
      if (missing.length > 0) {
        const listed = missing.map((name) => `  ${name}  ${SETTINGS[name]}`).join('\n')
        const where = text === undefined ? `the environment or ${file}` : `the environment or ${file}, which was read`
        throw new UsageError(
          `Settings are missing. Put them into ${where}, or run \`hexbird setup\`, which asks for the keys:\n${listed}`,
        )
      }
      return Object.fromEntries(names.map((name) => [name, find(name)])) as Readonly<
        Record<(typeof names)[number], string>
      >
    },
  }
}

/** The address of the local X whose keys are in a file with this text. */
export function localXIn(text = ''): string | undefined {
  const [first, second = ''] = text.split('\n')
  const { firstLine, usage } = LOCAL_X_FILE
  return first === firstLine && second.startsWith(usage) ? second.slice(usage.length) : undefined
}

/** The text of a file of settings that says whose keys are in it: those of the local X at this address. */
export function ofLocalX(text: string, address: string): string {
  const { firstLine, usage } = LOCAL_X_FILE
  const rest = localXIn(text) === undefined ? text : text.split('\n').slice(2).join('\n')
  return `${firstLine}\n${usage}${address}\n${rest}`
}

/** Several secrets in one setting, the newest first. */
export const secretsIn = (value: string | undefined): readonly string[] =>
  (value ?? '').split(/[\s,]+/).filter((secret) => secret !== '')

/** What X may sign with. */
export const webhookSecretsIn = ({ find }: Settings) => ({
  consumerSecrets: secretsIn(find('HEXBIRD_CONSUMER_SECRET')),
  clientSecrets: secretsIn(find('HEXBIRD_CLIENT_SECRET')),
})

/** The account that an access token of OAuth 1.0a is of. @throws UsageError where it is none */
export function botIdOf(accessToken: string): string {
  const [, id] = /^(\d{1,19})-/.exec(accessToken) ?? []
  if (id === undefined) {
    throw new UsageError(
      'HEXBIRD_ACCESS_TOKEN is not an OAuth 1.0a access token: one begins with the id of the account and a dash. Copy it again from the console, or run `hexbird setup`.',
    )
  }
  return id
}
