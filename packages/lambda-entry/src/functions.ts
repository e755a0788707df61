/** The functions of a deployed stage, with their parameters and environment variables. These names are defined only here. */
export const FUNCTIONS = {
  /** X's challenges and deliveries. Holds the secrets that X signs with, and nothing else. */
  webhook: { parameters: ['consumer-secret', 'client-secret'], environment: ['HEXBIRD_EVENTS_QUEUE_URL'] },
  /** The pages where people sign in. */
  'sign-in': {
    parameters: ['consumer-key', 'consumer-secret', 'secret-box-keys', 'cookie-keys'],
    environment: [
      'HEXBIRD_ORIGIN',
      'HEXBIRD_FOLLOW',
      'HEXBIRD_MESSAGE',
      'HEXBIRD_PRIVACY_POLICY_URL',
      'HEXBIRD_RETURN_TO',
    ],
  },
  /** Events from the queue. */
  tweets: {
    parameters: ['consumer-key', 'consumer-secret', 'access-token', 'access-secret'],
    environment: ['HEXBIRD_BUCKET', 'HEXBIRD_EVENTS_QUEUE_URL'],
  },
  /** Stored jobs, from the queue. */
  images: {
    parameters: ['consumer-key', 'consumer-secret', 'access-token', 'access-secret'],
    environment: ['HEXBIRD_BUCKET', 'HEXBIRD_JOBS_QUEUE_URL'],
  },
  /** Every few minutes: finds what X did not deliver, and checks the webhook. */
  sweep: {
    parameters: ['consumer-key', 'consumer-secret', 'access-token', 'access-secret', 'bearer-token'],
    environment: ['HEXBIRD_EVENTS_QUEUE_URL'],
  },
  /** For the operator: webhook, subscriptions, kill switch, forget, purge. */
  admin: {
    parameters: ['consumer-key', 'consumer-secret', 'access-token', 'access-secret', 'bearer-token', 'secret-box-keys'],
    environment: ['HEXBIRD_BUCKET'],
  },
} as const satisfies Record<string, FunctionNeeds>

/** A part that a stage may lack if the bot does not need it: a place for jobs and photos, or the sign-in pages. */
export type Part = 'jobs' | 'sign-in'

/** Every part that a stage may lack. */
export const PARTS: readonly Part[] = ['jobs', 'sign-in']

/** Which function there is for each part alone, and what the others are told for it alone. */
const ONLY_WITH: Readonly<Record<Part, FunctionNeeds & { readonly function: FunctionName }>> = {
  jobs: { function: 'images', parameters: [], environment: ['HEXBIRD_BUCKET'] },
  'sign-in': { function: 'sign-in', parameters: ['secret-box-keys'], environment: [] },
}

/** Returns the functions of a stage that lacks these parts. */
export const functionsWithout = (parts: readonly Part[]): readonly FunctionName[] =>
  (Object.keys(FUNCTIONS) as FunctionName[]).filter((name) => !parts.some((part) => ONLY_WITH[part].function === name))

/** Returns the parameters and environment variables of a function in a stage that lacks these parts. */
export function needsWithout(name: FunctionName, parts: readonly Part[]): FunctionNeeds {
  const left = parts.map((part) => ONLY_WITH[part])
  const { parameters, environment }: FunctionNeeds = FUNCTIONS[name]
  return {
    parameters: parameters.filter((parameter) => !left.some((only) => only.parameters.includes(parameter))),
    environment: environment.filter((variable) => !left.some((only) => only.environment.includes(variable))),
  }
}

/** What one function needs. Parameters are in SSM under `/hexbird/<stage>/`, as SecureString. */
export interface FunctionNeeds {
  readonly parameters: readonly ParameterName[]
  readonly environment: readonly EnvironmentName[]
}

/** The name of a function in code, and the end of its name on AWS. */
export type FunctionName = keyof typeof FUNCTIONS

/** The name of a parameter under `/hexbird/<stage>/`. */
export type ParameterName =
  /** The app's OAuth 1.0a keys (API key and secret at X). There may be several secrets, one per line, newest first. */
  | 'consumer-key'
  | 'consumer-secret'
  /** The app's OAuth 2.0 client secrets, if X signs with them: one per line, newest first. */
  | 'client-secret'
  /** The bot account's own OAuth 1.0a tokens. */
  | 'access-token'
  | 'access-secret'
  | 'bearer-token'
  /** Keys of `@hexbird/secret-box`, the newest first. */
  | 'secret-box-keys'
  /** The keys that sign login cookies: one per line, newest first. */
  | 'cookie-keys'

/** Parameters that a stage may lack. */
export const OPTIONAL_PARAMETERS: readonly ParameterName[] = ['client-secret']

/** The environment variables of a function, in addition to its stage and bot. */
export type EnvironmentName =
  | 'HEXBIRD_BUCKET'
  | 'HEXBIRD_EVENTS_QUEUE_URL'
  | 'HEXBIRD_JOBS_QUEUE_URL'
  | 'HEXBIRD_ORIGIN'
  | 'HEXBIRD_FOLLOW'
  | 'HEXBIRD_MESSAGE'
  | 'HEXBIRD_PRIVACY_POLICY_URL'
  | 'HEXBIRD_RETURN_TO'

/** Returns the path of a stage's parameter. */
export const parameterPath = (stage: string, name: ParameterName): string => `/hexbird/${stage}/${name}`
