// What a command that deploys decides, apart from the commands that it runs.
import {
  type FunctionName,
  functionsWithout,
  needsWithout,
  OPTIONAL_PARAMETERS,
  type ParameterName,
  parameterPath,
} from '../functions.js'
import { named, type Stage } from './stages.js'

/** A parameter, as `aws ssm describe-parameters` describes it. Its value is never read. */
export interface FoundParameter {
  readonly Name: string
  readonly Type: string
  readonly KeyId?: string
}

/** The settings of a stage that still have placeholder values. */
export function placeholdersOf({ name, botId, botUsername, signIn }: Stage): readonly string[] {
  return [
    ...(botId === '0' ? [`${name}.botId must be the id of your bot's account on X: digits, not its name`] : []),
    ...(botUsername === 'your_bot' ? [`${name}.botUsername must be the name of that account, without the @`] : []),
    ...(signIn?.privacyPolicyUrl.startsWith('https://example.com/')
      ? [`${name}.signIn.privacyPolicyUrl must be the page where people read what you do with their data`]
      : []),
  ]
}

/** What is wrong with a stage's parameters, and how to fix each fault. Empty if the functions can start. */
export function parameterFaults(stage: Stage, found: readonly FoundParameter[]): readonly string[] {
  const byName = new Map(found.map((parameter) => [parameter.Name, parameter]))
  const key = stage.parametersKeyArn
  return parametersOf(stage).flatMap((name) => {
    const path = parameterPath(stage.name, name)
    const there = byName.get(path)
    const put = `    ${commandFor(stage, name)}`
    if (!there) return OPTIONAL_PARAMETERS.includes(name) ? [] : [`${path} is missing: ${WHAT[name]}.\n${put}`]
    if (there.Type !== 'SecureString') {
      const remove = `    aws ssm delete-parameter --name ${path}`
      return [`${path} is a ${there.Type}, in plain text. Store it again as a SecureString:\n${remove}\n${put}`]
    }
    if (there.KeyId !== undefined && !isKey(there.KeyId, key ?? AWS_MANAGED)) {
      const say =
        key === undefined
          ? `set ${stage.name}.parametersKeyArn to that key's ARN, or store the value again`
          : 'store the value again'
      return [
        `${path} is encrypted with ${there.KeyId}, which no function may use. To fix this, ${say}:\n${put} --overwrite`,
      ]
    }
    return []
  })
}

const AWS_MANAGED = 'alias/aws/ssm'

/** Parameter Store tells of a key as it was told: by its ARN, or by its id alone. */
const isKey = (reported: string, key: string): boolean => reported === key || key.endsWith(`:key/${reported}`)

/** The parameters that a stage's functions read. A bot without jobs has one function less, which reads no other parameters. */
export function parametersOf({ signIn }: Pick<Stage, 'signIn'>): readonly ParameterName[] {
  const without = signIn ? [] : (['sign-in'] as const)
  return [...new Set(functionsWithout(without).flatMap((name) => needsWithout(name, without).parameters))]
}

const WHAT: Readonly<Record<ParameterName, string>> = {
  'consumer-key': 'the API key of your app at X',
  'consumer-secret': 'the API key secret of your app at X',
  'client-secret': 'the OAuth 2.0 client secret of your app at X',
  'access-token': "the access token of the bot's account",
  'access-secret': "the access token secret of the bot's account",
  'bearer-token': 'the Bearer token of your app at X',
  'secret-box-keys': "the key that encrypts people's tokens. Keep a copy: without it, they have to sign in again",
  'cookie-keys': 'the key that signs login cookies',
}

/** Made here, they need not be seen by anybody; the others are pasted, and so are in no history of commands. */
const MADE: Partial<Record<ParameterName, string>> = {
  'secret-box-keys': 'echo "k1:$(openssl rand -base64 32)" | ',
  'cookie-keys': 'openssl rand -base64 32 | ',
}

function commandFor({ name: stage, parametersKeyArn }: Stage, name: ParameterName): string {
  const key = parametersKeyArn === undefined ? '' : ` --key-id ${parametersKeyArn}`
  const path = parameterPath(stage, name)
  return `${MADE[name] ?? ''}aws ssm put-parameter --type SecureString${key} --name ${path} --value file:///dev/stdin`
}

/**
 * The outputs of a deployed stack, as `cdk deploy --outputs-file` writes them under the stack's name. Outputs of parts that
 * the stage does not have are left out.
 */
export interface Outputs {
  readonly ApiEndpoint: string
  readonly WebhookUrl: string
  readonly AdminFunction: string
  /** These three: if people can sign in. */
  readonly CallbackUrl?: string
  readonly SignInUrl?: string
  readonly SessionTable?: string
  /** If the bot defers jobs. */
  readonly Bucket?: string
  readonly AlarmTopic?: string
  readonly Dashboard?: string
}

