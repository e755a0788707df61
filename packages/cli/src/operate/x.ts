import type { Agent } from 'node:http'
import { agentTo, type XAppKeys, type XCredentials, XWebhooks } from '@hexbird/adapters-x'
import { defined } from '@hexbird/core/util'
import { foreign } from '../foreign.js'
import { thisCommand } from '../this-command.js'
import { UsageError } from '../usage-error.js'
import { KEYS, SETTINGS_FILE, type Settings, secretsIn } from './settings.js'

/** The way to X, or to a local one. */
export interface XAddress {
  /** `undefined` for X itself. */
  readonly agent: Agent | undefined
  /** The origin of the local X; `undefined` for X itself. */
  readonly local: string | undefined
  /** Where a browser finds a page of X's. */
  readonly browserUrl: (page: string) => string
}

/** For tests and rehearsals: the address of a local X, such as http://127.0.0.1:4000. */
export const LOCAL_X = 'HEXBIRD_LOCAL_X'

/**
 * Where X is: at the given address of a local X or, by default, at that of `HEXBIRD_LOCAL_X`; without either, X itself.
 *
 * @throws UsageError if the address is not on this machine, because requests to it are not encrypted
 */
export function addressOfX(local: string | undefined = process.env[LOCAL_X]): XAddress {
  if (local === undefined || local === '') return { agent: undefined, local: undefined, browserUrl: (page) => page }
  const url = URL.canParse(local) ? new URL(local) : undefined
  const isLoopback = url?.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname) && url.port !== ''
  if (!isLoopback)
    throw new UsageError(
      `${foreign(local)} is not the address of a local X on this machine, such as http://127.0.0.1:4000. Start one with \`hexbird local-x\`, which prints it.`,
    )
  return {
    agent: agentTo({ port: Number(url.port) }),
    local: url.origin,
    browserUrl(page) {
      const { pathname, search } = new URL(page)
      return new URL(`${pathname}${search}`, url).href
    },
  }
}

/** Where the X of these settings is: keys of a local X are never sent to X itself. */
export const xOf = ({ localX }: Pick<Settings, 'localX'>, given?: string): XAddress =>
  addressOfX(given ?? (process.env[LOCAL_X] || localX))

/** What another command needs as well, to reach the same X with the same settings. */
export const flagsOf = ({ local }: XAddress, file = SETTINGS_FILE): string =>
  `${local === undefined ? '' : ` --x ${local}`}${file === SETTINGS_FILE ? '' : ` --settings ${foreign(file)}`}`

/** What is wrong where keys of a local X would go to X itself; `undefined` if nothing. */
export const strayKeys = ({ file, localX }: Pick<Settings, 'file' | 'localX'>, x: XAddress): string | undefined =>
  localX === undefined || x.local !== undefined
    ? undefined
    : `The keys in ${file} are for a local X. Pass --x ${foreign(localX)}`

/** The command that starts a local X and writes its keys to a file. */
export const localXCommand = (local: string, file = SETTINGS_FILE): string =>
  `${thisCommand()} local-x --port ${new URL(local).port} --env ${foreign(file)}`

/** The app's keys. Of several secrets X knows the newest. */
export function appKeysIn(settings: Settings): XAppKeys {
  const needed = settings.need('HEXBIRD_CONSUMER_KEY', 'HEXBIRD_CONSUMER_SECRET')
  return {
    consumerKey: needed.HEXBIRD_CONSUMER_KEY,
    consumerSecret: secretsIn(needed.HEXBIRD_CONSUMER_SECRET)[0] ?? '',
  }
}

export function credentialsIn(settings: Settings): XCredentials {
  const needed = settings.need(...KEYS)
  return {
    ...appKeysIn(settings),
    accessToken: needed.HEXBIRD_ACCESS_TOKEN,
    accessSecret: needed.HEXBIRD_ACCESS_SECRET,
  }
}

/** As the app, and as the bot where its credentials are given. */
export function webhooksOf(settings: Settings, { agent }: XAddress, userCredentials?: XCredentials): XWebhooks {
  const { HEXBIRD_BEARER_TOKEN: bearerToken } = settings.need('HEXBIRD_BEARER_TOKEN')
  return new XWebhooks({ bearerToken, ...defined({ userCredentials, agent }) })
}
