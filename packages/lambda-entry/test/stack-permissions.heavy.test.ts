import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { FUNCTIONS, type FunctionName } from '../src/functions.js'
import {
  type Resource,
  readable,
  removeSynthesized,
  resourcesOf,
  staging,
  synthesized,
  type Template,
} from './stack-templates.js'

/**
 * Everything that each function may do, on what: the other half of what its adapters call. Who changes a permission
 * changes this table, and says why in the same commit.
 */
const PERMISSIONS: Readonly<Record<FunctionName, readonly string[]>> = {
  webhook: ['sqs:SendMessage staging-hexbird-events'],
  'sign-in': [
    ...on('staging_session', 'GetItem', 'PutItem', 'UpdateItem'),
    ...on('staging_twitter', 'GetItem', 'PutItem', 'DeleteItem'),
    ...on('staging_budget', 'GetItem', 'PutItem', 'UpdateItem'),
  ],
  tweets: [
    ...on('staging_reply', 'GetItem', 'PutItem', 'DeleteItem'),
    ...on('staging_budget', 'GetItem', 'PutItem', 'UpdateItem'),
    ...on('staging_breaker', 'GetItem', 'UpdateItem'),
    ...on('staging_opt_out', 'GetItem', 'UpdateItem'),
    ...on('staging_twitter', 'DeleteItem'),
    ...objects(['s3:PutObject', 's3:DeleteObject'], ['photos/', 'jobs/']),
    's3:ListBucket bucket',
    ...receive('staging-hexbird-events'),
    'sqs:SendMessage staging-hexbird-events',
  ],
  images: [
    ...on('staging_reply', 'GetItem', 'PutItem', 'DeleteItem'),
    ...on('staging_budget', 'GetItem', 'PutItem', 'UpdateItem'),
    ...on('staging_breaker', 'GetItem', 'UpdateItem'),
    ...on('staging_opt_out', 'GetItem'),
    ...objects(['s3:GetObject', 's3:DeleteObject'], ['photos/', 'jobs/']),
    ...objects(['s3:PutObject'], ['photos/']),
    's3:ListBucket bucket',
    'rekognition:DetectLabels *',
    ...receive('staging-hexbird-jobs'),
    'sqs:SendMessage staging-hexbird-jobs',
  ],
  sweep: [
    ...on('staging_cursor', 'GetItem', 'PutItem'),
    ...on('staging_budget', 'GetItem', 'PutItem', 'UpdateItem'),
    ...on('staging_breaker', 'GetItem', 'UpdateItem'),
    'sqs:SendMessage staging-hexbird-events',
    'sqs:SendMessage staging-hexbird-sweep-dead',
  ],
  admin: [
    ...on('staging_twitter', 'GetItem', 'DeleteItem', 'Scan', 'BatchWriteItem'),
    ...on('staging_breaker', 'GetItem', 'UpdateItem'),
    ...on('staging_session', 'Scan', 'BatchWriteItem'),
    ...on('staging_reply', 'GetItem', 'PutItem', 'Scan', 'BatchWriteItem'),
    ...on('staging_budget', 'GetItem', 'PutItem', 'UpdateItem', 'Scan', 'BatchWriteItem'),
    ...on('staging_opt_out', 'GetItem', 'UpdateItem', 'Scan', 'BatchWriteItem'),
    ...objects(['s3:DeleteObject'], ['photos/', 'jobs/']),
    's3:ListBucket bucket',
  ],
}

/** What AWS takes no other than with a `*`, and why. */
const WILDCARDS: readonly { readonly statement: RegExp; readonly because: string }[] = [
  { statement: /^rekognition:DetectLabels \*$/, because: 'Rekognition knows no resource for a picture' },
  { statement: /^xray:Put(TraceSegments|TelemetryRecords) \*$/, because: 'X-Ray knows no resource for a trace' },
  { statement: /^s3:\w+Object bucket\/(photos|jobs)\/\*$/, because: 'keys are only known by what they begin with' },
]

const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555'

let plain: Template
let traced: Template
beforeAll(() => {
  plain = synthesized([staging]).staging?.template as Template
  traced = synthesized([{ ...staging, parametersKeyArn: KEY }], true).staging?.template as Template
})

afterAll(removeSynthesized)

const NAMES = Object.keys(FUNCTIONS) as FunctionName[]

