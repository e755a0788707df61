import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import {
  type Ask,
  type FoundParameter,
  nextSteps,
  type Outputs,
  parameterFaults,
  placeholdersOf,
  register,
} from '../src/deployment/deployment.js'
import { parseStages, readStages, type Stage, StagesError } from '../src/deployment/stages.js'
import { FUNCTIONS } from '../src/functions.js'
import { production, staging, withoutSignIn } from './stack-templates.js'

const shipped = readFileSync(fileURLToPath(new URL('../stages.json', import.meta.url)), 'utf8')
const json = (...stages: readonly Stage[]) =>
  JSON.stringify(Object.fromEntries(stages.map(({ name, ...stage }) => [name, stage])))

describe('stages', () => {
  test('are read as they are written', () => {
    expect(parseStages(json(staging, production))).toEqual([staging, production])
  })

  test('may have the settings of the sign-in beside the others, as they were written before', () => {
    const { name, signIn, ...others } = production
    const { concurrency, ...beside } = signIn ?? {}
    const written = { [name]: { ...others, ...beside, signInConcurrency: concurrency } }
    expect(parseStages(JSON.stringify(written))).toEqual([production])
  })

  test('without those settings nobody signs in', () => {
    const stage = withoutSignIn('staging')
    expect(parseStages(json(stage))).toEqual([stage])
    expect(placeholdersOf({ ...stage, botId: '0', botUsername: 'your_bot' })).toHaveLength(2)
  })

  test.each([
    [{ follow: 'link' }, ['staging.message must be', 'staging.privacyPolicyUrl must be', 'staging.returnTo must be']],
    [{ signInConcurrency: 5 }, ['staging.follow must be']],
    [{ signIn: true }, ['staging.signIn must be an object, or left out.']],
    [{ signIn: {} }, ['staging.signIn.follow must be', 'staging.signIn.returnTo must be']],
    [
      { signIn: { ...staging.signIn, colour: 'red' }, follow: 'link' },
      ['staging.signIn.colour is not known.', 'staging.follow belongs in staging.signIn, as follow.'],
    ],
  ])('with a part of them, such as %j, are refused', (some, messages) => {
    const text = json({ ...withoutSignIn('staging'), ...some } as Stage)
    for (const message of messages) expect(() => parseStages(text)).toThrow(message)
  })

  test('in a file that is not there are refused by its name', () => {
    expect(() => readStages('nowhere/stages.json')).toThrow(StagesError)
    expect(() => readStages('nowhere/stages.json')).toThrow(/^nowhere\/stages\.json cannot be read: /)
  })

  test('of one account are refused: both would answer every mention', () => {
    const both = json(staging, { ...production, botId: staging.botId })
    expect(() => parseStages(both)).toThrow(
      'production.botId is the same as that of staging: both would answer every mention.',
    )
  })

  test('that come with the project can be synthesized, and are not deployed before they are somebody’s', () => {
    const stages = parseStages(shipped)
    expect(stages.map(({ name }) => name)).toEqual(['staging', 'production'])
    expect(stages.filter(({ webhookStage }) => webhookStage)).toHaveLength(1)
    for (const stage of stages) expect(placeholdersOf(stage)).toHaveLength(3)
    expect(placeholdersOf(staging)).toEqual([])
  })

  test('are refused with every fault at once, and in words', () => {
    const wrong = {
      staging: {
        ...staging,
        name: undefined,
        botId: 2244994945,
        signIn: { ...staging.signIn, follow: 'maybe' },
        webhook: true,
      },
      Production: {},
      local: {},
    }
    expect(() => parseStages(JSON.stringify(wrong))).toThrow(
      new StagesError(
        [
          'stages.json cannot be used:',
          '- staging.botId must be the 1 to 19 digits of an account id, as a string.',
          '- staging.signIn.follow must be one of api, link, off.',
          '- staging.webhook is not known.',
          '- "Production" is not a stage name: use 1 to 20 of a-z, 0-9 and -, starting with a letter.',
          '- "local" is reserved for your own machine and cannot be deployed.',
        ].join('\n'),
      ),
    )
  })

  test.each([
    ['{', /^stages\.json is not JSON: /],
    ['[]', /must be an object/],
    ['{}', /it has no stage/],
    ['{"staging": 1}', /staging must be an object/],
  ])('that are %s are refused', (text, message) => {
    expect(() => parseStages(text)).toThrow(message)
  })

  test.each([
    ['origin', 'https://bot.example/'],
    ['origin', 'http://bot.example'],
    ['signIn', { ...staging.signIn, returnTo: ['https://one.example,https://evil.example'] }],
    ['webhookConcurrency', -1],
    ['limits', { HEXBIRD_LIMIT_PER_DAY: 5 }],
    ['limits', { HEXBIRD_LIMIT_PER_DAY: 'much' }],
    ['limits', { HEXBIRD_LIMIT_PER_YEAR: '5' }],
    ['parametersKeyArn', 'alias/aws/ssm'],
    ['alarmEmail', 'nobody'],
    ['botUsername', '@hexbird'],
  ])('with a %s like %j are refused', (field, value) => {
    expect(() => parseStages(json({ ...staging, [field]: value }))).toThrow(
      new RegExp(`staging\\.${field}(\\.\\w+)? must be`),
    )
  })
})

