import { CelEngine, TemplateFile } from '@aws/cloudformation-validate'
import { tables } from '@hexbird/adapters-aws/tables'
import { TIMES } from '@hexbird/core/host'
import { SIGN_IN_PATHS, WEBHOOK_PATH } from '@hexbird/http'
import { type Resource, readable, resourcesOf, type Template } from '@hexbird/testkit/template'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { FUNCTIONS, type FunctionName } from '../src/functions.js'
import { observing } from '../src/observe.js'
import {
  botOf,
  production,
  removeSynthesized,
  staging,
  stringsIn,
  synthesized,
  withoutSignIn,
} from './stack-templates.js'

/** The properties of resources, by the name that comes after the stage's. */
type Named = Readonly<Record<string, Resource['Properties']>>

const SECOND = 1000
const DAY = 24 * 60 * 60 * SECOND

let made: ReturnType<typeof synthesized>
beforeAll(() => {
  made = synthesized([
    { stage: staging },
    { stage: production },
    { stage: withoutSignIn('photos') },
    { stage: withoutSignIn('text'), bot: botOf('text') },
    { stage: withoutSignIn('jobs'), bot: botOf('jobs'), alarms: false, dashboard: false },
  ])
})

afterAll(removeSynthesized)

const STAGES = [staging, production]
const templateOf = ({ name }: { readonly name: string }): Template => {
  const one = made[name]
  if (!one) throw new Error(`There is no template of ${name}.`)
  return one.template
}
const each = (stage: { readonly name: string }, type: string) => resourcesOf(templateOf(stage), type)
const only = (stage: { readonly name: string }, type: string): Resource => {
  const all = each(stage, type)
  if (all.length !== 1 || !all[0]) throw new Error(`${all.length} of ${type}`)
  return all[0][1]
}
const functionsOf = (stage: (typeof STAGES)[number]): Named =>
  Object.fromEntries(
    each(stage, 'AWS::Lambda::Function').map(([, { Properties }]) => [
      Properties.FunctionName.replace(`${stage.name}-hexbird-`, ''),
      Properties,
    ]),
  )

