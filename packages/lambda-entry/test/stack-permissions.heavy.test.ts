import {
  permissionsOf,
  type Resource,
  readable,
  resourcesOf,
  roleOf as roleIn,
  type Statement,
  statementsOf,
  type Template,
} from '@hexbird/testkit/template'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { FUNCTIONS, type FunctionName } from '../src/functions.js'
import { botOf, removeSynthesized, staging, synthesized, withoutSignIn } from './stack-templates.js'

/** What each function of a stage may do. */
type Permissions = Readonly<Partial<Record<FunctionName, readonly string[]>>>

/** What every function that replies does: `replyOnce`. */
const reply = (stage: string) => [
  ...on(`${stage}_reply`, 'GetItem', 'PutItem', 'DeleteItem'),
  ...on(`${stage}_budget`, 'GetItem', 'PutItem', 'UpdateItem'),
  ...on(`${stage}_breaker`, 'GetItem', 'UpdateItem'),
]

const sweep = (stage: string) => [
  ...on(`${stage}_cursor`, 'GetItem', 'PutItem'),
  ...on(`${stage}_budget`, 'GetItem', 'PutItem', 'UpdateItem'),
  ...on(`${stage}_breaker`, 'GetItem', 'UpdateItem'),
  `sqs:SendMessage ${stage}-hexbird-events`,
  `sqs:SendMessage ${stage}-hexbird-sweep-dead`,
]

/** What `admin` does with the tables that every stage has. */
const admin = (stage: string) => [
  ...on(`${stage}_breaker`, 'GetItem', 'UpdateItem'),
  ...on(`${stage}_reply`, 'GetItem', 'PutItem', 'Scan', 'BatchWriteItem'),
  ...on(`${stage}_budget`, 'GetItem', 'PutItem', 'UpdateItem', 'Scan', 'BatchWriteItem'),
  ...on(`${stage}_opt_out`, 'GetItem', 'UpdateItem', 'Scan', 'BatchWriteItem'),
]

const events = (stage: string) => [...receive(`${stage}-hexbird-events`), `sqs:SendMessage ${stage}-hexbird-events`]
const jobs = (stage: string) => [...receive(`${stage}-hexbird-jobs`), `sqs:SendMessage ${stage}-hexbird-jobs`]

/** What a bot that stores photos and jobs may do with the bucket. */
const PHOTOS_AND_JOBS = {
  tweets: [
    ...objects(['s3:PutObject', 's3:DeleteObject'], ['photos/', 'jobs/']),
    ...objects(['s3:GetObject'], ['jobs/']),
    's3:ListBucket bucket',
  ],
  images: [
    ...objects(['s3:GetObject', 's3:DeleteObject'], ['photos/', 'jobs/']),
    ...objects(['s3:PutObject'], ['photos/']),
    's3:ListBucket bucket',
  ],
  admin: [...objects(['s3:DeleteObject'], ['photos/', 'jobs/']), 's3:ListBucket bucket'],
}

/** The stages that are looked at: three bots, and two that differ from the first in one thing. */
const BOTS = {
  staging: { stage: staging },
  photos: { stage: withoutSignIn('photos') },
  text: { stage: withoutSignIn('text'), bot: botOf('text') },
  jobs: { stage: withoutSignIn('jobs'), bot: botOf('jobs') },
  labeler: { stage: withoutSignIn('labeler'), bot: botOf('own-labeler') },
} as const

/**
 * Everything that each function may do, on what: the other half of what its adapters call. Who changes a permission
 * changes this table, and says why in the same commit.
 */
