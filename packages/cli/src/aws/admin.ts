import { foreign } from '../foreign.js'
import type { StageRequest } from '../running/requests.js'
import { askStage } from '../running/stage.js'
import type { Terminal } from '../terminal.js'
import { UsageError } from '../usage-error.js'
import { nameOfStage } from './project.js'

/** The `admin` command: asks a stage what no other command asks, in the words of its `admin` function. */
export async function admin(json: string, given: string | undefined, terminal: Terminal): Promise<void> {
  const stage = await nameOfStage(given)
  const answer = await terminal.during('Asking', askStage(stage, requestIn(json, stage)))
  if (answer.kind === 'refused') throw new UsageError(foreign(answer.detail))
  terminal.say(JSON.stringify(answer.result, null, 2))
  terminal.result({ stage, result: answer.result })
}

/** What it may ask is for the function to say, which may be newer. */
function requestIn(json: string, stage: string): StageRequest {
  try {
    return JSON.parse(json) as StageRequest
  } catch (cause) {
    const example = `hexbird admin '{"action":"state"}' --stage ${stage}`
    throw new UsageError(`The request is not JSON: ${(cause as Error).message}. For example: ${example}`, { cause })
  }
}
