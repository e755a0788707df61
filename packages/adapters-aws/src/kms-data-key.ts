import { DecryptCommand, type KMSClient } from '@aws-sdk/client-kms'
import { type AwsCall, type AwsError, awsError, nameOf, unreadable } from './aws-error.js'

/** Which data key is decrypted, and by which key of KMS. */
export interface DataKeyOptions {
  readonly client: KMSClient
  /** The key of KMS that must have encrypted it: its id, ARN or `alias/<name>`. */
  readonly keyId: string
  /** What `GenerateDataKeyWithoutPlaintext` gave, with the encryption context `{ stage }`. */
  readonly encrypted: Uint8Array
  readonly stage: string
}

/** AES-256. */
const KEY_BYTES = 32

const HINTS = {
  AWS_DENIED:
    'Let the role do kms:Decrypt with that key, in the policy of the role or of the key; or look at the credentials.',
  AWS_MISSING: 'There is no such key in this account and region. Look at its id and the region.',
}

/** By KMS's name of the error. */
const REFUSALS: Readonly<Record<string, string>> = {
  InvalidCiphertextException: 'The encrypted key is damaged, or is that of another stage.',
  IncorrectKeyException: 'The encrypted key was encrypted with another key of KMS.',
  DisabledException: 'The key of KMS is disabled: enable it.',
  KMSInvalidStateException: 'The key of KMS cannot be used as it is: look whether it is about to be deleted.',
}

/**
 * A stored data key, decrypted: 32 bytes. It is bound to its stage by the encryption context, so that the key of one
 * stage is of no use in another.
 *
 * @throws AwsError
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html
 */
export async function dataKeyFromKms({ client, keyId, encrypted, stage }: DataKeyOptions): Promise<Uint8Array> {
  const call: AwsCall = { service: 'KMS', operation: 'Decrypt', on: `the data key of stage "${stage}"` }
  const command = new DecryptCommand({ KeyId: keyId, CiphertextBlob: encrypted, EncryptionContext: { stage } })
  const { Plaintext } = await client.send(command).catch((error: unknown) => {
    throw errorOf(call, error)
  })
  if (Plaintext?.length !== KEY_BYTES) throw unreadable(call, `what came is no key of ${KEY_BYTES} bytes`)
  return Plaintext
}

function errorOf(call: AwsCall, error: unknown): AwsError {
  const refusal = REFUSALS[nameOf(error)]
  return awsError(call, error, refusal === undefined ? HINTS : { ...HINTS, AWS_REFUSED: refusal })
}
