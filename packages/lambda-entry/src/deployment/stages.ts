import { readFileSync } from 'node:fs'
import { type LimitSetting, limitsIn } from '@hexbird/core/host'

/** The settings of one deployment of the bot. None is secret: secrets are parameters in SSM. */
export interface Stage {
  /** `staging`, `production`, or another short lower-case name. The names of all its resources start with it. */
  readonly name: string
  /** The bot's account on X. */
  readonly botId: string
  readonly botUsername: string
  /** Your own domain for the stage, if any: `https://` and a host. Default: the API's own address. */
  readonly origin?: string
  /** How people sign in. A stage without it has no sign-in pages, no accounts, and no secrets for them. */
  readonly signIn?: StageSignIn
  /** An email address that gets the alarms, in addition to the topic's subscribers. */
  readonly alarmEmail?: string
  /** Whether this stage has the app's webhook. X allows one for an account on its pay-per-use plan. */
  readonly webhookStage: boolean
  /**
   * The reserved concurrency of the webhook's function, which is also its maximum. 0 reserves none: a new AWS account has
   * only 10 in all, and AWS never lets you reserve the last 100. Lambda accepts ten requests a second for each.
   */
  readonly webhookConcurrency: number
  /** What the bot may spend, by the names of the `hexbird run` settings, such as `HEXBIRD_LIMIT_PER_DAY`. Default: the bot's own limits. */
  readonly limits?: Readonly<Partial<Record<LimitSetting, string>>>
  /** The ARN of the KMS key for the stage's parameters, if it is not the AWS managed key. */
  readonly parametersKeyArn?: string
}

/** The pages where people sign in. */
export interface StageSignIn {
  /** How a person who signs in can follow the bot or get a message from it. */
  readonly follow: SignInMode
  readonly message: SignInMode
  readonly privacyPolicyUrl: string
  /** Other origins that a sign-in may redirect to. */
  readonly returnTo: readonly string[]
  /** The reserved concurrency of the pages' function; see `webhookConcurrency`. Default: 0. */
  readonly concurrency?: number
}

/** Through X's API, with a link to press, or not at all. */
export type SignInMode = 'api' | 'link' | 'off'

/** The file with the stages cannot be used. The message names every fault in it. */
export class StagesError extends Error {
  override readonly name = 'StagesError'
  readonly code = 'STAGES_INVALID'
}

/** Production keeps its data whatever happens to the stack, and its logs for longer. */
export const isProduction = ({ name }: Pick<Stage, 'name'>): boolean => name === 'production'

/** The stack of a stage. */
export const stackName = ({ name }: Pick<Stage, 'name'>): string => `hexbird-${name}`

/** Every name begins with the stage's, so that two stages share nothing in one account. */
export const named = (stage: Pick<Stage, 'name'>, name: string): string => `${stage.name}-hexbird-${name}`

/**
 * Reads the stages from a file such as `stages.json`.
 *
 * @param file its path, from the working directory
 * @throws StagesError with every fault in one message
 */
export function readStages(file: string | URL): readonly Stage[] {
  let json: string
  try {
    json = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new StagesError(`${file} cannot be read: ${(cause as Error).message}`, { cause })
  }
  return parseStages(json, String(file))
}

/**
 * Reads the stages from the text of `stages.json`.
 *
 * @param file what the messages call it
 * @throws StagesError with every fault in one message
 */
export function parseStages(json: string, file = 'stages.json'): readonly Stage[] {
  const stages = Object.entries(objectOf(json, file))
  const faults = [...stages.flatMap(([name, stage]) => faultsOf(name, stage)), ...twins(stages)]
  if (stages.length === 0) faults.push('it has no stage')
  if (faults.length > 0) {
    throw new StagesError(`${file} cannot be used:\n${faults.map((fault) => `- ${fault}.`).join('\n')}`)
  }
  return stages.map(([name, stage]) => stageOf(name, stage as Written))
}

const HTTPS = /^https:\/\/[a-z0-9.-]+(:\d+)?$/
const mode = oneOf('api', 'link', 'off')

const COUNT: Field = {
  is: (value) => Number.isInteger(value) && Number(value) >= 0,
  what: 'a whole number, 0 or more',
}

const FIELDS: Readonly<Record<Exclude<keyof Stage, 'name' | 'signIn'>, Field>> = {
  botId: matching(/^\d{1,19}$/, 'the 1 to 19 digits of an account id, as a string'),
  botUsername: matching(/^\w{1,15}$/, 'a name on X, without the @'),
  origin: optional(matching(HTTPS, 'https:// and a host, without a slash at the end')),
  alarmEmail: optional(matching(/^[^\s@]+@[^\s@]+$/, 'an email address')),
  webhookStage: oneOf(true, false),
  webhookConcurrency: COUNT,
  limits: optional({ is: areLimits, what: 'limits by their names, each as a string' }),
  parametersKeyArn: optional(matching(/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/, "a KMS key's ARN, not an alias")),
}

