import { existsSync } from 'node:fs'
import { XApp, XError, XUserActions } from '@hexbird/adapters-x'
import { defaultLimits, type Event, type Limits, selfServe2026 } from '@hexbird/core'
import { limitsIn, type OperatorPorts, type OperatorResult, operate } from '@hexbird/core/host'
import { defined } from '@hexbird/core/util'
import { createSecretBox, parseKeys, type SecretBox } from '@hexbird/secret-box'
import { readSettings, type Settings } from '../operate/settings.js'
import { appKeysIn, credentialsIn, xOf } from '../operate/x.js'
import { RUN_STAGE } from '../run/sign-in.js'
import { openStore } from '../run/store.js'
import { UsageError } from '../usage-error.js'
import { type BotRequest, LOCAL_STAGE } from './requests.js'

/**
 * Does what an operator asks on the store of `hexbird run`, whether that runs or not: it reads there, before each call to
 * X, whether posting is stopped.
 *
 * @throws UsageError where there is no such store, or a setting is missing that this request needs
 */
export async function askStore(path: string, file: string | undefined, request: BotRequest): Promise<OperatorResult> {
  if (!existsSync(path))
    throw new UsageError(`There is no store ${path}. Pass --store <file> with the file of hexbird run.`)
  const settings = await readSettings(file)
  if (request.action === 'id-of') return idOf(request.username, settings)
  const store = openStore(path, { shared: true })
  try {
    const ports: OperatorPorts = {
      ...store.ports,
      ...store.signIn(boxOf(settings)),
      spending: store.ports.budget,
      blobs: store.blobs(),
      queues: { events: store.queue<Event>('events'), jobs: store.queue<string>('jobs') },
      userActions: userActionsOf(settings),
      now: Date.now,
    }
    const bot = { id: '', username: settings.find('HEXBIRD_BOT_USERNAME') ?? '' }
    return await operate(
      ports,
      { bot, stage: LOCAL_STAGE, limits: limitsOf(settings), platform: selfServe2026 },
      request,
    )
  } finally {
    store.close()
  }
}

/** The limits that hold with these settings. @throws UsageError that names every one that is wrong */
function limitsOf(settings: Settings): Limits {
  const { limits, faults } = limitsIn(settings.find)
  if (faults.length > 0) throw new UsageError(faults.map((fault) => `${fault}.`).join('\n'))
  return { ...defaultLimits, ...limits }
}

async function idOf(username: string, settings: Settings): Promise<OperatorResult> {
  const credentials = credentialsIn(settings)
  const app = new XApp({ ...credentials, ...defined({ agent: xOf(settings).agent }) })
  const uid = await app.idOf(username, credentials).catch((cause: unknown) => {
    throw cause instanceof XError ? new XError(cause.code, 'Nothing was deleted.', { cause }) : cause
  })
  if (uid === undefined) return { kind: 'refused', detail: `Nobody on X is called @${username}.` }
  return { kind: 'done', result: { uid } }
}

/** Without keys what is sealed can be removed, and not opened. */
function boxOf(settings: Settings): SecretBox {
  const keys = settings.find('HEXBIRD_SECRET_BOX_KEYS')
  if (keys !== undefined) return createSecretBox({ stage: RUN_STAGE, keys: parseKeys(keys) })
  const none = () => settings.need('HEXBIRD_SECRET_BOX_KEYS') as never
  return { seal: none, open: none, needsResealing: none }
}

/** Made when a person's tokens have to be invalidated: nothing else needs the app's keys. */
function userActionsOf(settings: Settings): OperatorPorts['userActions'] {
  const made = () => new XUserActions({ ...appKeysIn(settings), ...defined({ agent: xOf(settings).agent }) })
  return {
    follow: (...given) => made().follow(...given),
    message: (...given) => made().message(...given),
    invalidate: (...given) => made().invalidate(...given),
  }
}
