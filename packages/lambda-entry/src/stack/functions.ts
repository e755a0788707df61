import { defined } from '@hexbird/core/util'
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { type IRole, PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  Alias,
  Architecture,
  CfnEventInvokeConfig,
  EventSourceMapping,
  type IAlias,
  type IVersion,
  Function as LambdaFunction,
  ParamsAndSecretsLayerVersion,
  ParamsAndSecretsLogLevel,
  ParamsAndSecretsVersions,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { named, type Stage } from '../deployment/stages.js'
import { type EnvironmentName, type FunctionName, functionsWithout, needsWithout, type Part } from '../functions.js'
import type { CodeOf } from './code.js'
import { logRetention, pascal, removalOf, time } from './names.js'
import { acknowledgeWildcards, permissionsOf, type Resources, writeLogs, writeTraces } from './permissions.js'

export interface FunctionsOptions extends Resources {
  readonly codeOf: CodeOf
  /** Where the pages are, as people see it. */
  readonly origin: string
  /** Whether X-Ray follows requests. */
  readonly tracing: boolean
}

/** A function as whatever calls it sees it: through the alias that has the stage's name. */
export interface Deployed {
  readonly lambda: LambdaFunction
  readonly alias: IAlias
}

/** Those that only some stages have. */
type Optional = Extract<FunctionName, 'sign-in' | 'images'>

export type Functions = Readonly<
  Record<Exclude<FunctionName, Optional>, Deployed> & Partial<Record<Optional, Deployed>>
>

interface Size {
  readonly timeout: Duration
  /** MiB. Lambda gives processor time in proportion: 1,769 is one processor. */
  readonly memory: number
}

/** Who is answered by a person or by X waits; the memory of those two buys a quick start. */
const SIZES: Readonly<Record<FunctionName, Size>> = {
  // X waits 3 seconds for a challenge's answer, and 10 for a delivery's; the queue is asked twice for 3 seconds at most.
  webhook: { timeout: Duration.seconds(8), memory: 512 },
  // API Gateway waits 30 seconds.
  'sign-in': { timeout: Duration.seconds(29), memory: 512 },
  // Up to five tweets with four photos each, at most 5 MB a photo.
  tweets: { timeout: time('functionTimeout'), memory: 768 },
  // Rekognition reads the photos from the bucket.
  images: { timeout: time('functionTimeout'), memory: 512 },
  // It claims nothing, so no lease has to outlive it.
  sweep: { timeout: Duration.seconds(60), memory: 256 },
  // To remove everything from every table.
  admin: { timeout: Duration.minutes(15), memory: 512 },
}

/** Of each queue, how many messages a run gets and how many runs there are at once. X takes 100 posts in 15 minutes. */
const BATCHES = { tweets: { size: 5, concurrency: 5 }, images: { size: 1, concurrency: 5 } }

export function createFunctions(scope: Construct, stage: Stage, options: FunctionsOptions): Functions {
  const parameters = parametersLayer()
  const without: readonly Part[] = [
    ...(options.needs.jobs ? [] : (['jobs'] as const)),
    ...(stage.signIn ? [] : (['sign-in'] as const)),
  ]
  const functions = Object.fromEntries(
    functionsWithout(without).map((name) => [
      name,
      createFunction(scope, stage, name, { ...options, parameters, without }),
    ]),
  ) as unknown as Functions
  const { events, jobs, sweepDead } = options.queues
  consume(scope, 'tweets', functions.tweets, events.queue)
  if (functions.images && jobs) consume(scope, 'images', functions.images, jobs.queue)
  failTo(scope, functions.sweep, sweepDead)
  return functions
}

/** What each function is made with. */
interface FunctionOptions extends FunctionsOptions {
  readonly parameters: ParamsAndSecretsLayerVersion
  readonly without: readonly Part[]
}

/**
 * Keeps secrets out of the environment, and parameters for five minutes for those that start within them. A function that
 * is running has read its own, and keeps them: docs/deploy.md says how to renew it.
 * The version is pinned, and CDK knows its ARN in every region.
 */
function parametersLayer(): ParamsAndSecretsLayerVersion {
  return ParamsAndSecretsLayerVersion.fromVersion(ParamsAndSecretsVersions.V1_0_103, {
    logLevel: ParamsAndSecretsLogLevel.WARN,
    parameterStoreTtl: Duration.minutes(5),
    parameterStoreTimeout: Duration.seconds(2),
  })
}

function createFunction(scope: Construct, stage: Stage, name: FunctionName, options: FunctionOptions): Deployed {
  const id = pascal(name)
  const functionName = named(stage, name)
  const { timeout, memory } = SIZES[name]
  const reserved = reservedFor(stage, name)
  const logs = new LogGroup(scope, `${id}Logs`, {
    logGroupName: `/aws/lambda/${functionName}`,
    retention: logRetention(stage),
    removalPolicy: removalOf(stage),
  })
  const lambda = new LambdaFunction(scope, id, {
    functionName,
    description: `${Stack.of(scope).stackName}: ${name}`,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code: options.codeOf(name),
    handler: 'index.handler',
    timeout,
    memorySize: memory,
    role: roleOf(scope, stage, name, logs, options),
    logGroup: logs,
    paramsAndSecrets: options.parameters,
    environment: environmentOf(stage, name, options),
    tracing: options.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
    // A version that is no longer the newest is what one goes back to.
    currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    ...(reserved > 0 && { reservedConcurrentExecutions: reserved }),
  })
  // The stage's own alias: to go back to the version before is to move it. CDK's classes and interfaces disagree on what
  // `exactOptionalPropertyTypes` looks at, hence the two `as`.
  const version = lambda.currentVersion as IVersion
  return { lambda, alias: new Alias(scope, `${id}Alias`, { aliasName: stage.name, version }) as IAlias }
}

/** The two that anybody can call keep to their own, so that a flood of one takes nothing from the other functions. */
function reservedFor({ webhookConcurrency, signIn }: Stage, name: FunctionName): number {
  if (name === 'webhook') return webhookConcurrency
  return name === 'sign-in' ? (signIn?.concurrency ?? 0) : 0
}

/** CDK would add to a role what it believes that a function needs. This one has what is written down, and no more. */
function roleOf(scope: Construct, stage: Stage, name: FunctionName, logs: LogGroup, options: FunctionOptions): IRole {
  const statements = [
    writeLogs(logs),
    ...(options.tracing ? [writeTraces()] : []),
    ...permissionsOf(scope, stage, name, options),
  ]
  const role = new Role(scope, `${pascal(name)}Role`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: { Own: new PolicyDocument({ statements }) },
  })
  acknowledgeWildcards(role, name, options.tracing, options)
  return role.withoutPolicyUpdates()
}

