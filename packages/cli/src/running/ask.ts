import type { OperatorResult } from '@hexbird/core'
import { foreign } from '../foreign.js'
import { UsageError } from '../usage-error.js'
import { findRunning } from './find.js'
import type { BotRequest } from './requests.js'

/** Which bot is meant: a deployed stage, or one of `hexbird dev` by the port of its local X. */
export interface Whose {
  readonly stage?: string
  readonly port?: number
}

/**
 * Asks something of a bot that runs here or is deployed.
 *
 * @throws UsageError where there is no such bot, or it refuses
 */
export async function ask(whose: Whose, request: BotRequest): Promise<unknown> {
  const answer = whose.stage === undefined ? await askHere(whose.port, request) : await askThere(whose.stage, request)
  if (answer.kind === 'refused') throw new UsageError(foreign(answer.detail))
  return answer.result
}

async function askHere(port: number | undefined, request: BotRequest): Promise<OperatorResult> {
  const { control, token } = await findRunning(port)
  const response = await fetch(control, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(request),
  }).catch((cause: unknown) => {
    throw new UsageError('The bot that ran here does not answer. Start it anew: hexbird dev', { cause })
  })
  return (await response.json()) as OperatorResult
}

async function askThere(stage: string, request: BotRequest): Promise<OperatorResult> {
  const { askStage } = await import('./stage.js')
  return askStage(stage, request)
}
