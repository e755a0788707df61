import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AuthorAws, linkPackages, startAuthorAws } from '@hexbird/testkit/author-aws'
import { hexbird } from '@hexbird/testkit/hexbird'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

const staging = {
  botId: '1234567890',
  botUsername: 'my_bot_staging',
  webhookStage: true,
  webhookConcurrency: 0,
}
const production = { ...staging, botId: '9876543210', webhookStage: false }

let folder: string
let project: string
let aws: AuthorAws
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hexbird-deploy-test-'))
  project = join(folder, 'my-bot')
  await mkdir(project)
  aws = await startAuthorAws(join(folder, 'aws'))
  await linkPackages(project, aws)
  await write('stages.json', { staging, production })
})
afterEach(async () => {
  await aws.close()
  await rm(folder, { recursive: true })
})

const write = (name: string, content: object | string) =>
  writeFile(join(project, name), typeof content === 'string' ? content : JSON.stringify(content))

/** Runs the command as its author does, in the folder of the bot. */
const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  hexbird(args, { ...aws.env, TMPDIR: folder, ...env }, project)

/** The same, for a mistake of the author's: said in words, with exit code 2. */
async function refused(args: readonly string[], env?: Readonly<Record<string, string>>) {
  const { code, stdout, stderr } = await run(args, env)
  expect(stderr).not.toMatch(/^\s+at /m)
  expect([code, stdout]).toEqual([2, ''])
  return stderr
}

async function storeSecrets(stage = 'staging') {
  const names = ['consumer-key', 'consumer-secret', 'access-token', 'access-secret', 'bearer-token']
  const stored = names.map((name) => [`/hexbird/${stage}/${name}`, 'a secret'])
  await writeFile(join(folder, 'aws/parameters.json'), JSON.stringify(Object.fromEntries(stored)))
}
const cdkCalls = () => aws.calls().filter(([program]) => program === 'cdk')