function environmentOf(stage: Stage, name: FunctionName, { queues, bucket, origin, without }: FunctionOptions) {
  const { signIn } = stage
  const values: Readonly<Partial<Record<EnvironmentName, string>>> = defined({
    HEXBIRD_BUCKET: bucket?.bucketName,
    HEXBIRD_EVENTS_QUEUE_URL: queues.events.queue.queueUrl,
    HEXBIRD_JOBS_QUEUE_URL: queues.jobs?.queue.queueUrl,
    HEXBIRD_ORIGIN: origin,
    HEXBIRD_FOLLOW: signIn?.follow,
    HEXBIRD_MESSAGE: signIn?.message,
    HEXBIRD_PRIVACY_POLICY_URL: signIn?.privacyPolicyUrl,
    HEXBIRD_RETURN_TO: signIn?.returnTo.join(','),
  })
  return {
    HEXBIRD_STAGE: stage.name,
    HEXBIRD_BOT_ID: stage.botId,
    HEXBIRD_BOT_USERNAME: stage.botUsername,
    // It spends nothing.
    ...(name !== 'webhook' && stage.limits),
    ...(without.length > 0 && { HEXBIRD_WITHOUT: without.join(',') }),
    ...Object.fromEntries(
      needsWithout(name, without).environment.map((variable) => [variable, values[variable] ?? '']),
    ),
  }
}

/** CDK's own source would add permissions to the role; the mapping alone does not. */
function consume(scope: Construct, name: keyof typeof BATCHES, { alias }: Deployed, queue: Queue): void {
  const { size, concurrency } = BATCHES[name]
  new EventSourceMapping(scope, `${pascal(name)}Source`, {
    target: alias,
    eventSourceArn: queue.queueArn,
    batchSize: size,
    maxConcurrency: concurrency,
    reportBatchItemFailures: true,
  })
}

/** A run that failed is tried once more, soon; after a while the next is due anyway. */
function failTo(scope: Construct, { lambda, alias }: Deployed, dead: Queue): void {
  new CfnEventInvokeConfig(scope, 'SweepFailures', {
    functionName: lambda.functionName,
    qualifier: alias.aliasName,
    maximumRetryAttempts: 1,
    maximumEventAgeInSeconds: Duration.minutes(10).toSeconds(),
    destinationConfig: { onFailure: { destination: dead.queueArn } },
  }).node.addDependency(alias)
}
