import { foreign } from '../../foreign.js'
import type { Terminal } from '../../terminal.js'
import { UsageError } from '../../usage-error.js'
import { chosen } from '../choice.js'
import type { OperatorOptions } from '../operator.js'
import { readSettings, SETTINGS_FILE, type SettingName, secretsIn } from '../settings.js'
import { sure } from '../sure.js'
import { addressOfX, LOCAL_X, webhooksOf } from '../x.js'
import {
  beginRotation,
  findRotation,
  forgetRotation,
  keepRotation,
  type Rotation,
  recordPath,
  STEPS,
  type Step,
} from './record.js'
import { putSetting } from './settings-file.js'
import { after, endpointOf, type StepResult, type Surroundings, take } from './walk.js'

export interface RotateGiven extends OperatorOptions {
  readonly yes?: true
}

type Environment = Readonly<Record<string, string | undefined>>

/** Does what a step waits for. False where it cannot be done now. */
export type Hands = (step: Step, waiting: Extract<StepResult, { kind: 'wait' }>) => Promise<boolean>

/** These change on the way: the environment would hide it. */
const CHANGING: readonly SettingName[] = ['HEXBIRD_CONSUMER_KEY', 'HEXBIRD_CONSUMER_SECRET', 'HEXBIRD_BEARER_TOKEN']

/**
 * Walks through the rotation of the consumer secret. It goes as far as it can, keeps how far that was, and goes on from
 * there another time. Gives 0 also where somebody has to do something first.
 */
export async function rotate(
  given: RotateGiven,
  terminal: Terminal,
  hands: Hands = person(terminal),
  environment: Environment = process.env,
): Promise<number> {
  const file = await settingsFileOf(given.settings, environment)
  const path = recordPath(file)
  const found = await findRotation(path)
  let rotation = found ?? (await begin(file, given, terminal, environment))
  if (found) terminal.note(`A rotation is in progress: step ${STEPS.indexOf(found.step) + 1} of ${STEPS.length}.`)
  await keepRotation(path, rotation)
  for (;;) {
    const around = await surroundings(file, environment)
    const result = await terminal.during('Checking', take(rotation, around))
    if (result.kind === 'wait') {
      terminal.say(`${heading(rotation.step)} ${result.found}\n  → ${result.todo}`)
      if (await hands(rotation.step, result)) continue
      const { step } = rotation
      if (step !== 'settle') terminal.say('  Then: hexbird rotate')
      terminal.result({ done: false, step, found: result.found, todo: result.todo })
      return 0
    }
    terminal.say(`${heading(rotation.step)} ${terminal.colours.green(result.said)}`)
    const step = after(rotation.step)
    if (step === undefined) break
    rotation = { ...rotation, ...result.rotation, step }
    await keepRotation(path, rotation)
  }
  await forgetRotation(path)
  terminal.result({ done: true })
  return 0
}

const heading = (step: Step) => `[${STEPS.indexOf(step) + 1}/${STEPS.length}]`

/** A person at the keyboard; after the last step there is a day to wait. */
const person =
  (terminal: Terminal): Hands =>
  async (step) => {
    if (step === 'settle' || !terminal.streams.stdin.isTTY) return false
    await terminal.ask('  Press Enter when that is done, or Ctrl-C to continue later. ', '')
    return true
  }

async function settingsFileOf(given: string | undefined, environment: Environment): Promise<string> {
  const { file } = await readSettings(given, environment)
  if (file === undefined) {
    throw new UsageError(
      `A rotation changes settings, so it needs them in a file. Put them into ${SETTINGS_FILE}, or pass --settings <file>.`,
    )
  }
  const hiding = CHANGING.filter((name) => environment[name] !== undefined)
  if (hiding.length > 0) {
    throw new UsageError(
      `${hiding.join(', ')} in the environment would override the changes in ${file}. Run: unset ${hiding.join(' ')}`,
    )
  }
  return file
}

async function surroundings(file: string, environment: Environment): Promise<Surroundings> {
  return {
    settings: await readSettings(file, environment),
    x: addressOfX(environment[LOCAL_X]),
    now: Date.now(),
    keepBearerToken: (token) => putSetting(file, 'HEXBIRD_BEARER_TOKEN', token),
  }
}

/** Nothing is rotated that is not well: what was wrong before could not be told from what went wrong. */
async function begin(
  file: string,
  { yes }: RotateGiven,
  terminal: Terminal,
  environment: Environment,
): Promise<Rotation> {
  const { settings, x } = await surroundings(file, environment)
  if (settings.localX !== undefined && x.local === undefined)
    throw new UsageError(
      `The keys in ${foreign(file)} are for a local X. To practice on one: hexbird rotate --rehearse`,
    )
  const needed = settings.need('HEXBIRD_WEBHOOK_URL', 'HEXBIRD_CONSUMER_KEY', 'HEXBIRD_CONSUMER_SECRET')
  const [secret = '', ...others] = secretsIn(needed.HEXBIRD_CONSUMER_SECRET)
  if (others.length > 0) {
    throw new UsageError(
      'HEXBIRD_CONSUMER_SECRET still has the older secret of an earlier rotation after the comma. Remove it, and run this again.',
    )
  }
  const webhooks = await terminal.during('Asking X', webhooksOf(settings, x).list())
  const webhook = chosen(webhooks, undefined, needed.HEXBIRD_WEBHOOK_URL)
  const challenged = await terminal.during('Asking the webhook', endpointOf(settings).challenge())
  if (webhook.url !== needed.HEXBIRD_WEBHOOK_URL || !webhook.valid || challenged.kind !== 'right') {
    throw new UsageError(
      'The webhook has to work before a rotation. Run `hexbird doctor`, correct what it finds, and run this again.',
    )
  }
  await sure(
    terminal,
    "This replaces the app's consumer key and secret at X. The webhook is closed in the meantime; afterwards X redelivers what it missed.",
    yes,
  )
  return beginRotation(webhook.id, secret)
}
