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

/** Parameters are in SSM under `/hexbird/<stage>/`, as SecureString. */
export interface FunctionNeeds {
  readonly parameters: readonly ParameterName[]
  readonly environment: readonly EnvironmentName[]
}

export type FunctionName = keyof typeof FUNCTIONS

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