const PERMISSIONS: Readonly<Record<keyof typeof BOTS, Permissions>> = {
  staging: {
    webhook: ['sqs:SendMessage staging-hexbird-events'],
    'sign-in': [
      ...on('staging_session', 'GetItem', 'PutItem', 'UpdateItem'),
      ...on('staging_twitter', 'GetItem', 'PutItem', 'DeleteItem'),
      ...on('staging_budget', 'GetItem', 'PutItem', 'UpdateItem'),
    ],
    tweets: [
      ...reply('staging'),
      ...on('staging_opt_out', 'GetItem', 'UpdateItem'),
      ...on('staging_twitter', 'DeleteItem'),
      ...PHOTOS_AND_JOBS.tweets,
      ...events('staging'),
    ],
    images: [
      ...reply('staging'),
      ...on('staging_opt_out', 'GetItem'),
      ...PHOTOS_AND_JOBS.images,
      'rekognition:DetectLabels *',
      ...jobs('staging'),
    ],
    sweep: sweep('staging'),
    admin: [
      ...admin('staging'),
      ...on('staging_twitter', 'GetItem', 'DeleteItem', 'Scan', 'BatchWriteItem'),
      ...on('staging_session', 'Scan', 'BatchWriteItem'),
      ...PHOTOS_AND_JOBS.admin,
    ],
  },
  photos: {
    webhook: ['sqs:SendMessage photos-hexbird-events'],
    tweets: [
      ...reply('photos'),
      ...on('photos_opt_out', 'GetItem', 'UpdateItem'),
      ...PHOTOS_AND_JOBS.tweets,
      ...events('photos'),
    ],
    images: [
      ...reply('photos'),
      ...on('photos_opt_out', 'GetItem'),
      ...PHOTOS_AND_JOBS.images,
      'rekognition:DetectLabels *',
      ...jobs('photos'),
    ],
    sweep: sweep('photos'),
    admin: [...admin('photos'), ...PHOTOS_AND_JOBS.admin],
  },
  text: {
    webhook: ['sqs:SendMessage text-hexbird-events'],
    tweets: [...reply('text'), ...on('text_opt_out', 'GetItem', 'UpdateItem'), ...events('text')],
    sweep: sweep('text'),
    admin: admin('text'),
  },
  jobs: {
    webhook: ['sqs:SendMessage jobs-hexbird-events'],
    tweets: [
      ...reply('jobs'),
      ...on('jobs_opt_out', 'GetItem', 'UpdateItem'),
      ...objects(['s3:PutObject'], ['jobs/']),
      ...events('jobs'),
    ],
    images: [
      ...reply('jobs'),
      ...on('jobs_opt_out', 'GetItem'),
      // A job may put another in its place.
      ...objects(['s3:GetObject', 's3:DeleteObject', 's3:PutObject'], ['jobs/']),
      's3:ListBucket bucket',
      ...jobs('jobs'),
    ],
    sweep: sweep('jobs'),
    admin: [...admin('jobs'), ...objects(['s3:DeleteObject'], ['jobs/']), 's3:ListBucket bucket'],
  },
  labeler: {
    webhook: ['sqs:SendMessage labeler-hexbird-events'],
    tweets: [
      ...reply('labeler'),
      ...on('labeler_opt_out', 'GetItem', 'UpdateItem'),
      ...PHOTOS_AND_JOBS.tweets,
      ...events('labeler'),
    ],
    images: [...reply('labeler'), ...on('labeler_opt_out', 'GetItem'), ...PHOTOS_AND_JOBS.images, ...jobs('labeler')],
    sweep: sweep('labeler'),
    admin: [...admin('labeler'), ...PHOTOS_AND_JOBS.admin],
  },
}

/** Each function of each bot. */
const EACH = Object.entries(PERMISSIONS).flatMap(([bot, functions]) =>
  Object.entries(functions).map(([name, may]) => [bot, name as FunctionName, may] as const),
)

/** What AWS takes no other than with a `*`, and why. */
const WILDCARDS: readonly { readonly statement: RegExp; readonly because: string }[] = [
  { statement: /^rekognition:DetectLabels \*$/, because: 'Rekognition knows no resource for a picture' },
  { statement: /^xray:Put(TraceSegments|TelemetryRecords) \*$/, because: 'X-Ray knows no resource for a trace' },
  { statement: /^s3:\w+Object bucket\/(photos|jobs)\/\*$/, because: 'keys are only known by what they begin with' },
]

const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555'

let templates: Readonly<Record<string, Template>>
let plain: Template
let traced: Template
beforeAll(() => {
  const made = Object.entries(synthesized(Object.values(BOTS))).map(([name, { template }]) => [name, template] as const)
  templates = Object.fromEntries(made)
  plain = templateOf('staging')
  traced = synthesized([{ stage: { ...staging, parametersKeyArn: KEY }, tracing: true }]).staging?.template as Template
})

const templateOf = (name: string): Template => {
  const template = templates[name]
  if (!template) throw new Error(`There is no template of ${name}.`)
  return template
}

afterAll(removeSynthesized)

const NAMES = Object.keys(FUNCTIONS) as FunctionName[]

describe('permissions', () => {
  test.each(EACH)('in %s, %s may do what is written here, and nothing else', (bot, name, may) => {
    const always = ['CreateLogStream', 'PutLogEvents'].map(
      (action) => `logs:${action} /aws/lambda/${bot}-hexbird-${name}`,
    )
    const template = templateOf(bot)
    const expected = [...always, ...readParameters(name, bot), ...may]
    expect(permissionsOf(template, roleOf(template, name, bot))).toEqual([...expected].sort())
  })

  test.each(Object.entries(PERMISSIONS))('in %s no other function has any', (bot, functions) => {
    // And the schedule, which starts the sweep.
    expect(resourcesOf(templateOf(bot), 'AWS::IAM::Role')).toHaveLength(Object.keys(functions).length + 1)
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
    const granted = [...Object.values(templates), traced].flatMap((template) =>
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
      .flatMap((type) => Object.values(templates).flatMap((template) => resourcesOf(template, type)))
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement as Statement[])
    for (const { Effect, Principal } of statements) {
      if (Effect === 'Allow') expect(JSON.stringify(Principal)).not.toContain('*')
    }
  })
})

const roleOf = (template: Template, name: FunctionName, stage = 'staging'): Resource =>
  roleIn(template, `${stage}-hexbird-${name}`)

function readParameters(name: FunctionName, stage = 'staging'): string[] {
  // Only people who have signed in have tokens to seal.
  const sealed = stage === 'staging' ? [] : ['secret-box-keys']
  return FUNCTIONS[name].parameters
    .filter((parameter) => !sealed.includes(parameter))
    .map((parameter) => `ssm:GetParameter arn:partition:ssm:region:accountid:parameter/hexbird/${stage}/${parameter}`)
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