describe('hexbird deploy', () => {
  test('deploys a stage by the CDK of the project, and says what the stage has and what is next', async () => {
    await storeSecrets()
    const { code, stdout, stderr } = await run(['deploy', '--stage', 'staging'])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('staging is deployed.')
    expect(stdout).toMatch(/WebhookUrl +https:\/\/abc123\.\S+\/twitter\/webhook\/handleapi/)
    expect(stdout).toContain('npm run deploy -- --stage staging --register')
    const [[, ...args] = []] = cdkCalls()
    expect(args).toEqual(['deploy', 'hexbird-staging', '--outputs-file', expect.any(String), '--no-notices'])
  })

  test('asks nothing, follows requests and tells a program what the stage has, if that is wanted', async () => {
    await storeSecrets()
    const ran = await run(['deploy', '--stage', 'staging', '--yes', '--tracing', '--json'])
    expect(ran.json()).toMatchObject({ stage: 'staging', outputs: { WebhookUrl: expect.any(String) } })
    expect(cdkCalls()[0]?.slice(6)).toEqual(['--context', 'tracing=true', '--require-approval', 'never'])
  })

  test('has X deliver to the stage afterwards, if that is wanted', async () => {
    await storeSecrets()
    const { code, stdout } = await run(['deploy', '--stage', 'staging', '--register'])
    expect([code, stdout]).toEqual([0, expect.stringContaining('- Subscribed to post.mention.create.')])
    expect(aws.asked).toEqual([
      { action: 'webhook-list' },
      { action: 'subscribe', webhookId: '1', dialect: 'x-activity' },
    ])
  })

  test('says what X has against it', async () => {
    await storeSecrets()
    aws.results.subscribe = [{ kind: 'refused', reason: 'NotPermitted', detail: 'Not for this app.' }]
    const { code, stdout, stderr } = await run(['deploy', '--stage', 'staging', '--register'])
    expect([code, stderr]).toEqual([1, 'hexbird: X does not deliver: Not for this app.\n'])
    expect(stdout).toContain('staging is deployed.')
  })

  test('says that the CDK did not deploy, and deletes what it wrote', async () => {
    await storeSecrets()
    await aws.answer('cdk', { status: 1, stderr: 'The stack is in ROLLBACK_COMPLETE.\n' })
    const { code, stderr } = await run(['deploy', '--stage', 'staging'])
    expect([code, stderr]).toEqual([
      1,
      'The stack is in ROLLBACK_COMPLETE.\nhexbird: hexbird-staging was not deployed. See the output of the CDK above.\n',
    ])
    expect((await readdir(folder)).sort()).toEqual(['aws', 'my-bot'])
  })

  test.each<[args: readonly string[], message: string]>([
    [[], 'Pass --stage staging or --stage production.'],
    [['--stage', 'prod'], 'stages.json has no stage "prod". Pass --stage staging or --stage production.'],
    [['--stage', 'production', '--register'], 'set production.webhookStage to true in stages.json'],
    [['--stage', 'staging', '--dialect', 'morse'], 'Allowed choices are x-activity, account-activity.'],
  ])('with %j says what to type', async (args, message) => {
    expect(await refused(['deploy', ...args])).toContain(message)
    expect(aws.calls()).toEqual([])
  })

  test.each<[what: string, stages: object | string, message: string]>([
    ['that is no JSON', '{', 'stages.json is not JSON. Correct it: '],
    ['with a fault', { staging: { ...staging, botId: 42 } }, '- staging.botId must be the 1 to 19 digits'],
    ['as it came', { staging: { ...staging, botId: '0' } }, '- staging.botId must be the id of your bot'],
  ])('names the mistakes in a stages.json %s', async (_, stages, message) => {
    await write('stages.json', stages)
    expect(await refused(['deploy', '--stage', 'staging'])).toContain(message)
  })

  test('outside of a project for AWS says how to make one', async () => {
    await rm(join(project, 'stages.json'))
    expect(await refused(['deploy', '--stage', 'staging'])).toContain('set the bot up for AWS: npx hexbird add aws')
  })

  test.each(['@hexbird/lambda-entry', 'aws-cdk'])('says that %s is not installed', async (name) => {
    await rm(join(project, 'node_modules', name), { recursive: true })
    expect(await refused(['deploy', '--stage', 'staging'])).toContain(
      `${name} is not installed in this project. Run npm install.`,
    )
  })

  test('prints the command that stores each missing secret, and deploys nothing', async () => {
    const said = await refused(['deploy', '--stage', 'staging'])
    expect(said).toContain('- /hexbird/staging/consumer-key is missing')
    expect(said.match(/aws ssm put-parameter --type SecureString --name/g)).toHaveLength(5)
    expect(cdkCalls()).toEqual([])
  })

  test('says where to get the AWS CLI', async () => {
    expect(await refused(['deploy', '--stage', 'staging'], { PATH: project })).toMatch(/needs the AWS CLI.*https:/)
  })

  test.each<[what: string, operation: string, stderr: string, message: RegExp]>([
    ['nobody is signed in', 'sts get-caller-identity', 'ExpiredToken: over', /ExpiredToken: over\n.*aws sso login/],
    [
      'the CDK was never set up',
      'ssm get-parameter',
      'An error occurred (ParameterNotFound)',
      /npx cdk bootstrap aws:\/\/123456789012\/us-east-1/,
    ],
    ['that may not be asked', 'ssm get-parameter', 'AccessDenied', /AWS refused `aws ssm get-parameter`: AccessDenied/],
  ])('says what to do if %s', async (_, operation, stderr, message) => {
    await aws.answer(operation, { status: 254, stdout: '', stderr: `\n${stderr}\n` })
    expect(await refused(['deploy', '--stage', 'staging'])).toMatch(message)
  })

  test('takes the region from wherever the AWS CLI does, and says if there is none', async () => {
    const none = { AWS_REGION: '' }
    expect(await refused(['deploy', '--stage', 'staging'], none)).toContain('export AWS_REGION=us-east-1')
    await storeSecrets()
    await aws.answer('configure get', { stdout: 'eu-central-1\n' })
    expect((await run(['deploy', '--stage', 'staging'], none)).code).toBe(0)
    const elsewhere = { ...none, AWS_DEFAULT_REGION: 'eu-central-1' }
    expect((await run(['deploy', '--stage', 'staging', '--register'], elsewhere)).code).toBe(0)
  })

  test('reserves no runs that the account does not have', async () => {
    await write('stages.json', { staging: { ...staging, webhookConcurrency: 120 } })
    const said = await refused(['deploy', '--stage', 'staging'])
    expect(said).toMatch(/can run 10 functions at once, so 120 cannot be reserved.*Set webhookConcurrency .* to 0/)
  })
})

