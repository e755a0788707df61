import type { Limits } from '@hexbird/core'
import { limitsIn } from '@hexbird/core/host'
import {
  type EnvironmentName,
  type FUNCTIONS,
  type FunctionName,
  needsWithout,
  OPTIONAL_PARAMETERS,
  PARTS,
  type ParameterName,
  type Part,
  parameterPath,
} from './functions.js'

/** The settings of a function. Values that are not set are left out. */
export interface Settings<Name extends FunctionName = FunctionName> {
  readonly function: Name
  readonly stage: string
  /** The parts that the stage does not have. */
  readonly without: readonly Part[]
  readonly bot: { readonly id: string; readonly username: string }
  /** The limits that the stage sets. */
  readonly limits: Partial<Limits>
  readonly environment: Readonly<Record<(typeof FUNCTIONS)[Name]['environment'][number], string>>
  readonly parameters: Readonly<Record<(typeof FUNCTIONS)[Name]['parameters'][number], string>>
}

/** The settings of whatever function. */
export interface AnySettings extends Omit<Settings, 'environment' | 'parameters'> {
  readonly environment: Readonly<Record<string, string>>
  readonly parameters: Readonly<Record<string, string>>
}

/** A setting of the function is missing or wrong. The message names every fault, but no value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly code = 'SETTINGS_INVALID'
}

/** Gives a parameter's value; `undefined` where there is none. */
export type ReadParameter = (path: string) => Promise<string | undefined>

/** What a value looks like, white space around it left out, and how that is said. */
type Form = readonly [pattern: RegExp, says: string]

const HTTPS: Form = [/^https:\/\/[^\s/]+\S*$/, 'start with https://']
const QUEUE_URL: Form = [/^https?:\/\/\S+$/, 'be the URL of a queue']
const MODE: Form = [/^(?:api|link|off)$/, 'be api, link or off']

const STAGE: Form = [/^[a-z][a-z0-9-]{0,19}$/, 'be a short lower-case name']
const BOT_ID: Form = [/^\d{1,19}$/, 'be 1 to 19 digits']
const BOT_USERNAME: Form = [/^\w{1,15}$/, 'be a name on X without the @']

const ENVIRONMENT: Readonly<Record<EnvironmentName, Form>> = {
  HEXBIRD_BUCKET: [/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'be the name of a bucket'],
  HEXBIRD_EVENTS_QUEUE_URL: QUEUE_URL,
  HEXBIRD_JOBS_QUEUE_URL: QUEUE_URL,
  HEXBIRD_ORIGIN: [/^https?:\/\/[^\s/?#@\\]+$/, 'be an origin: https:// and a host'],
  HEXBIRD_FOLLOW: MODE,
  HEXBIRD_MESSAGE: MODE,
  HEXBIRD_PRIVACY_POLICY_URL: HTTPS,
  HEXBIRD_RETURN_TO: [/^/, 'be a list of addresses'],
}

/** The stage that runs on a developer's machine, against emulators. Every other is deployed. */
const LOCAL = 'local'

/** What leads somewhere else than to AWS and X, or trusts anybody there. */
const OVERRIDES =
  /^(AWS_ENDPOINT_URL(_.*)?|AWS_CONFIG_FILE|AWS_CA_BUNDLE|NODE_TLS_REJECT_UNAUTHORIZED|NODE_EXTRA_CA_CERTS|NODE_USE_ENV_PROXY|(HTTPS?|ALL)_PROXY)$/i

/**
 * Reads all that a function needs, at once.
 *
 * @throws SettingsError with every fault in one message
 */
export async function readSettings<Name extends FunctionName>(
  name: Name,
  environment: Readonly<Record<string, string | undefined>>,
  readParameter: ReadParameter,
): Promise<Settings<Name>> {
  const faults: string[] = []
  const checked = (variable: string, [pattern, says]: Form): string => {
    const value = environment[variable]?.trim() ?? ''
    if (pattern.test(value)) return value
    faults.push(`${variable} ${value === '' ? 'is missing' : `is wrong: it must ${says}`}`)
    return ''
  }
  const stage = checked('HEXBIRD_STAGE', STAGE)
  const bot = { id: checked('HEXBIRD_BOT_ID', BOT_ID), username: checked('HEXBIRD_BOT_USERNAME', BOT_USERNAME) }
  const { limits, faults: wrongLimits } = limitsIn((variable) => environment[variable])
  faults.push(...wrongLimits)
  const told = (environment.HEXBIRD_WITHOUT ?? '').split(',').filter((part) => part !== '')
  const without = PARTS.filter((part) => told.includes(part))
  if (without.length < told.length) faults.push(`HEXBIRD_WITHOUT is wrong: it must be a list of ${PARTS.join(', ')}`)
  const needs = needsWithout(name, without)
  const variables = needs.environment.map((variable) => [variable, checked(variable, ENVIRONMENT[variable])] as const)
  if (stage !== LOCAL) {
    for (const [variable, value] of variables) {
      if (/^http:/.test(value)) faults.push(`${variable} is wrong: in a deployed stage it must start with https://`)
    }
    for (const variable of Object.keys(environment)) {
      if (OVERRIDES.test(variable)) faults.push(`${variable} is set, but a deployed stage accepts no override`)
    }
  }
  const read = await Promise.all(needs.parameters.map((parameter) => readValue(parameter)))
  if (faults.length > 0) {
    throw new SettingsError(`The function ${name} cannot start:\n${faults.map((fault) => `- ${fault}.`).join('\n')}`)
  }
  return {
    function: name,
    stage,
    without,
    bot,
    limits,
    environment: Object.fromEntries(variables),
    parameters: Object.fromEntries(read),
  } as unknown as Settings<Name>

  async function readValue(parameter: ParameterName): Promise<readonly [string, string]> {
    const path = parameterPath(stage, parameter)
    // Without a stage there is no path to ask for; that fault is on the list already.
    const value = stage === '' ? undefined : (await readParameter(path))?.trim()
    if (!value && stage !== '' && !OPTIONAL_PARAMETERS.includes(parameter)) {
      faults.push(
        `the parameter ${path} is missing: aws ssm put-parameter --type SecureString --name ${path} --value …`,
      )
    }
    return [parameter, value ?? '']
  }
}

/** Several values in one parameter, one a line, the newest first. */
export const linesOf = (value: string): readonly string[] =>
  value
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
