/** What each function of a deployed stage is told, and by whom: the one place where those names stand. */
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
  /** Every few minutes: what X did not deliver, and whether it still would. */
  sweep: {
    parameters: ['consumer-key', 'consumer-secret', 'access-token', 'access-secret', 'bearer-token'],
    environment: ['HEXBIRD_EVENTS_QUEUE_URL'],
  },
  /** What an operator invokes: webhook, subscriptions, kill switch, forget, purge. */
  admin: {
    parameters: ['consumer-key', 'consumer-secret', 'access-token', 'access-secret', 'bearer-token', 'secret-box-keys'],
    environment: ['HEXBIRD_BUCKET'],
  },
} as const satisfies Record<string, FunctionNeeds>

/** What a stage does without, if the bot has no use for it: a place for jobs and photos, pages to sign in. */
export type Part = 'jobs' | 'sign-in'

/** Every part that a stage can do without. */
export const PARTS: readonly Part[] = ['jobs', 'sign-in']

/** Which function there is for each part alone, and what the others are told for it alone. */
const ONLY_WITH: Readonly<Record<Part, FunctionNeeds & { readonly function: FunctionName }>> = {
  jobs: { function: 'images', parameters: [], environment: ['HEXBIRD_BUCKET'] },
  'sign-in': { function: 'sign-in', parameters: ['secret-box-keys'], environment: [] },
}

/** The functions of a stage that does without these parts. */
export const functionsWithout = (parts: readonly Part[]): readonly FunctionName[] =>
  (Object.keys(FUNCTIONS) as FunctionName[]).filter((name) => !parts.some((part) => ONLY_WITH[part].function === name))

/** What a function is told in such a stage. */
export function needsWithout(name: FunctionName, parts: readonly Part[]): FunctionNeeds {
  const left = parts.map((part) => ONLY_WITH[part])
  const { parameters, environment }: FunctionNeeds = FUNCTIONS[name]
  return {
    parameters: parameters.filter((parameter) => !left.some((only) => only.parameters.includes(parameter))),
    environment: environment.filter((variable) => !left.some((only) => only.environment.includes(variable))),
  }
}

/** What one function is told. Parameters are in SSM under `/hexbird/<stage>/`, as SecureString. */
export interface FunctionNeeds {
  readonly parameters: readonly ParameterName[]
  readonly environment: readonly EnvironmentName[]
}

/** What a function is called, in code and at the end of its name on AWS. */
export type FunctionName = keyof typeof FUNCTIONS

/** What a parameter is called under `/hexbird/<stage>/`. */
export type ParameterName =
  /** The app's OAuth 1.0a keys (API key and secret at X). The secret may be several, one a line, the newest first. */
  | 'consumer-key'
  | 'consumer-secret'
  /** The app's OAuth 2.0 client secrets, where X signs with them: one a line, the newest first. */
  | 'client-secret'
  /** The bot account's own OAuth 1.0a tokens. */
  | 'access-token'
  | 'access-secret'
  | 'bearer-token'
  /** Keys of `@hexbird/secret-box`, the newest first. */
  | 'secret-box-keys'
  /** What login cookies are signed with: one a line, the newest first. */
  | 'cookie-keys'

/** Parameters that a stage can do without. */
export const OPTIONAL_PARAMETERS: readonly ParameterName[] = ['client-secret']

/** What a function is told in its environment, besides its stage and its bot. */
export type EnvironmentName =
  | 'HEXBIRD_BUCKET'
  | 'HEXBIRD_EVENTS_QUEUE_URL'
  | 'HEXBIRD_JOBS_QUEUE_URL'
  | 'HEXBIRD_ORIGIN'
  | 'HEXBIRD_FOLLOW'
  | 'HEXBIRD_MESSAGE'
  | 'HEXBIRD_PRIVACY_POLICY_URL'
  | 'HEXBIRD_RETURN_TO'

/** Where a stage's parameter is. */
export const parameterPath = (stage: string, name: ParameterName): string => `/hexbird/${stage}/${name}`