/** The steps to take after a deployment. */
export function nextSteps(stage: Stage, outputs: Outputs, registered: boolean): readonly string[] {
  const { CallbackUrl, SessionTable, AlarmTopic } = outputs
  const register = `npm run deploy -- --stage ${stage.name} --register`
  return [
    ...(CallbackUrl ? [`Let people sign in: add ${CallbackUrl} to the callback URLs of your app at X.`] : []),
    ...(stage.webhookStage && !registered ? [`Have X deliver to the stage: ${register}`] : []),
    ...(stage.webhookStage
      ? []
      : [`This stage has no webhook (${stage.name}.webhookStage is false): only the sweep finds tweets.`]),
    ...(AlarmTopic ? [alarmStep(stage, AlarmTopic)] : []),
    ...(CallbackUrl
      ? [`Check the redirect: curl -si ${CallbackUrl.replace(/\/callback$/, '')} | grep -i ^location`]
      : []),
    ...(SessionTable
      ? [
          `Check the session's row: aws dynamodb scan --table-name ${SessionTable} --projection-expression request_token`,
        ]
      : []),
    `See what happens to each tweet: npm run logs -- --stage ${stage.name} --follow`,
  ]
}

const alarmStep = ({ name, alarmEmail }: Stage, topic: string): string =>
  alarmEmail === undefined
    ? `Nobody receives alarms yet: set ${name}.alarmEmail, or subscribe to ${topic}.`
    : `Confirm the email that AWS sends to ${alarmEmail}. Until then, no alarms arrive.`

/** The log group of a stage's function. */
export const logGroupOf = (stage: Pick<Stage, 'name'>, name: FunctionName): string =>
  `/aws/lambda/${named(stage, name)}`

/** Calls the admin function of a stage and returns its answer. */
export type Ask = (request: Readonly<Record<string, unknown>>) => Promise<unknown>

/** The result of a registration: what X delivers, or why it refuses. */
export type Registered =
  | { readonly kind: 'registered'; readonly webhookId: string; readonly lines: readonly string[] }
  | { readonly kind: 'refused'; readonly detail: string }

/** Has X deliver to `url`. Existing webhooks and subscriptions are kept, so it is safe to repeat. */
export async function register(ask: Ask, url: string, dialect: string): Promise<Registered> {
  const webhook = await webhookFor(ask, url)
  if ('detail' in webhook) return { kind: 'refused', detail: webhook.detail }
  const results = await resultOf<readonly SubscribeResult[]>(ask, {
    action: 'subscribe',
    webhookId: webhook.id,
    dialect,
  })
  if ('detail' in results) return { kind: 'refused', detail: results.detail }
  const refused = results.result.find(
    (each) => each.kind === 'refused' && each.reason !== 'DuplicateSubscriptionFailed',
  )
  if (refused) return { kind: 'refused', detail: refused.detail ?? 'X refused the subscription.' }
  const lines = results.result.map(({ kind, subscription, eventType }) => {
    const what = subscription?.eventType ?? eventType ?? dialect
    return kind === 'subscribed' ? `Subscribed to ${what}.` : `Already subscribed to ${what}.`
  })
  return { kind: 'registered', webhookId: webhook.id, lines: [webhook.line, ...lines] }
}

interface Webhook {
  readonly id: string
  readonly url: string
  readonly valid: boolean
}

interface SubscribeResult {
  readonly kind: string
  readonly reason?: string
  readonly detail?: string
  readonly eventType?: string
  readonly subscription?: { readonly eventType?: string }
}

interface Refusal {
  readonly detail: string
}

async function webhookFor(ask: Ask, url: string): Promise<{ readonly id: string; readonly line: string } | Refusal> {
  const listed = await resultOf<readonly Webhook[]>(ask, { action: 'webhook-list' })
  if ('detail' in listed) return listed
  const there = listed.result.find((webhook) => webhook.url === url)
  if (there?.valid) return { id: there.id, line: `The webhook ${there.id} exists and is valid.` }
  const request = there ? { action: 'webhook-revalidate', id: there.id } : { action: 'webhook-register', url }
  const asked = await resultOf<{ kind: string; detail?: string; webhook?: Webhook }>(ask, request)
  if ('detail' in asked) return asked
  const { kind, detail, webhook } = asked.result
  if (webhook?.valid) return { id: webhook.id, line: `The webhook ${webhook.id} is ${kind}.` }
  const others = listed.result.filter((other) => other.url !== url).map((other) => `${other.id} (${other.url})`)
  const hint =
    others.length > 0
      ? ` X already has ${others.join(', ')}. Delete it first: npx hexbird webhook delete <id> --stage <name>`
      : ''
  return { detail: `${detail ?? `X considers the webhook invalid. Does ${url} answer?`}${hint}` }
}

async function resultOf<T>(
  ask: Ask,
  request: Readonly<Record<string, unknown>>,
): Promise<{ readonly result: T } | Refusal> {
  const answer = (await ask(request)) as { kind?: string; result?: T; detail?: string } | null
  if (answer?.kind === 'done') return { result: answer.result as T }
  return { detail: answer?.detail ?? 'The admin function returned an unexpected answer.' }
}
