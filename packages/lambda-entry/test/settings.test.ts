import { textArbitrary } from '@hexbird/core/testing'
import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import { assert, asyncProperty, constantFrom, dictionary, option, record } from 'fast-check'
import { type EnvironmentName, FUNCTIONS, type FunctionName } from '../src/functions.js'
import { type AnySettings, linesOf, readSettings, SettingsError } from '../src/settings.js'

const NAMES = Object.keys(FUNCTIONS) as FunctionName[]

const GOOD: Readonly<Record<EnvironmentName | 'HEXBIRD_STAGE' | 'HEXBIRD_BOT_ID' | 'HEXBIRD_BOT_USERNAME', string>> = {
  HEXBIRD_STAGE: 'staging',
  HEXBIRD_BOT_ID: '1790000000000000001',
  HEXBIRD_BOT_USERNAME: 'your_bot',
  HEXBIRD_BUCKET: 'staging-hexbird-photos',
  HEXBIRD_EVENTS_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/123456789012/staging-hexbird-events',
  HEXBIRD_JOBS_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/123456789012/staging-hexbird-jobs',
  HEXBIRD_ORIGIN: 'https://bot.example',
  HEXBIRD_FOLLOW: 'link',
  HEXBIRD_MESSAGE: 'off',
  HEXBIRD_PRIVACY_POLICY_URL: 'https://bot.example/privacy',
  HEXBIRD_RETURN_TO: '',
}

const OVERRIDES = [
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_SQS',
  'AWS_ENDPOINT_URL_DYNAMODB',
  'AWS_CONFIG_FILE',
  'AWS_CA_BUNDLE',
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'NODE_EXTRA_CA_CERTS',
  'NODE_USE_ENV_PROXY',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'http_proxy',
  'https_proxy',
  'ALL_PROXY',
  'all_proxy',
]

const everyParameter = async (path: string) => `value of ${path}`

/** The message of the refusal. Whatever else comes is no refusal. */
async function refusal(settings: Promise<AnySettings>): Promise<string> {
  const error = await settings.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(SettingsError)
  return (error as SettingsError).message
}

