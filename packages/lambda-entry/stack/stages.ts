import { type LimitSetting, limitsIn } from '@hexbird/core/host'

/** What one deployment of the bot is told. None of it is secret: secrets are parameters in SSM. */
export interface Stage {
  /** `staging`, `production`, or another short lower-case name. Everything that the stage has is named after it. */
  readonly name: string
  /** The bot's account on X. */
  readonly botId: string
  readonly botUsername: string
  /** Where people find the pages, where that is a domain of your own: `https://` and a host. Otherwise the API's own. */
  readonly origin?: string
  /** How somebody who signs in comes to follow the bot, or gets its message: through X's API, by a link, not at all. */
  readonly follow: Mode
  readonly message: Mode
  readonly privacyPolicyUrl: string
  /** Other origins that people may be sent back to after a sign-in. */
  readonly returnTo: readonly string[]
  /** Who is told of alarms, apart from whoever subscribes to the topic. */
  readonly alarmEmail?: string
  /** Whether this stage has the app's webhook. X allows one for an account on its pay-per-use plan. */
  readonly webhookStage: boolean
  /**
   * How many runs are kept for the webhook alone, and are the most that it can have at once. 0 keeps none: a new AWS
   * account has only 10 in all, and AWS lets the last 100 be kept by nobody. Lambda takes ten requests a second for each.
   */
  readonly webhookConcurrency: number
  /** The same for the pages where people sign in. Default: 0. */
  readonly signInConcurrency?: number
  /** What the bot may spend, under the names that `hexbird run` has for it, such as `HEXBIRD_LIMIT_PER_DAY`. Default: the bot's own. */
  readonly limits?: Readonly<Partial<Record<LimitSetting, string>>>
  /** The KMS key of the stage's parameters, where it is not the AWS managed one. */
  readonly parametersKeyArn?: string
}

type Mode = 'api' | 'link' | 'off'

/** The file with the stages cannot be used. The message names every fault in it. */
export class StagesError extends Error {
  override readonly name = 'StagesError'
  readonly code = 'STAGES_INVALID'
}

/** Production keeps its data whatever happens to the stack, and its logs for longer. */
export const isProduction = ({ name }: Stage): boolean => name === 'production'

const HTTPS = /^https:\/\/[a-z0-9.-]+(:\d+)?$/
const mode = oneOf('api', 'link', 'off')

const COUNT: Field = {
  is: (value) => Number.isInteger(value) && Number(value) >= 0,
  what: 'a whole number, 0 or more',
}

const FIELDS: Readonly<Record<Exclude<keyof Stage, 'name'>, Field>> = {
  botId: matching(/^\d{1,19}$/, 'the 1 to 19 digits of an account id, as a string'),
  botUsername: matching(/^\w{1,15}$/, 'a name on X, without the @'),
  origin: optional(matching(HTTPS, 'https:// and a host, without a slash at the end')),
  follow: mode,
  message: mode,
  privacyPolicyUrl: matching(/^https:\/\/[^\s/]+\S*$/, 'a URL that starts with https://'),
  returnTo: {
    is: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string' && HTTPS.test(item)),
    what: 'a list of origins: https:// and a host each',
  },
  alarmEmail: optional(matching(/^[^\s@]+@[^\s@]+$/, 'an e-mail address')),
  webhookStage: oneOf(true, false),
  webhookConcurrency: COUNT,
  signInConcurrency: optional(COUNT),
  limits: optional({ is: areLimits, what: 'limits by their names, each as a string' }),
  parametersKeyArn: optional(matching(/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/, "a KMS key's ARN, not an alias")),
}

/**
 * Reads the stages from the text of `stages.json`.
 *
 * @throws StagesError with every fault in one message
 */
export function parseStages(json: string): readonly Stage[] {
  const stages = Object.entries(objectOf(json))
  const faults = [...stages.flatMap(([name, stage]) => faultsOf(name, stage)), ...twins(stages)]
  if (stages.length === 0) faults.push('there is no stage')
  if (faults.length > 0) {
    throw new StagesError(`stages.json cannot be used:\n${faults.map((fault) => `- ${fault}.`).join('\n')}`)
  }
  return stages.map(([name, stage]) => ({ name, ...(stage as Omit<Stage, 'name'>) }))
}

interface Field {
  readonly is: (value: unknown) => boolean
  readonly what: string
}

function objectOf(json: string): object {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (cause) {
    throw new StagesError(`stages.json is not JSON: ${(cause as Error).message}`)
  }
  if (isRecord(value)) return value
  throw new StagesError('stages.json is not an object with a stage under each name.')
}

function faultsOf(name: string, stage: unknown): readonly string[] {
  if (!/^[a-z][a-z0-9-]{0,19}$/.test(name)) return [`"${name}" is no name for a stage: 1 to 20 of a-z, 0-9 and -`]
  if (name === 'local') return ['"local" is what runs on your own machine, and is not deployed']
  if (!isRecord(stage)) return [`${name} is not an object`]
  const unknown = Object.keys(stage).filter((field) => !(field in FIELDS))
  return [
    ...Object.entries(FIELDS).flatMap(([field, { is, what }]) =>
      is(stage[field]) ? [] : [`${name}.${field} is to be ${what}`],
    ),
    ...unknown.map((field) => `${name}.${field} is not known`),
  ]
}

/** Two stages with one account would both answer each mention: neither knows the other's ledger. */
function twins(stages: readonly (readonly [name: string, stage: unknown])[]): readonly string[] {
  const idOf = ([, stage]: readonly [string, unknown]) => (isRecord(stage) ? stage.botId : undefined)
  return stages.flatMap((stage, index) => {
    const earlier = stages.slice(0, index).find((other) => isAccount(idOf(stage)) && idOf(other) === idOf(stage))
    return earlier ? [`${stage[0]}.botId is that of ${earlier[0]}: both would answer every mention`] : []
  })
}

/** A name that is none would be a limit that nobody keeps. */
function areLimits(value: unknown): boolean {
  if (!isRecord(value) || Object.values(value).some((one) => typeof one !== 'string')) return false
  const known = new Set<string>()
  const { faults } = limitsIn((name) => {
    known.add(name)
    return value[name] as string | undefined
  })
  return faults.length === 0 && Object.keys(value).every((name) => known.has(name))
}

/** "0" stands for an account that is not there yet. */
const isAccount = (id: unknown): boolean => typeof id === 'string' && id !== '0'

function matching(pattern: RegExp, what: string): Field {
  return { is: (value) => typeof value === 'string' && pattern.test(value), what }
}

function oneOf(...values: readonly (string | boolean)[]): Field {
  return { is: (value) => values.includes(value as string), what: `one of ${values.join(', ')}` }
}

function optional({ is, what }: Field): Field {
  return { is: (value) => value === undefined || is(value), what: `${what}, or left out` }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