describe('hexbird logs', () => {
  test.each<[args: readonly string[], asked: readonly string[]]>([
    [[], ['/aws/lambda/staging-hexbird-tweets', '--since', '10m']],
    [
      ['webhook', '--follow'],
      ['/aws/lambda/staging-hexbird-webhook', '--since', '10m', '--follow'],
    ],
    [
      ['api', '--since', '2h'],
      ['/aws/apigateway/staging-hexbird-api', '--since', '2h'],
    ],
    [
      ['images', '--tweet', '123'],
      ['/aws/lambda/staging-hexbird-images', '--since', '10m', '--filter-pattern', '{ $.tweetId = "123" }'],
    ],
  ])('with %j shows what that function wrote', async (args, asked) => {
    await aws.answer('logs tail', { stdout: 'what AWS shows\n' })
    const { code, stdout, stderr } = await run(['logs', ...args, '--stage', 'staging'])
    expect([code, stdout, stderr]).toEqual([0, 'what AWS shows\n', ''])
    expect(aws.calls()).toEqual([
      ['aws', '--version'],
      ['aws', 'logs', 'tail', ...asked],
    ])
  })

  test.each([
    ['stdout', 'aws-cli/1.45.11 Python/3.11.7 Linux/6.18 botocore/1.43.11\n'],
    // As older ones do.
    ['stderr', 'aws-cli/1.14.44 Python/2.7.12 Linux/4.4 botocore/1.8.48\n'],
  ])('asks for version 2 of the AWS CLI where %s of version 1 says %s', async (output, said) => {
    await aws.answer('--version', { stdout: '', [output]: said })
    const [version = ''] = /(?<=\/)\S+/.exec(said) ?? []
    for (const command of ['logs', 'deploy']) {
      expect(await refused([command, '--stage', 'staging'])).toMatch(
        `hexbird: hexbird ${command} needs AWS CLI version 2, but \`aws --version\` says ${version}. Install it: https://`,
      )
    }
    expect(aws.calls()).toEqual([
      ['aws', '--version'],
      ['aws', '--version'],
    ])
  })

  test('takes a version that it cannot read for a newer one', async () => {
    await aws.answer('--version', { stdout: 'something else\n' })
    expect((await run(['logs', '--stage', 'staging'])).code).toBe(0)
  })

  test('says what to look at if AWS shows nothing', async () => {
    await aws.answer('logs tail', { status: 254, stderr: 'ResourceNotFoundException\n' })
    expect(await refused(['logs', 'images', '--stage', 'staging'])).toMatch(
      /^ResourceNotFoundException\nhexbird: AWS cannot show \/aws\/lambda\/staging-hexbird-images.*is deployed/,
    )
  })

  test.each<[args: readonly string[], message: string]>([
    [[], 'Pass --stage staging or --stage production.'],
    [['everything', '--stage', 'staging'], 'Allowed choices are webhook, sign-in, tweets'],
    [['--tweet', 'abc', '--stage', 'staging'], 'A tweet id has 1 to 19 digits.'],
  ])('with %j says what to type', async (args, message) => {
    expect(await refused(['logs', ...args])).toContain(message)
  })
})

