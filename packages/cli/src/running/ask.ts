import { existsSync } from 'node:fs'
import type { OperatorResult } from '@hexbird/core/host'
import { foreign } from '../foreign.js'
import { readSettings } from '../operate/settings.js'
import { STORE } from '../run/store-name.js'
import { UsageError } from '../usage-error.js'
import { findRunning } from './find.js'
import type { BotRequest } from './requests.js'
import { allRunning, isHere } from './state-file.js'

/** Which bot is meant: a deployed stage, one of `hexbird run` by its store, or one of `hexbird dev` by its local X's port. */
export interface Whose {
  readonly stage?: string
  readonly store?: string
  readonly port?: number
  /** A file of settings. */
  readonly settings?: string
}

/**
 * Asks something of a bot that runs here or is deployed.
 *
 * @throws UsageError where there is no such bot, or it refuses
 */
export async function ask(whose: Whose, request: BotRequest): Promise<unknown> {
  const answer = await answerOf(whose, request)
  if (answer.kind === 'refused') throw new UsageError(foreign(answer.detail))
  return answer.result
}

async function answerOf(whose: Whose, request: BotRequest): Promise<OperatorResult> {
  if (whose.stage !== undefined) {
    const { askStage } = await import('./stage.js')
    return askStage(whose.stage, request)
  }
  const store = await storeOf(whose)
  if (store === undefined) return askHere(whose.port, request)
  const { askStore } = await import('./store.js')
  return askStore(store, whose.settings, request)
}

/** The store of `hexbird run` in these settings. */
export const storeIn = async (settings: string | undefined): Promise<string> =>
  (await readSettings(settings)).find('HEXBIRD_STORE') ?? STORE

/**
 * The store that is named; else that of the settings, if it is there.
 *
 * @throws UsageError where a bot of `hexbird dev` may be meant as well
 */
async function storeOf({ store, port, settings }: Whose): Promise<string | undefined> {
  if (store !== undefined || port !== undefined) return store
  const found = await storeIn(settings)
  if (!existsSync(found)) return undefined
  if (!(await allRunning()).some(isHere)) return found
  throw new UsageError(
    `Nothing was done, because two bots could be meant: hexbird dev is running in this folder, and there is ${found}. Choose one with --port <port>, or with --store ${found}.`,
  )
}

async function askHere(port: number | undefined, request: BotRequest): Promise<OperatorResult> {
  const { control, token } = await findRunning(port, 'For hexbird run, pass --store <file>.')
  const response = await fetch(control, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(request),
  }).catch((cause: unknown) => {
    throw new UsageError('The bot that was running here does not answer. Start it again: hexbird dev', { cause })
  })
  return (await response.json()) as OperatorResult
}