const SIGN_IN: Readonly<Record<keyof StageSignIn, Field>> = {
  follow: mode,
  message: mode,
  privacyPolicyUrl: matching(/^https:\/\/[^\s/]+\S*$/, 'a URL that starts with https://'),
  returnTo: {
    is: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string' && HTTPS.test(item)),
    what: 'a list of origins: https:// and a host each',
  },
  concurrency: optional(COUNT),
}

/** Where the settings of the sign-in stood before they had a group of their own, which is read too. */
const UNGROUPED: Readonly<Record<string, keyof StageSignIn>> = {
  follow: 'follow',
  message: 'message',
  privacyPolicyUrl: 'privacyPolicyUrl',
  returnTo: 'returnTo',
  signInConcurrency: 'concurrency',
}

interface Field {
  readonly is: (value: unknown) => boolean
  readonly what: string
}

/** A stage as it is written in the file. */
type Written = Readonly<Record<string, unknown>>

function stageOf(name: string, written: Written): Stage {
  const own = Object.entries(written).filter(([field]) => field in FIELDS)
  const signIn = isRecord(written.signIn) ? written.signIn : groupOf(written)
  return { name, ...Object.fromEntries(own), ...(signIn && { signIn }) } as unknown as Stage
}

/** The settings of the sign-in that stand beside the others; `undefined` where there are none. */
function groupOf(written: Written): Written | undefined {
  const there = Object.entries(UNGROUPED).filter(([field]) => written[field] !== undefined)
  if (there.length === 0) return undefined
  return Object.fromEntries(there.map(([field, as]) => [as, written[field]]))
}

function objectOf(json: string, file: string): object {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (cause) {
    throw new StagesError(`${file} is not JSON: ${(cause as Error).message}`)
  }
  if (isRecord(value)) return value
  throw new StagesError(`${file} must be an object that maps names to stages.`)
}

function faultsOf(name: string, stage: unknown): readonly string[] {
  if (!/^[a-z][a-z0-9-]{0,19}$/.test(name))
    return [`"${name}" is not a stage name: use 1 to 20 of a-z, 0-9 and -, starting with a letter`]
  if (name === 'local') return ['"local" is reserved for your own machine and cannot be deployed']
  if (!isRecord(stage)) return [`${name} must be an object`]
  const unknown = Object.keys(stage).filter((field) => !(field in FIELDS || field in UNGROUPED || field === 'signIn'))
  return [
    ...wrong(stage, FIELDS, (field) => `${name}.${field}`),
    ...signInFaults(name, stage),
    ...unknown.map((field) => `${name}.${field} is not known`),
  ]
}

function signInFaults(name: string, stage: Written): readonly string[] {
  const beside = groupOf(stage)
  const { signIn } = stage
  if (signIn === undefined) {
    const fieldOf = (key: string) => Object.keys(UNGROUPED).find((field) => UNGROUPED[field] === key)
    return beside ? wrong(beside, SIGN_IN, (key) => `${name}.${fieldOf(key)}`) : []
  }
  if (!isRecord(signIn)) return [`${name}.signIn must be an object, or left out`]
  const double = Object.keys(UNGROUPED).filter((field) => stage[field] !== undefined)
  return [
    ...wrong(signIn, SIGN_IN, (field) => `${name}.signIn.${field}`),
    ...Object.keys(signIn).flatMap((field) => (field in SIGN_IN ? [] : [`${name}.signIn.${field} is not known`])),
    ...double.map((field) => `${name}.${field} belongs in ${name}.signIn, as ${UNGROUPED[field]}`),
  ]
}

function wrong(values: Written, fields: Readonly<Record<string, Field>>, called: (field: string) => string) {
  return Object.entries(fields).flatMap(([field, { is, what }]) =>
    is(values[field]) ? [] : [`${called(field)} must be ${what}`],
  )
}

/** Two stages with one account would both answer each mention: neither knows the other's ledger. */
function twins(stages: readonly (readonly [name: string, stage: unknown])[]): readonly string[] {
  const idOf = ([, stage]: readonly [string, unknown]) => (isRecord(stage) ? stage.botId : undefined)
  return stages.flatMap((stage, index) => {
    const earlier = stages.slice(0, index).find((other) => isAccount(idOf(stage)) && idOf(other) === idOf(stage))
    return earlier ? [`${stage[0]}.botId is the same as that of ${earlier[0]}: both would answer every mention`] : []
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