describe.each(STAGES)('the stack of $name', (stage) => {
  const { name } = stage

  describe('tables', () => {
    test('are those of the adapters, by request, encrypted, with a way back to any moment of a week', () => {
      const made = each(stage, 'AWS::DynamoDB::Table').map(([, { Properties }]) => Properties)
      const names: readonly string[] = made.map(({ TableName }) => TableName)
      expect(new Set(names)).toEqual(new Set(Object.values(tables(name)).map((table) => table.name)))
      expect(names).toHaveLength(Object.keys(tables(name)).length)
      for (const table of Object.values(tables(name))) {
        const properties = made.find(({ TableName }) => TableName === table.name)
        expect(properties).toMatchObject({
          AttributeDefinitions: [{ AttributeName: table.key.name, AttributeType: table.key.type }],
          KeySchema: [{ AttributeName: table.key.name, KeyType: 'HASH' }],
          BillingMode: 'PAY_PER_REQUEST',
          SSESpecification: { SSEEnabled: true },
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 7 },
          DeletionProtectionEnabled: name === 'production',
        })
        expect(properties.TimeToLiveSpecification).toEqual(
          table.ttl === undefined ? undefined : { AttributeName: table.ttl, Enabled: true },
        )
      }
    })

    test('outlive the stack in production alone', () => {
      const policies = each(stage, 'AWS::DynamoDB::Table').map(([, { DeletionPolicy }]) => DeletionPolicy)
      expect(new Set(policies)).toEqual(new Set([name === 'production' ? 'Retain' : 'Delete']))
    })
  })

  describe('queues', () => {
    const queues = (): Named =>
      Object.fromEntries(
        each(stage, 'AWS::SQS::Queue').map(([id, { Properties }]) => [Properties.QueueName, { id, ...Properties }]),
      )

    test('have a queue of dead letters each, after five tries, which takes them from that queue alone', () => {
      for (const kind of ['events', 'jobs']) {
        const queue = queues()[`${name}-hexbird-${kind}`]
        const dead = queues()[`${name}-hexbird-${kind}-dead`]
        expect(queue.RedrivePolicy).toEqual({
          deadLetterTargetArn: { 'Fn::GetAtt': [dead.id, 'Arn'] },
          maxReceiveCount: 5,
        })
        expect(dead.RedriveAllowPolicy.redrivePermission).toBe('byQueue')
        const sources = dead.RedriveAllowPolicy.sourceQueueArns.map((arn: unknown) => readable(templateOf(stage), arn))
        expect(sources).toEqual([`arn:partition:sqs:region:accountid:${name}-hexbird-${kind}`])
        expect(queue.RedriveAllowPolicy).toEqual({ redrivePermission: 'denyAll' })
        expect(dead.MessageRetentionPeriod * SECOND).toBe(TIMES.deadLetters)
      }
      expect(Object.keys(queues()).sort()).toEqual(
        ['events', 'events-dead', 'jobs', 'jobs-dead', 'sweep-dead'].map((kind) => `${name}-hexbird-${kind}`),
      )
    })

    test('are encrypted, and refuse whoever comes without TLS', () => {
      const denied = each(stage, 'AWS::SQS::QueuePolicy').flatMap(([, { Properties }]) =>
        Properties.PolicyDocument.Statement.filter(isTlsDenial).flatMap(() => Properties.Queues),
      )
      for (const { id, SqsManagedSseEnabled } of Object.values(queues())) {
        expect(SqsManagedSseEnabled).toBe(true)
        expect(denied).toContainEqual({ Ref: id })
      }
    })

    test('the one of jobs takes messages from this bucket of this account alone', () => {
      const template = templateOf(stage)
      const allowed = each(stage, 'AWS::SQS::QueuePolicy').flatMap(([, { Properties }]) =>
        Properties.PolicyDocument.Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Allow'),
      )
      expect(allowed).toHaveLength(1)
      const [statement] = allowed
      expect(statement).toMatchObject({ Action: 'sqs:SendMessage', Principal: { Service: 's3.amazonaws.com' } })
      expect(readable(template, statement.Resource)).toBe(`${name}-hexbird-jobs`)
      expect(readable(template, statement.Condition.ArnEquals['aws:SourceArn'])).toBe(
        `arn:partition:s3:::hexbird-${name}-accountid-region`,
      )
      expect(readable(template, statement.Condition.StringEquals['aws:SourceAccount'])).toBe('accountid')
    })

    test('feed their functions a few messages at once, and learn which of them failed', () => {
      const template = templateOf(stage)
      const sources = each(stage, 'AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => ({
        from: readable(template, Properties.EventSourceArn),
        to: readable(template, Properties.FunctionName),
        size: Properties.BatchSize,
        atOnce: Properties.ScalingConfig.MaximumConcurrency,
        responses: Properties.FunctionResponseTypes,
      }))
      const responses = ['ReportBatchItemFailures']
      expect(sources).toEqual([
        {
          from: `${name}-hexbird-events`,
          to: `alias of ${name}-hexbird-tweets:${name}`,
          size: 5,
          atOnce: 5,
          responses,
        },
        { from: `${name}-hexbird-jobs`, to: `alias of ${name}-hexbird-images:${name}`, size: 1, atOnce: 5, responses },
      ])
    })

    test('hide a message for longer than its function may take, and six times as long as that, as Lambda wants it', () => {
      for (const [kind, name] of [
        ['events', 'tweets'],
        ['jobs', 'images'],
      ] as const) {
        const visibility = queues()[`${stage.name}-hexbird-${kind}`].VisibilityTimeout * SECOND
        const timeout = functionsOf(stage)[name].Timeout * SECOND
        expect(timeout).toBe(TIMES.functionTimeout)
        expect(timeout).toBeLessThan(TIMES.lease)
        expect(TIMES.lease).toBeLessThan(visibility)
        expect(visibility).toBe(TIMES.visibility)
        expect(visibility).toBeGreaterThanOrEqual(6 * timeout)
      }
    })
  })

  describe('the bucket', () => {
    const bucket = () => only(stage, 'AWS::S3::Bucket').Properties

    test('is nobody else’s, encrypted, without versions', () => {
      expect(bucket()).toMatchObject({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
      })
      expect(bucket().VersioningConfiguration).toBeUndefined()
      const { Statement } = only(stage, 'AWS::S3::BucketPolicy').Properties.PolicyDocument
      expect(Statement.filter(({ Effect }: { Effect: string }) => Effect !== 'Deny')).toEqual([])
      expect(Statement.filter(isTlsDenial)).toHaveLength(1)
    })

    test('forgets photos and jobs within the lifetime of a photo, and not before a tweet is too old', () => {
      for (const prefix of ['photos/', 'jobs/']) {
        const rule = bucket().LifecycleConfiguration.Rules.find(({ Prefix }: { Prefix: string }) => Prefix === prefix)
        expect(rule).toMatchObject({ Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } })
        // What was stored right after midnight UTC is gone a day later than what was stored right before.
        expect(rule.ExpirationInDays * DAY).toBeGreaterThanOrEqual(TIMES.tooOld)
        expect((rule.ExpirationInDays + 1) * DAY).toBeLessThanOrEqual(TIMES.photoLifetime)
      }
    })

    test('tells of stored jobs, once the queue lets it', () => {
      const { QueueConfigurations } = bucket().NotificationConfiguration
      expect(QueueConfigurations).toHaveLength(1)
      expect(QueueConfigurations[0]).toMatchObject({
        Event: 's3:ObjectCreated:*',
        Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'jobs/' }] } },
      })
      expect(readable(templateOf(stage), QueueConfigurations[0].Queue)).toBe(`${name}-hexbird-jobs`)
      const waitsFor = only(stage, 'AWS::S3::Bucket').DependsOn ?? []
      const policies = waitsFor.map((id) => templateOf(stage).Resources[id])
      expect(policies.map((policy) => readable(templateOf(stage), policy?.Properties.Queues?.[0]))).toContain(
        `${name}-hexbird-jobs`,
      )
    })
  })

  describe('functions', () => {
    test('run on Node 24 and arm64, each with a log of its own that ends, and an alias with the name of the stage', () => {
      expect(Object.keys(functionsOf(stage)).sort()).toEqual(Object.keys(FUNCTIONS).sort())
      const logs = Object.fromEntries(
        each(stage, 'AWS::Logs::LogGroup').map(([id, { Properties }]) => [id, Properties]),
      )
      for (const [kind, properties] of Object.entries(functionsOf(stage))) {
        expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' })
        expect(logs[properties.LoggingConfig.LogGroup.Ref]).toEqual({
          LogGroupName: `/aws/lambda/${name}-hexbird-${kind}`,
          RetentionInDays: name === 'production' ? 90 : 30,
        })
      }
      const aliases = each(stage, 'AWS::Lambda::Alias').map(([, { Properties }]) => Properties.Name)
      expect(aliases).toEqual(Object.keys(FUNCTIONS).map(() => name))
    })

    test('answer in time: X within three seconds and some, people before the API gives up', () => {
      const times = Object.fromEntries(Object.entries(functionsOf(stage)).map(([kind, { Timeout }]) => [kind, Timeout]))
      expect(times).toEqual({ webhook: 8, 'sign-in': 29, tweets: 30, images: 30, sweep: 60, admin: 900 })
    })

    test('a flood of sign-ins takes nothing from the webhook', () => {
      const reserved = Object.entries(functionsOf(stage)).map(([kind, { ReservedConcurrentExecutions }]) => [
        kind,
        ReservedConcurrentExecutions,
      ])
      expect(Object.fromEntries(reserved)).toEqual({
        webhook: stage.webhookConcurrency || undefined,
        'sign-in': stage.signIn?.concurrency || undefined,
        tweets: undefined,
        images: undefined,
        sweep: undefined,
        admin: undefined,
      })
    })

    test('are told what they need, and nothing else', () => {
      const ours = (kind: string) =>
        Object.keys(functionsOf(stage)[kind].Environment.Variables).filter((variable) =>
          variable.startsWith('HEXBIRD_'),
        )
      for (const [kind, { environment }] of Object.entries(FUNCTIONS)) {
        const limits = kind === 'webhook' ? [] : Object.keys(stage.limits ?? {})
        expect(ours(kind).sort()).toEqual(
          [...environment, ...limits, 'HEXBIRD_STAGE', 'HEXBIRD_BOT_ID', 'HEXBIRD_BOT_USERNAME'].sort(),
        )
      }
      const told = functionsOf(stage)['sign-in'].Environment.Variables
      expect(told).toMatchObject({
        HEXBIRD_STAGE: name,
        HEXBIRD_BOT_ID: stage.botId,
        HEXBIRD_BOT_USERNAME: stage.botUsername,
        HEXBIRD_FOLLOW: stage.signIn?.follow,
        HEXBIRD_RETURN_TO: stage.signIn?.returnTo.join(','),
      })
      expect(readable(templateOf(stage), told.HEXBIRD_ORIGIN)).toBe(stage.origin ?? 'https://api')
    })

    test('read parameters through the extension, whose version is pinned', () => {
      for (const { Layers } of Object.values(functionsOf(stage))) {
        expect(Layers).toEqual([{ 'Fn::FindInMap': [expect.any(String), { Ref: 'AWS::Region' }, '1x0x103xarm64'] }])
      }
    })
  })

  describe('the API', () => {
    const ROUTES = {
      [`GET ${WEBHOOK_PATH}`]: 'webhook',
      [`POST ${WEBHOOK_PATH}`]: 'webhook',
      [`GET ${SIGN_IN_PATHS.page}`]: 'sign-in',
      [`GET ${SIGN_IN_PATHS.start}`]: 'sign-in',
      [`POST ${SIGN_IN_PATHS.start}`]: 'sign-in',
      [`GET ${SIGN_IN_PATHS.callback}`]: 'sign-in',
      [`GET ${SIGN_IN_PATHS.result}`]: 'sign-in',
      [`POST ${SIGN_IN_PATHS.disconnect}`]: 'sign-in',
      [`POST ${SIGN_IN_PATHS.signOut}`]: 'sign-in',
    }

    test('has these routes and no others, each to its function through the alias', () => {
      const template = templateOf(stage)
      const routes = each(stage, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => {
        const integration = template.Resources[Properties.Target['Fn::Join'][1][1].Ref]
        expect(integration?.Properties).toMatchObject({ IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' })
        return [Properties.RouteKey, readable(template, integration?.Properties.IntegrationUri)]
      })
      const expected = Object.entries(ROUTES).map(([route, kind]) => [route, `alias of ${name}-hexbird-${kind}`])
      expect(Object.fromEntries(routes)).toEqual(Object.fromEntries(expected))
      expect(routes).toHaveLength(expected.length)
    })

    const settings = () => only(stage, 'AWS::ApiGatewayV2::Stage').Properties.RouteSettings
    const rate = (route: string): number => settings()[route].ThrottlingRateLimit
    const burst = (route: string): number => settings()[route].ThrottlingBurstLimit

    test('has a throttle for each route, and waits for the routes that it holds back', () => {
      const { DependsOn = [] } = only(stage, 'AWS::ApiGatewayV2::Stage')
      expect(Object.keys(settings()).sort()).toEqual(Object.keys(ROUTES).sort())
      for (const [id] of each(stage, 'AWS::ApiGatewayV2::Route')) expect(DependsOn).toContain(id)
    })

    test('leaves room for X beside a stranger who sends 500 deliveries a second without a signature', () => {
      const [stranger, x] = [500, 250]
      expect(rate(`POST ${WEBHOOK_PATH}`)).toBeGreaterThanOrEqual(stranger + x)
      expect(burst(`POST ${WEBHOOK_PATH}`)).toBeGreaterThanOrEqual(stranger + x)
    })

    test('leaves room for people beside somebody who sends 50 requests a second to one step of the sign-in', () => {
      for (const [route, kind] of Object.entries(ROUTES)) {
        if (kind !== 'sign-in') continue
        expect(rate(route)).toBeGreaterThanOrEqual(2 * 50)
        expect(rate(route)).toBeLessThanOrEqual(rate(`POST ${WEBHOOK_PATH}`) / 10)
      }
    })

    test('lets no more through than the functions take: what floods one route takes nothing from another', () => {
      // Lambda takes ten requests a second for each run that is kept.
      const most = (kind: string) =>
        Object.entries(ROUTES).reduce((sum, [route, to]) => (to === kind ? sum + rate(route) : sum), 0)
      for (const kind of ['webhook', 'sign-in']) {
        const { ReservedConcurrentExecutions: kept } = functionsOf(stage)[kind]
        if (kept !== undefined) expect(most(kind)).toBeLessThanOrEqual(10 * kept)
      }
      // The smallest regions have 2,500 a second for an account.
      expect(most('webhook') + most('sign-in')).toBeLessThan(2500)
    })

    test('logs no address, and nothing of what follows a path', () => {
      const { Format } = only(stage, 'AWS::ApiGatewayV2::Stage').Properties.AccessLogSettings
      expect(Format).not.toMatch(/identity|\.path|query|rawPath|authorizer/i)
      expect(Format).toContain('$context.routeKey')
    })
  })

  test('the sweep comes every 15 minutes, is tried again, and does not fail unseen', () => {
    const template = templateOf(stage)
    const { Properties } = only(stage, 'AWS::Scheduler::Schedule')
    expect(Properties.ScheduleExpression).toBe('rate(15 minutes)')
    expect(readable(template, Properties.Target.Arn)).toBe(`alias of ${name}-hexbird-sweep`)
    expect(Properties.Target.RetryPolicy).toEqual({ MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 600 })
    expect(readable(template, Properties.Target.DeadLetterConfig.Arn)).toBe(`${name}-hexbird-sweep-dead`)
    const invoked = only(stage, 'AWS::Lambda::EventInvokeConfig').Properties
    expect(readable(template, invoked.DestinationConfig.OnFailure.Destination)).toBe(`${name}-hexbird-sweep-dead`)
    expect(invoked).toMatchObject({ Qualifier: name, MaximumRetryAttempts: 1 })
  })

  describe('alarms', () => {
    const alarms = (): Named =>
      Object.fromEntries(
        each(stage, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => [
          Properties.AlarmName.replace(`${name}-hexbird-`, ''),
          Properties,
        ]),
      )

    test('are there for what a person should look at, and all go to the topic', () => {
      expect(Object.keys(alarms()).sort()).toEqual(
        [
          ...['events-dead', 'jobs-dead', 'sweep-dead', 'events-late', 'jobs-late'],
          ...Object.keys(FUNCTIONS).map((kind) => `${kind}-errors`),
          ...['webhook-throttled', 'api-errors', 'challenge-refused', 'delivery-refused'],
          ...['unsure', 'over-budget', 'breaker-open', 'sweep-refused', 'event-set-aside'],
          ...(stage.webhookStage ? ['webhook-invalid'] : []),
        ].sort(),
      )
      const [[topic = ''] = []] = each(stage, 'AWS::SNS::Topic')
      for (const { AlarmActions, OKActions } of Object.values(alarms())) {
        expect(AlarmActions).toEqual([{ Ref: topic }])
        expect(OKActions).toEqual([{ Ref: topic }])
      }
    })

    test('one dead letter, one error, one doubt is enough', () => {
      const kinds = [
        'events-dead',
        'jobs-dead',
        'webhook-errors',
        'images-errors',
        'unsure',
        'breaker-open',
        'over-budget',
        'sweep-refused',
        'event-set-aside',
      ]
      for (const kind of kinds) {
        expect(alarms()[kind]).toMatchObject({
          Threshold: 1,
          EvaluationPeriods: 1,
          ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        })
      }
    })

    test('the topic lets the alarms of this stage in, which its own policy would otherwise keep out', () => {
      const { Statement } = only(stage, 'AWS::SNS::TopicPolicy').Properties.PolicyDocument
      const [allowed] = Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Allow')
      expect(allowed).toMatchObject({ Action: 'sns:Publish', Principal: { Service: 'cloudwatch.amazonaws.com' } })
      expect(readable(templateOf(stage), allowed.Condition.ArnLike['aws:SourceArn'])).toBe(
        `arn:partition:cloudwatch:region:accountid:alarm:${name}-hexbird-*`,
      )
      expect(
        Statement.some(({ Effect, Action }: Record<string, string>) => Effect === 'Deny' && Action === 'sns:Publish'),
      ).toBe(true)
    })

    test('go to whoever is named, and to nobody where nobody is', () => {
      const addresses = each(stage, 'AWS::SNS::Subscription').map(([, { Properties }]) => Properties.Endpoint)
      expect(addresses).toEqual(stage.alarmEmail ? [stage.alarmEmail] : [])
    })

    test.each([
      ['Unsure', 'unsure', ['tweets', 'images']],
      ['OverBudget', 'over-budget', ['tweets', 'images', 'sweep']],
      ['BreakerOpen', 'breaker-open', ['tweets', 'images', 'sweep']],
      ['SweepRefused', 'sweep-refused', ['sweep']],
      ['SetAside', 'event-set-aside', ['webhook', 'sweep']],
      ...(stage.webhookStage ? [['WebhookValid', 'webhook-invalid', ['sweep']] as const] : []),
    ] as const)('%s is watched under the very dimensions that the functions write', (metric, alarm, functions) => {
      const { Metrics, MetricName, Namespace, Dimensions } = alarms()[alarm]
      const watched: readonly object[] = Metrics
        ? Metrics.flatMap((each: { MetricStat?: { Metric: object } }) => each.MetricStat?.Metric ?? [])
        : [{ MetricName, Namespace, Dimensions }]
      expect(watched).toHaveLength(functions.length)
      for (const by of functions) expect(watched).toContainEqual(written(by, name, metric))
    })
  })

  test('names are the stage’s own', () => {
    const names = Object.values(templateOf(stage).Resources).flatMap(({ Properties = {} }) =>
      Object.entries(Properties)
        .filter(([key]) =>
          /^(TableName|QueueName|FunctionName|LogGroupName|TopicName|AlarmName|DashboardName|Name)$/.test(key),
        )
        .map(([, value]) => value)
        .filter((value): value is string => typeof value === 'string'),
    )
    expect(names.length).toBeGreaterThan(40)
    for (const each of names) expect(each).toMatch(new RegExp(`(^|/)${name}($|[-_])`))
  })

  test('says where it is, and what X has to be told', () => {
    const { Outputs } = templateOf(stage)
    const origin = stage.origin ?? 'https://api'
    const told = (key: string) => readable(templateOf(stage), Outputs[key]?.Value)
    expect(told('WebhookUrl')).toBe(`${origin}/twitter/webhook/handleapi`)
    expect(told('CallbackUrl')).toBe(`${origin}/api/twitter-session/callback`)
    expect(told('AdminFunction')).toBe(`alias of ${name}-hexbird-admin`)
  })

  test('there is no function that CDK brings along', () => {
    const types = Object.values(templateOf(stage).Resources).map(({ Type }) => Type)
    expect(types.filter((type) => /^Custom::|CustomResource/.test(type))).toEqual([])
    expect(types.filter((type) => type === 'AWS::Lambda::Function')).toHaveLength(Object.keys(FUNCTIONS).length)
  })

  test('no secret is in the template, nor asked for by it', () => {
    const strings = stringsIn(templateOf(stage))
    expect(strings.filter((each) => /resolve:(ssm|secretsmanager)/.test(each))).toEqual([])
    const parameters = Object.values(FUNCTIONS).flatMap((each): readonly string[] => each.parameters)
    for (const properties of Object.values(functionsOf(stage))) {
      const variables = Object.keys(properties.Environment.Variables).map((key) =>
        key.toLowerCase().replaceAll('_', '-'),
      )
      for (const parameter of parameters) expect(variables.filter((key) => key.endsWith(parameter))).toEqual([])
    }
  })
})