describe('hexbird admin', () => {
  test('asks the stage for what no other command asks', async () => {
    const ran = await run(['admin', '{"action":"state"}', '--stage', 'staging', '--json'])
    expect(ran.json()).toMatchObject({ stage: 'staging', result: { bot: { id: '1234567890' } } })
    expect(aws.asked).toEqual([{ action: 'state' }])
  })

  test('says what the stage refuses', async () => {
    const said = await refused(['admin', '{"action":"dance"}', '--stage', 'staging'])
    expect(said).toBe('hexbird: action is one of …\n')
  })

  test('shows how a request is written', async () => {
    const said = await refused(['admin', 'state', '--stage', 'staging'])
    expect(said).toContain(`For example: hexbird admin '{"action":"state"}' --stage staging`)
  })
})

describe('hexbird synth', () => {
  test('runs the app of the project, and names what is wrong with its stages without a place in the app', async () => {
    await write(
      'app.ts',
      "import { writeFileSync } from 'node:fs'\nwriteFileSync('ran', process.env.CDK_OUTDIR ?? '')\n",
    )
    const { code, stdout } = await run(['synth'])
    expect([code, stdout]).toEqual([0, 'The templates are in cdk.out/.\n'])
    await write('app.ts', "throw Object.assign(new Error('stages.json is odd'), { code: 'STAGES_INVALID' })\n")
    expect(await refused(['synth'])).toBe('hexbird: stages.json is odd\n')
    // As an app of the CDK does.
    const again = "process.once('beforeExit', () => { throw new Error('again') })"
    await write('app.ts', `${again}\nthrow new Error('my own')\n`)
    expect(await refused(['synth'])).toMatch(/app\.ts cannot be loaded:\n {2}app\.ts:2:\d+: my own\n$/)
  })

  test('keeps the templates that are there if the app fails, and replaces all of them if it does not', async () => {
    const kept = join(project, 'cdk.out/old.json')
    await mkdir(join(project, 'cdk.out'))
    await writeFile(kept, '{}')
    const writes = [
      "import { mkdirSync, writeFileSync } from 'node:fs'",
      "const folder = process.env.CDK_OUTDIR ?? ''",
      'mkdirSync(folder)',
      'writeFileSync(`${folder}/new.json`, "{}")',
    ].join('\n')
    for (const end of ["throw new Error('no good')", 'process.exitCode = 2']) {
      await write('app.ts', `${writes}\n${end}\n`)
      await refused(['synth'])
      expect(await readdir(join(project, 'cdk.out'))).toEqual(['old.json'])
    }
    await write('app.ts', `${writes}\n`)
    expect((await run(['synth'])).code).toBe(0)
    expect(await readdir(join(project, 'cdk.out'))).toEqual(['new.json'])
    expect((await readdir(project)).filter((name) => name.startsWith('cdk.out'))).toEqual(['cdk.out'])
  })

  test('says which placeholder values are left', async () => {
    await write('app.ts', '')
    await write('stages.json', { staging: { ...staging, botId: '0' }, production })
    const { code, stdout, stderr } = await run(['synth'])
    expect([code, stdout]).toEqual([0, 'The templates are in cdk.out/.\n'])
    expect(stderr).toMatch(/^Before you deploy, .* in stages\.json:\n- staging\.botId must be .*\n$/)
  })

  test('ends as the app does', async () => {
    await write('app.ts', "console.error('no good')\nprocess.exitCode = 2\n")
    expect(await refused(['synth'])).toBe('no good\n')
  })

  test('writes where the command of the CDK wants it, and says nothing then', async () => {
    await write(
      'app.ts',
      "import { writeFileSync } from 'node:fs'\nwriteFileSync('ran', process.env.CDK_OUTDIR ?? '')\n",
    )
    const { code, stdout } = await run(['synth'], { CDK_OUTDIR: join(folder, 'out') })
    expect([code, stdout]).toEqual([0, ''])
  })
})
