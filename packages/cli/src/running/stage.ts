import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import type { OperatorResult } from '@hexbird/core/host'
import { defined } from '@hexbird/core/util'
import { CommandError } from '../command-error.js'
import { UsageError } from '../usage-error.js'
import type { StageRequest } from './requests.js'

// Of Node's versions; a person at a terminal cannot do anything about it here.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

/** Longer than the function may take, in milliseconds: a purge goes through everything. */
const PATIENCE = 16 * 60_000

/**
 * Invokes the `admin` function of a stage, as whoever AWS takes this person for.
 *
 * @throws UsageError where there is no such stage, or AWS does not let this person
 */
export async function askStage(stage: string, request: StageRequest): Promise<OperatorResult> {
  if (!/^[a-z][a-z0-9-]{0,19}$/.test(stage))
    throw new UsageError(
      `"${stage}" is not a valid stage name. Pass --stage with its name, such as production: lower-case letters, digits and dashes.`,
    )
  const name = `${stage}-hexbird-admin`
  // What was done is not done again because its answer was lost: the person decides that.
  const client = new LambdaClient({
    maxAttempts: 1,
    requestHandler: { requestTimeout: PATIENCE },
    // The AWS CLI reads both names, the SDK only the first.
    ...defined({ region: process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || undefined }),
  })
  try {
    const command = new InvokeCommand({ FunctionName: name, Qualifier: stage, Payload: JSON.stringify(request) })
    const { FunctionError, Payload } = await client.send(command)
    const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString())
    if (FunctionError === undefined) return answer as OperatorResult
    const { errorMessage = FunctionError } = answer as { readonly errorMessage?: string }
    throw new CommandError(
      'STAGE_FAILED',
      `${name} failed: ${errorMessage}. Its log: aws logs tail /aws/lambda/${name} --since 10m`,
    )
  } catch (error) {
    throw explained(error, name)
  } finally {
    client.destroy()
  }
}

/** What AWS says to a person who can mend it. */
const MENDABLE: Readonly<Record<string, string>> = {
  ResourceNotFoundException:
    'There is no such function. Check AWS_REGION and AWS_PROFILE, and that the stage is deployed.',
  AccessDeniedException:
    'AWS does not let you invoke it. Ask for the permission lambda:InvokeFunction, or set another AWS_PROFILE.',
  CredentialsProviderError: 'AWS does not know who you are. Set AWS_PROFILE, or run: aws sso login',
  TokenProviderError: 'Your sign-in to AWS has ended. Run: aws sso login',
  ExpiredTokenException: 'Your sign-in to AWS has ended. Run: aws sso login',
  UnrecognizedClientException: 'AWS does not recognize your keys. Set another AWS_PROFILE, or run: aws configure',
  InvalidSignatureException: 'AWS does not accept your keys. Check AWS_PROFILE and the clock of this machine.',
}

function explained(error: unknown, name: string): unknown {
  if (!(error instanceof Error) || error instanceof CommandError) return error
  const mend = /^Region (is missing|not accepted)/.test(error.message)
    ? 'Set AWS_REGION to the region of the stage, such as us-east-1.'
    : MENDABLE[error.name]
  if (mend !== undefined) return new UsageError(`${name} cannot be called. ${mend}`, { cause: error })
  return new CommandError('STAGE_FAILED', `${name} cannot be called`, { cause: error })
}