test('a webhook that nobody has asked X about is as bad as one that X takes for broken', () => {
  const alarms = each(production, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties)
  expect(alarms.find(({ AlarmName }) => AlarmName === 'production-hexbird-webhook-invalid')).toMatchObject({
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
    Statistic: 'Minimum',
    TreatMissingData: 'breaching',
  })
})

describe('a bot gets only what it uses', () => {
  const namesIn = (stage: string, type: string, property: string) =>
    each({ name: stage }, type).map(([, { Properties }]) => Properties[property] as string)
  const resourcesIn = (stage: string) => ({
    functions: namesIn(stage, 'AWS::Lambda::Function', 'FunctionName').map((name) => name.split('-hexbird-')[1]),
    tables: namesIn(stage, 'AWS::DynamoDB::Table', 'TableName').map((name) => name.slice(stage.length + 1)),
    queues: namesIn(stage, 'AWS::SQS::Queue', 'QueueName').map((name) => name.split('-hexbird-')[1]),
    buckets: each({ name: stage }, 'AWS::S3::Bucket').length,
    sources: each({ name: stage }, 'AWS::Lambda::EventSourceMapping').length,
    routes: [...new Set(namesIn(stage, 'AWS::ApiGatewayV2::Route', 'RouteKey').map((key) => key.split(' ')[1]))],
    outputs: Object.keys(templateOf({ name: stage }).Outputs),
  })
  const TABLES = ['reply', 'budget', 'opt_out', 'breaker', 'cursor']
  const OUTPUTS = ['ApiEndpoint', 'WebhookUrl', 'AdminFunction', 'AlarmTopic', 'Dashboard']
  const sorted = (all: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(
      Object.entries(all).map(([what, some]) => [what, Array.isArray(some) ? some.map(String).sort() : some]),
    )

  test.each([
    [
      'text',
      {
        functions: ['webhook', 'tweets', 'sweep', 'admin'],
        tables: TABLES,
        queues: ['events', 'events-dead', 'sweep-dead'],
        buckets: 0,
        sources: 1,
        routes: [WEBHOOK_PATH],
        outputs: OUTPUTS,
      },
    ],
    [
      'photos',
      {
        functions: ['webhook', 'tweets', 'images', 'sweep', 'admin'],
        tables: TABLES,
        queues: ['events', 'events-dead', 'jobs', 'jobs-dead', 'sweep-dead'],
        buckets: 1,
        sources: 2,
        routes: [WEBHOOK_PATH],
        outputs: [...OUTPUTS, 'Bucket'],
      },
    ],
    [
      'jobs',
      {
        functions: ['webhook', 'tweets', 'images', 'sweep', 'admin'],
        tables: TABLES,
        queues: ['events', 'events-dead', 'jobs', 'jobs-dead', 'sweep-dead'],
        buckets: 1,
        sources: 2,
        routes: [WEBHOOK_PATH],
        outputs: ['ApiEndpoint', 'WebhookUrl', 'AdminFunction', 'Bucket'],
      },
    ],
    [
      'staging',
      {
        functions: Object.keys(FUNCTIONS),
        tables: [...TABLES, 'session', 'twitter'],
        queues: ['events', 'events-dead', 'jobs', 'jobs-dead', 'sweep-dead'],
        buckets: 1,
        sources: 2,
        routes: [WEBHOOK_PATH, ...Object.values(SIGN_IN_PATHS)],
        outputs: [...OUTPUTS, 'Bucket', 'CallbackUrl', 'SignInUrl', 'SessionTable'],
      },
    ],
  ])('%s', (stage, expected) => {
    expect(sorted(resourcesIn(stage))).toEqual(sorted(expected))
  })

  test.each([
    ['text', /AWS::S3|s3:|rekognition|jobs|images|photos|sign-in|session|secret-box|cookie/i],
    ['photos', /sign-in|session|secret-box|cookie/i],
    ['jobs', /rekognition|photos|sign-in|session|secret-box|cookie/i],
  ])('nothing in the template of %s speaks of what it has no use for', (stage, pattern) => {
    // What the functions are told they do without is the one place.
    const told = (text: string) => /^(jobs,)?sign-in$/.test(text)
    expect(stringsIn(templateOf({ name: stage })).filter((text) => pattern.test(text) && !told(text))).toEqual([])
  })

  test.each([
    ['text', 'jobs,sign-in'],
    ['photos', 'sign-in'],
    ['staging', undefined],
  ])('each function of %s is told what its stage does without', (stage, without) => {
    for (const [, { Properties }] of each({ name: stage }, 'AWS::Lambda::Function')) {
      expect(Properties.Environment.Variables.HEXBIRD_WITHOUT).toBe(without)
    }
  })

  test('of a bot without photos the bucket holds jobs alone', () => {
    const [, { Properties }] = each({ name: 'jobs' }, 'AWS::S3::Bucket')[0] as readonly [string, Resource]
    expect(Properties.LifecycleConfiguration.Rules.map(({ Prefix }: { Prefix: string }) => Prefix)).toEqual(['jobs/'])
  })

  test('alarms and the dashboard can be left out, and with them all that is made for them', () => {
    const types = new Set(Object.values(templateOf({ name: 'jobs' }).Resources).map(({ Type }) => Type))
    for (const type of ['CloudWatch::Alarm', 'SNS::Topic', 'Logs::MetricFilter', 'CloudWatch::Dashboard']) {
      expect(types).not.toContain(`AWS::${type}`)
    }
  })

  test('alarms are of what is there, and look at metrics that somebody writes', () => {
    const alarms = each({ name: 'text' }, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties)
    const names = alarms.map(({ AlarmName }) => AlarmName.replace('text-hexbird-', ''))
    expect(names).not.toContain('images-errors')
    expect(names).toEqual(expect.arrayContaining(['tweets-errors', 'unsure', 'over-budget', 'breaker-open']))
    const unsure = alarms.find(({ AlarmName }) => AlarmName === 'text-hexbird-unsure')
    expect(JSON.stringify(unsure?.Metrics)).toContain('FILL(tweets_Unsure, 0)')
    expect(JSON.stringify(alarms)).not.toContain('images')
  })
})

test('nothing of one stage is named in the other', () => {
  expect(stringsIn(templateOf(staging)).filter((each) => /production/.test(each))).toEqual([])
  expect(
    stringsIn(templateOf(production)).filter((each) => /staging(?!-role)/.test(each) && each !== 'hexbird_staging'),
  ).toEqual([])
})

describe('CloudFormation’s own rules', () => {
  let engine: InstanceType<typeof CelEngine>
  beforeAll(() => {
    engine = new CelEngine()
  })
  afterAll(() => engine.free())

  test.each(['staging', 'production', 'photos', 'text', 'jobs'])(
    'find nothing wrong with the template of %s',
    (name) => {
      const { diagnostics } = engine.validateStandard(new TemplateFile(made[name]?.file ?? ''))
      // W3005: the CDK writes down that a function waits for its role, which CloudFormation would know without.
      const faults = diagnostics.filter(({ severity, ruleId }) => !/INFO|DEBUG/.test(severity) && ruleId !== 'W3005')
      expect(faults).toEqual([])
      expect(diagnostics.length).toBeGreaterThan(0)
    },
  )
})

const isTlsDenial = ({ Effect, Condition }: { Effect: string; Condition?: { Bool?: Record<string, string> } }) =>
  Effect === 'Deny' && Condition?.Bool?.['aws:SecureTransport'] === 'false'

const byName = (one: { Name: string }, other: { Name: string }) => (one.Name < other.Name ? -1 : 1)

/** A metric as a function writes it, read from its line in embedded metric format. */
function written(by: FunctionName, stage: string, metric: Parameters<ReturnType<typeof observing>['count']>[0]) {
  const lines: string[] = []
  const write = process.stdout.write
  process.stdout.write = (line: string | Uint8Array) => lines.push(String(line)) > 0
  try {
    const observer = observing(by, stage)
    observer.count(metric)
    observer.end()
  } finally {
    process.stdout.write = write
  }
  const line = JSON.parse(lines.find((each) => each.includes('CloudWatchMetrics')) ?? '{}')
  const { Namespace, Dimensions, Metrics } = line._aws.CloudWatchMetrics[0]
  return {
    Namespace,
    MetricName: Metrics[0].Name,
    Dimensions: (Dimensions[0] as string[]).map((Name) => ({ Name, Value: line[Name] })).sort(byName),
  }
}
