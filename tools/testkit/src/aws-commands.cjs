// Stands in for the commands `aws`, `cdk` and `curl`: writes down each call, and answers as far as a test goes. What the real
// one would not take, by AWS's reference of the AWS CLI 2, it refuses.
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs')
const paths = require('node:path')

const [folder, program, ...args] = process.argv.slice(2)

/** Every operation that is asked for, with the options that it may be given. */
const OPERATIONS = {
  'apigatewayv2 create-api-mapping': ['--domain-name', '--api-id', '--stage'],
  'apigatewayv2 create-domain-name': ['--domain-name', '--domain-name-configurations'],
  'cloudformation describe-stacks': ['--stack-name'],
  'cloudformation update-termination-protection': ['--no-enable-termination-protection', '--stack-name'],
  'cloudwatch describe-alarms': ['--alarm-name-prefix', '--state-value'],
  'configure get': [],
  'dynamodb scan': [
    '--table-name',
    '--projection-expression',
    '--select',
    '--filter-expression',
    '--expression-attribute-values',
  ],
  'lambda delete-function-concurrency': ['--function-name'],
  'lambda get-account-settings': [],
  'lambda invoke': ['--function-name', '--qualifier'],
  'lambda publish-version': ['--function-name'],
  'lambda put-function-concurrency': ['--function-name', '--reserved-concurrent-executions'],
  'lambda update-alias': ['--function-name', '--name', '--function-version'],
  'lambda update-function-configuration': ['--function-name', '--description'],
  'lambda wait': ['--function-name'],
  'logs tail': ['--since', '--follow', '--filter-pattern'],
  'sqs get-queue-url': ['--queue-name'],
  'sqs purge-queue': ['--queue-url'],
  'sqs receive-message': [
    '--max-number-of-messages',
    '--visibility-timeout',
    '--message-system-attribute-names',
    '--queue-url',
  ],
  'sqs start-message-move-task': ['--source-arn'],
  'ssm delete-parameter': ['--name'],
  'ssm delete-parameters': ['--names'],
  'ssm describe-parameters': ['--parameter-filters'],
  'ssm get-parameter': ['--name', '--with-decryption'],
  'ssm put-parameter': ['--type', '--name', '--value', '--overwrite', '--key-id'],
  'sts get-caller-identity': [],
}
const GLOBAL = ['--output', '--query']

const ANSWERS = {
  'lambda get-account-settings': { AccountLimit: { ConcurrentExecutions: 10 } },
  'sts get-caller-identity': { Account: '123456789012' },
}

appendFileSync(paths.join(folder, 'calls.jsonl'), `${JSON.stringify([program, ...args])}\n`)
const operation = args.slice(0, 2).join(' ')
const { status = 0, stdout, stderr = '' } = { stdout: '', ...answer(), ...given() }
process.stdout.write(stdout)
process.stderr.write(stderr)
process.exitCode = status

/** What a test wants to be answered. */
function given() {
  const path = paths.join(folder, 'answers.json')
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8'))[program === 'aws' ? operation : program] : {}
}

function answer() {
  if (program === 'cdk') return deployed()
  if (program === 'curl')
    return { stdout: 'HTTP/2 401\nlocation: https://api.x.com/oauth/authenticate?oauth_token=a\n' }
  if (operation === '--version') return { stdout: 'aws-cli/2.31.0\n' }
  const known = OPERATIONS[operation]
  if (!known) return { status: 252, stderr: `aws: [ERROR]: Invalid choice: ${operation}\n` }
  const unknown = args.filter((word) => word.startsWith('--') && ![...known, ...GLOBAL].includes(word))
  if (unknown.length > 0) return { status: 252, stderr: `aws: [ERROR]: Unknown options: ${unknown.join(', ')}\n` }
  if (operation === 'configure get' || operation === 'logs tail') return {}
  return operation.startsWith('ssm ') ? ofParameters() : { stdout: JSON.stringify(ANSWERS[operation] ?? {}) }
}

/** The parameters that were put are those that are described. */
function ofParameters() {
  const path = paths.join(folder, 'parameters.json')
  const parameters = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
  const name = option('--name')
  if (operation === 'ssm describe-parameters') {
    const [, under] = /Values=(.*)$/.exec(option('--parameter-filters'))
    const found = Object.keys(parameters).filter((each) => each.startsWith(`${under}/`))
    const of = (Name) => ({ Name, Type: 'SecureString', KeyId: 'alias/aws/ssm' })
    return { stdout: JSON.stringify({ Parameters: found.map(of) }) }
  }
  if (operation === 'ssm get-parameter') {
    if (name.startsWith('/cdk-bootstrap/')) return { stdout: '{"Parameter":{"Value":"30"}}' }
    const value = parameters[name]
    if (value === undefined) return { status: 254, stderr: 'An error occurred (ParameterNotFound)\n' }
    return { stdout: option('--output') === 'text' ? `${value}\n` : JSON.stringify({ Parameter: { Value: value } }) }
  }
  if (operation === 'ssm put-parameter') {
    const value = option('--value') === 'file:///dev/stdin' ? readFileSync(0, 'utf8') : option('--value')
    if (value.trim() === '') return { status: 252, stderr: 'Parameter validation failed: a value is empty\n' }
    if (name in parameters && !args.includes('--overwrite')) {
      return { status: 254, stderr: 'An error occurred (ParameterAlreadyExists)\n' }
    }
    parameters[name] = value
  } else {
    for (const each of args.slice(3)) delete parameters[each]
  }
  writeFileSync(path, JSON.stringify(parameters))
  return { stdout: '{"Version":1}' }
}

/** What the stack told. */
function deployed() {
  if (args[0] !== 'deploy') return {}
  const origin = 'https://abc123.execute-api.us-east-1.amazonaws.com'
  const outputs = {
    ApiEndpoint: origin,
    WebhookUrl: `${origin}/twitter/webhook/handleapi`,
    AdminFunction: 'arn:aws:lambda:us-east-1:123456789012:function:staging-hexbird-admin:staging',
  }
  writeFileSync(option('--outputs-file'), JSON.stringify({ [args[1]]: outputs }))
  return {}
}

function option(name) {
  const at = args.indexOf(name)
  return at < 0 ? '' : (args[at + 1] ?? '')
}