describe('permissions', () => {
  test.each(NAMES)('%s may do what is written here, and nothing else', (name) => {
    const always = ['CreateLogStream', 'PutLogEvents'].map(
      (action) => `logs:${action} /aws/lambda/staging-hexbird-${name}`,
    )
    const expected = [...always, ...readParameters(name), ...PERMISSIONS[name]]
    expect(permissionsOf(plain, roleOf(plain, name))).toEqual([...expected].sort())
  })

  test.each(NAMES)(
    '%s may also leave traces, and decrypt its own parameters alone, where the stage says so',
    (name) => {
      const before = permissionsOf(plain, roleOf(plain, name))
      const more = permissionsOf(traced, roleOf(traced, name)).filter((each) => !before.includes(each))
      expect(more).toEqual([`kms:Decrypt ${KEY}`, 'xray:PutTelemetryRecords *', 'xray:PutTraceSegments *'])
      const decrypt = statementsOf(roleOf(traced, name)).find(({ Action }) => Action === 'kms:Decrypt')
      const context = [decrypt?.Condition?.StringEquals?.['kms:EncryptionContext:PARAMETER_ARN']].flat()
      expect(context.map((arn) => `ssm:GetParameter ${readable(traced, arn)}`).sort()).toEqual(
        readParameters(name).sort(),
      )
    },
  )

  test('the schedule may start the sweep, and tell that it could not', () => {
    const [role] = resourcesOf(plain, 'AWS::IAM::Role').filter(([, { Properties }]) =>
      JSON.stringify(Properties.AssumeRolePolicyDocument).includes('scheduler.amazonaws.com'),
    )
    expect(permissionsOf(plain, role?.[1] as Resource)).toEqual([
      'lambda:InvokeFunction alias of staging-hexbird-sweep',
      'sqs:SendMessage staging-hexbird-sweep-dead',
    ])
  })

  test('are in the role of each function, and nowhere else', () => {
    for (const template of [plain, traced]) {
      expect(resourcesOf(template, 'AWS::IAM::Policy')).toEqual([])
      expect(resourcesOf(template, 'AWS::IAM::ManagedPolicy')).toEqual([])
      const roles = resourcesOf(template, 'AWS::IAM::Role')
      expect(roles).toHaveLength(NAMES.length + 1)
      for (const [, { Properties }] of roles) expect(Properties.ManagedPolicyArns).toBeUndefined()
      expect(new Set(NAMES.map((name) => roleOf(template, name))).size).toBe(NAMES.length)
    }
  })

  test('to call a function is for the API alone, by route, and through the alias', () => {
    for (const [, { Properties }] of resourcesOf(plain, 'AWS::Lambda::Permission')) {
      expect(Properties).toMatchObject({ Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' })
      expect(readable(plain, Properties.FunctionName)).toMatch(/^alias of staging-hexbird-(webhook|sign-in)$/)
      expect(readable(plain, Properties.SourceArn)).toMatch(
        /\/\*\/\*\/(twitter\/webhook\/handleapi|sign-in|api\/twitter-session)/,
      )
    }
  })
})

describe('known faults of the originals', () => {
  test('no permission is for every action of a service, or for everything of it, but where AWS takes nothing less', () => {
    const granted = [plain, traced].flatMap((template) =>
      resourcesOf(template, 'AWS::IAM::Role').flatMap(([, role]) => permissionsOf(template, role)),
    )
    expect(granted.length).toBeGreaterThan(100)
    expect(granted.filter((each) => /^[^ ]*\*/.test(each))).toEqual([])
    const wild = granted.filter((each) => each.includes('*'))
    expect(wild.filter((each) => !WILDCARDS.some(({ statement }) => statement.test(each)))).toEqual([])
    for (const { statement } of WILDCARDS) expect(wild.some((each) => statement.test(each))).toBe(true)
  })

  test('the buckets and queues give nothing to everybody', () => {
    const policies = ['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy']
    const statements = policies
      .flatMap((type) => resourcesOf(plain, type))
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement as Statement[])
    for (const { Effect, Principal } of statements) {
      if (Effect === 'Allow') expect(JSON.stringify(Principal)).not.toContain('*')
    }
  })
})

interface Statement {
  readonly Effect: string
  readonly Action: string | readonly string[]
  readonly Resource: unknown
  readonly Principal?: unknown
  readonly Condition?: { readonly StringEquals?: Readonly<Record<string, unknown>> }
}

function roleOf(template: Template, name: FunctionName): Resource {
  const [, lambda] =
    resourcesOf(template, 'AWS::Lambda::Function').find(
      ([, { Properties }]) => Properties.FunctionName === `staging-hexbird-${name}`,
    ) ?? []
  const role = template.Resources[lambda?.Properties.Role['Fn::GetAtt'][0]]
  if (!role) throw new Error(`${name} has no role.`)
  return role
}

const statementsOf = ({ Properties }: Resource): readonly Statement[] =>
  Properties.Policies.flatMap(
    ({ PolicyDocument }: { PolicyDocument: { Statement: Statement[] } }) => PolicyDocument.Statement,
  )

/** Each pair of an action and what it is allowed on, as a line. */
function permissionsOf(template: Template, role: Resource): readonly string[] {
  return statementsOf(role)
    .flatMap(({ Effect, Action, Resource }) => {
      expect(Effect).toBe('Allow')
      const resources = (Array.isArray(Resource) ? Resource : [Resource]).map((each) => readable(template, each))
      return [Action].flat().flatMap((action) => resources.map((resource) => `${action} ${resource}`))
    })
    .sort()
}

function readParameters(name: FunctionName): string[] {
  return FUNCTIONS[name].parameters.map(
    (parameter) => `ssm:GetParameter arn:partition:ssm:region:accountid:parameter/hexbird/staging/${parameter}`,
  )
}

function on(table: string, ...operations: readonly string[]): readonly string[] {
  return operations.map((operation) => `dynamodb:${operation} ${table}`)
}

function objects(actions: readonly string[], prefixes: readonly string[]): readonly string[] {
  return actions.flatMap((action) => prefixes.map((prefix) => `${action} bucket/${prefix}*`))
}

function receive(queue: string): readonly string[] {
  return ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) => `sqs:${action} ${queue}`)
}
