import { GetParametersByPathCommand, type SSMClient } from '@aws-sdk/client-ssm'
import { AwsError, awsError, unreadable } from './aws-error.js'

/** Whose parameters are read: those under `/hexbird/<stage>/`. */
export interface ReadParametersOptions {
  readonly client: SSMClient
  /** Letters, digits, `-` and `_`. */
  readonly stage: string
}

/** The most on a page. */
const PAGE = 10

const HINTS = {
  AWS_DENIED:
    'Let the role do ssm:GetParametersByPath on that path, and kms:Decrypt with the key of its secure strings; or look at the credentials.',
}

/**
 * What is kept for a stage in the parameter store, decrypted, by the names behind `/hexbird/<stage>/`.
 *
 * @throws AwsError `AWS_MISSING` where there is nothing
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html
 */
export async function readParameters({
  client,
  stage,
}: ReadParametersOptions): Promise<Readonly<Record<string, string>>> {
  if (!/^[A-Za-z0-9_-]+$/.test(stage)) {
    throw new AwsError('AWS_INPUT_INVALID', `A stage has letters, digits, "-" and "_", and nothing else: "${stage}"`)
  }
  const path = `/hexbird/${stage}/`
  const found: (readonly [string, string])[] = []
  let token: string | undefined
  do {
    const page = await readPage(client, path, token)
    found.push(...page.parameters)
    token = page.next
  } while (token !== undefined)
  if (found.length > 0) return Object.fromEntries(found)
  throw new AwsError(
    'AWS_MISSING',
    `There are no parameters under ${path}. Put them there, for instance with "aws ssm put-parameter --type SecureString --name ${path}<name> --value file://<file>"; or look at the region.`,
  )
}

async function readPage(client: SSMClient, path: string, token: string | undefined) {
  const call = { service: 'SSM', operation: 'GetParametersByPath', on: path } as const
  const command = new GetParametersByPathCommand({
    Path: path,
    Recursive: true,
    WithDecryption: true,
    MaxResults: PAGE,
    ...(token !== undefined && { NextToken: token }),
  })
  const { Parameters, NextToken } = await client.send(command).catch((error: unknown) => {
    throw awsError(call, error, HINTS)
  })
  if (!Parameters) throw unreadable(call, 'it has no list of parameters')
  const parameters = Parameters.map(({ Name, Value }) => {
    if (!Name?.startsWith(path) || Value === undefined)
      throw unreadable(call, 'a parameter has no value, or another path')
    return [Name.slice(path.length), Value] as const
  })
  return { parameters, next: NextToken || undefined }
}