describe('parameters', () => {
  const all = [...new Set(Object.values(FUNCTIONS).flatMap(({ parameters }): readonly string[] => parameters))]
  const found = (stage: Stage, over: Partial<FoundParameter> = {}): FoundParameter[] =>
    all.map((name) => ({
      Name: `/hexbird/${stage.name}/${name}`,
      Type: 'SecureString',
      KeyId: 'alias/aws/ssm',
      ...over,
    }))

  test('that are all there are nothing to speak of', () => {
    expect(parameterFaults(staging, found(staging))).toEqual([])
  })

  test('that are missing are told, each with what it is and the command that puts it there; the optional one is not', () => {
    const faults = parameterFaults(staging, [])
    expect(faults).toHaveLength(all.length - 1)
    expect(faults.join()).not.toContain('client-secret')
    expect(faults[0]).toBe(
      [
        '/hexbird/staging/consumer-secret is missing: the API key secret of your app at X.',
        '    aws ssm put-parameter --type SecureString --name /hexbird/staging/consumer-secret --value file:///dev/stdin',
      ].join('\n'),
    )
  })

  test('of the sign-in are asked for where people sign in, and nowhere else', () => {
    const stage = withoutSignIn('staging')
    const faults = parameterFaults(stage, [])
    expect(faults.length).toBeGreaterThan(4)
    expect(faults.join()).not.toMatch(/cookie-keys|secret-box-keys/)
    expect(parameterFaults(staging, []).join()).toMatch(/secret-box-keys.*cookie-keys/s)
  })

  test('of another stage count for nothing', () => {
    expect(parameterFaults(staging, found(production))).toHaveLength(all.length - 1)
  })

  test('in plain text are refused', () => {
    const faults = parameterFaults(staging, found(staging, { Type: 'String' }))
    expect(faults).toHaveLength(all.length)
    expect(faults[0]).toMatch(/is a String, in plain text.*aws ssm delete-parameter.*--type SecureString/s)
  })

  test('under a key that no function may use are refused, and accepted where the stage names it', () => {
    const KeyId = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555'
    expect(parameterFaults(staging, found(staging, { KeyId }))[0]).toContain('staging.parametersKeyArn')
    const stage = { ...staging, parametersKeyArn: KeyId }
    expect(parameterFaults(stage, found(stage, { KeyId }))).toEqual([])
    expect(parameterFaults(stage, found(stage, { KeyId: KeyId.split('/')[1] ?? '' }))).toEqual([])
    expect(parameterFaults(stage, found(stage))[0]).toContain(
      'which no function may use. To fix this, store the value again',
    )
    expect(parameterFaults(stage, [])[0]).toContain(`--key-id ${KeyId}`)
  })
})