describe('readSettings', () => {
  test('asks for nothing that the stage does without', async () => {
    const { HEXBIRD_BUCKET: _, ...environment } = { ...GOOD, HEXBIRD_WITHOUT: 'jobs,sign-in' }
    const settings = await readSettings('admin', environment, everyParameter)
    expect(settings.without).toEqual(['jobs', 'sign-in'])
    expect(Object.keys(settings.environment)).toEqual([])
    expect(Object.keys(settings.parameters)).not.toContain('secret-box-keys')
    expect((await readSettings('admin', GOOD, everyParameter)).without).toEqual([])
  })

  test('takes no other name for what a stage does without', async () => {
    const message = await refusal(readSettings('tweets', { ...GOOD, HEXBIRD_WITHOUT: 'webhook' }, everyParameter))
    expect(message).toContain('- HEXBIRD_WITHOUT is wrong: it must be a list of jobs, sign-in.')
  })

  test.each(NAMES)('gives %s what it needs, and nothing besides', async (name) => {
    const settings = await readSettings(name, { ...GOOD, UNRELATED: 'x' }, everyParameter)
    expect(settings.function).toBe(name)
    expect(settings.stage).toBe('staging')
    expect(settings.bot).toEqual({ id: '1790000000000000001', username: 'your_bot' })
    expect(Object.keys(settings.environment)).toEqual([...FUNCTIONS[name].environment])
    expect(Object.keys(settings.parameters)).toEqual([...FUNCTIONS[name].parameters])
  })

  test.each(NAMES)('asks for the parameters of %s and for no other', async (name) => {
    const asked: string[] = []
    await readSettings(name, GOOD, async (path) => {
      asked.push(path)
      return 'a value'
    })
    expect(asked).toEqual(FUNCTIONS[name].parameters.map((parameter) => `/hexbird/staging/${parameter}`))
  })

  test('gives the limits that the stage sets, and names one that is none', async () => {
    const limits = { HEXBIRD_LIMIT_PER_DAY: '20', HEXBIRD_LIMIT_PER_AUTHOR_PER_DAY: '0.5' }
    const settings = await readSettings('tweets', { ...GOOD, ...limits }, everyParameter)
    expect(settings.limits).toEqual({ perDay: 20_000_000, perAuthorPerDay: 500_000 })
    const wrong = readSettings('sweep', { ...GOOD, HEXBIRD_LIMIT_SWEEP_PER_DAY: 'much' }, everyParameter)
    expect(await refusal(wrong)).toContain('- HEXBIRD_LIMIT_SWEEP_PER_DAY is wrong: it must be an amount in dollars')
  })

  test('tells of every fault in one message', async () => {
    const environment = { ...GOOD, HEXBIRD_BOT_ID: 'twelve', HEXBIRD_FOLLOW: 'always', HEXBIRD_ORIGIN: undefined }
    const missing = ['/hexbird/staging/cookie-keys', '/hexbird/staging/consumer-key']
    const message = await refusal(
      readSettings('sign-in', environment, async (path) => (missing.includes(path) ? undefined : 'a value')),
    )
    expect(message).toBe(`The function sign-in cannot start:
- HEXBIRD_BOT_ID is wrong: it must be 1 to 19 digits.
- HEXBIRD_ORIGIN is missing.
- HEXBIRD_FOLLOW is wrong: it must be api, link or off.
- the parameter /hexbird/staging/consumer-key is missing: aws ssm put-parameter --type SecureString --name /hexbird/staging/consumer-key --value ….
- the parameter /hexbird/staging/cookie-keys is missing: aws ssm put-parameter --type SecureString --name /hexbird/staging/cookie-keys --value ….`)
  })

  test('takes a parameter of blanks for missing', async () => {
    const message = await refusal(readSettings('webhook', GOOD, async () => ' \n'))
    expect(message).toContain('--name /hexbird/staging/consumer-secret ')
    expect(message).not.toContain('client-secret')
  })

  test('does without an optional parameter', async () => {
    const settings = await readSettings('webhook', GOOD, async (path) =>
      path.endsWith('client-secret') ? undefined : ' the-secret\n',
    )
    expect(settings.parameters).toEqual({ 'consumer-secret': 'the-secret', 'client-secret': '' })
  })

  test('asks for no parameter where it does not know the stage', async () => {
    const message = await refusal(
      readSettings('webhook', { ...GOOD, HEXBIRD_STAGE: 'Nope!' }, async (path) => {
        throw new Error(`asked for ${path}`)
      }),
    )
    expect(message).toBe(
      'The function webhook cannot start:\n- HEXBIRD_STAGE is wrong: it must be a short lower-case name.',
    )
  })

  test('hands on what could not be read', async () => {
    const broken = new Error('The extension does not answer.')
    await expect(readSettings('webhook', GOOD, () => Promise.reject(broken))).rejects.toBe(broken)
  })

  test.each(OVERRIDES)('a deployed stage refuses %s', async (variable) => {
    const environment = { ...GOOD, [variable]: 'http://somewhere-else.example' }
    expect(await refusal(readSettings('webhook', environment, everyParameter))).toBe(
      `The function webhook cannot start:\n- ${variable} is set, but a deployed stage accepts no override.`,
    )
  })

  test.each(OVERRIDES)('the stage that runs here takes %s', async (variable) => {
    const environment = { ...GOOD, HEXBIRD_STAGE: 'local', [variable]: 'http://127.0.0.1:4566' }
    expect((await readSettings('webhook', environment, everyParameter)).stage).toBe('local')
  })

  test('what AWS sets by itself is no override', async () => {
    const environment = { ...GOOD, AWS_REGION: 'us-east-1', AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001', NO_PROXY: '*' }
    await expect(readSettings('webhook', environment, everyParameter)).resolves.toBeDefined()
  })

  test.each([
    ['sign-in', 'HEXBIRD_ORIGIN', 'http://127.0.0.1:8080'],
    ['tweets', 'HEXBIRD_EVENTS_QUEUE_URL', 'http://127.0.0.1:4566/queue'],
    ['images', 'HEXBIRD_JOBS_QUEUE_URL', 'http://127.0.0.1:4566/queue'],
  ] as const)('plain http is for the stage that runs here alone: %s, %s', async (name, variable, value) => {
    const environment = { ...GOOD, [variable]: value }
    expect(await refusal(readSettings(name, environment, everyParameter))).toContain(
      `- ${variable} is wrong: in a deployed stage it must start with https://.`,
    )
    const local = await readSettings(name, { ...environment, HEXBIRD_STAGE: 'local' }, everyParameter)
    expect(local.environment).toHaveProperty(variable, value)
  })

  test.each([
    'bot.example',
    'https://',
    'https://bot.example/',
    'https://me:it@bot.example',
    'https://bot.example?a=b',
  ])('an origin is a scheme and a host, not %s', async (HEXBIRD_ORIGIN) => {
    expect(await refusal(readSettings('sign-in', { ...GOOD, HEXBIRD_ORIGIN }, everyParameter))).toContain(
      'HEXBIRD_ORIGIN is wrong: it must be an origin',
    )
  })

  test('whatever it is told, it gives settings or tells of the faults, and never of a value', async () => {
    const value = textArbitrary({ minLength: 1 }).map((text) => `~${text}~`)
    const variables = [...Object.keys(GOOD), ...OVERRIDES]
    const environments = dictionary(constantFrom(...variables, '__proto__', 'constructor'), option(value))
    await assert(
      asyncProperty(
        constantFrom(...NAMES),
        constantFrom('bad', 'good'),
        environments,
        record({
          each: option(value, { nil: undefined }),
          some: option(textArbitrary(), { nil: undefined }),
        }),
        async (name, base, odd, { each, some }) => {
          const told = Object.fromEntries(Object.entries(odd).map(([key, text]) => [key, text ?? undefined]))
          const environment = { ...(base === 'good' && GOOD), ...told }
          const read = async (path: string) => (path.length % 2 === 0 ? each : some)
          const error = await readSettings(name, environment, read).then(
            () => undefined,
            (thrown: unknown) => thrown,
          )
          if (error === undefined) return
          expect(error).toBeInstanceOf(SettingsError)
          const { message, cause } = error as SettingsError
          expect(cause).toBeUndefined()
          const values = [each, ...Object.values(told)].filter((text) => text !== undefined)
          expect(values.filter((text) => message.includes(text))).toEqual([])
        },
      ),
      { numRuns: runs() },
    )
  })
})

describe('linesOf', () => {
  test('gives the values of a parameter, one a line, the first first', () => {
    expect(linesOf(' new \n\r\nold\n')).toEqual(['new', 'old'])
    expect(linesOf('')).toEqual([])
  })
})