describe('registration', () => {
  const URL_ = 'https://bot.example/twitter/webhook/handleapi'
  const done = (result: unknown) => ({ kind: 'done', result })
  const hook = { id: '1', url: URL_, valid: true }
  const subscribed = [{ kind: 'subscribed', subscription: { eventType: 'post.mention.create' } }]
  /** An admin function that answers each action so, and what it was asked. */
  const admin = (answers: Readonly<Record<string, unknown>>) => {
    const asked: string[] = []
    const ask: Ask = async ({ action }) => {
      asked.push(String(action))
      return answers[String(action)]
    }
    return { ask, asked }
  }

  test('makes the webhook, then the subscription', async () => {
    const { ask, asked } = admin({
      'webhook-list': done([]),
      'webhook-register': done({ kind: 'registered', webhook: hook }),
      subscribe: done(subscribed),
    })
    expect(await register(ask, URL_, 'x-activity')).toEqual({
      kind: 'registered',
      webhookId: '1',
      lines: ['The webhook 1 is registered.', 'Subscribed to post.mention.create.'],
    })
    expect(asked).toEqual(['webhook-list', 'webhook-register', 'subscribe'])
  })

  test('can be done again: what is there stays', async () => {
    const duplicate = { kind: 'refused', reason: 'DuplicateSubscriptionFailed', eventType: 'post.mention.create' }
    const { ask, asked } = admin({ 'webhook-list': done([hook]), subscribe: done([duplicate]) })
    expect(await register(ask, URL_, 'x-activity')).toMatchObject({
      kind: 'registered',
      lines: ['The webhook 1 exists and is valid.', 'Already subscribed to post.mention.create.'],
    })
    expect(asked).toEqual(['webhook-list', 'subscribe'])
  })

  test('has a webhook that X takes for broken checked anew', async () => {
    const { ask, asked } = admin({
      'webhook-list': done([{ ...hook, valid: false }]),
      'webhook-revalidate': done({ kind: 'valid', webhook: hook }),
      subscribe: done(subscribed),
    })
    expect(await register(ask, URL_, 'x-activity')).toMatchObject({ kind: 'registered' })
    expect(asked).toEqual(['webhook-list', 'webhook-revalidate', 'subscribe'])
  })

  test('says which webhook is in the way where X allows no more', async () => {
    const { ask } = admin({
      'webhook-list': done([{ id: '7', url: 'https://other.example/x', valid: true }]),
      'webhook-register': done({ kind: 'refused', reason: 'WebhookLimitExceeded', detail: 'Too many webhooks.' }),
    })
    expect(await register(ask, URL_, 'x-activity')).toEqual({
      kind: 'refused',
      detail:
        'Too many webhooks. X already has 7 (https://other.example/x). Delete it first: npx hexbird webhook delete <id> --stage <name>',
    })
  })

  test.each([
    [
      'a refused subscription',
      { 'webhook-list': done([hook]), subscribe: done([{ kind: 'refused', reason: 'NotPermitted', detail: 'No.' }]) },
      'No.',
    ],
    ['a refused request', { 'webhook-list': { kind: 'refused', detail: 'Not so.' } }, 'Not so.'],
    ['an answer of another kind', { 'webhook-list': null }, 'The admin function returned an unexpected answer.'],
  ])('takes %s for what it is', async (_, answers, detail) => {
    expect(await register(admin(answers).ask, URL_, 'x-activity')).toEqual({ kind: 'refused', detail })
  })
})

test('what to do next depends on what has been done', () => {
  const outputs: Outputs = {
    ApiEndpoint: 'https://api',
    WebhookUrl: 'https://api/twitter/webhook/handleapi',
    CallbackUrl: 'https://api/api/twitter-session/callback',
    SignInUrl: 'https://api/sign-in',
    AdminFunction: 'arn',
    SessionTable: 'staging_session',
    AlarmTopic: 'arn:topic',
  }
  const steps = (stage: Stage, registered: boolean) => nextSteps(stage, outputs, registered).join('\n')
  expect(steps(production, false)).toContain('npm run deploy -- --stage production --register')
  expect(steps(production, true)).not.toContain('--register')
  expect(steps(staging, false)).toContain('This stage has no webhook')
  expect(steps(staging, false)).toContain('subscribe to arn:topic')
  expect(steps(production, false)).toContain('Confirm the email that AWS sends to somebody@bot.example')
  expect(steps(staging, false)).toContain('curl -si https://api/api/twitter-session |')

  const { ApiEndpoint, WebhookUrl, AdminFunction } = outputs
  const least = nextSteps(withoutSignIn('staging'), { ApiEndpoint, WebhookUrl, AdminFunction }, false).join('\n')
  expect(least).not.toMatch(/undefined|callback|session|alarm/i)
  expect(least).toContain('npm run logs -- --stage staging --follow')
})

describe('npm run deploy, for the bot of this repository', () => {
  const deploy = (...args: readonly string[]) => {
    const script = fileURLToPath(new URL('../../../scripts/deploy.mjs', import.meta.url))
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' })
    return { status, said: `${stdout}${stderr}` }
  }

  test.each([
    [[], 'Pass --stage staging or --stage production.'],
    [['--stage', 'staging'], 'stages.json still has placeholder values.'],
    [['--stag', 'staging'], "unknown option '--stag'"],
  ])('with %j says what is meant, without a stack trace', (args, message) => {
    const { status, said } = deploy(...args)
    expect(said).toContain(message)
    expect(said).not.toMatch(/^\s+at /m)
    expect(status).toBe(2)
  })
})
