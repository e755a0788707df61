import { createHash } from 'node:crypto'
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import type { Blob, BlobStore } from '@hexbird/core/adapter'
import { defined } from '@hexbird/core/util'
import { type AwsCall, AwsError, awsError, nameOf, unreadable } from '../error.js'

/** Options of an `S3BlobStore`. */
export interface S3BlobStoreOptions {
  readonly client: S3Client
  readonly bucket: string
  /** `AES256` (default) uses S3's keys. `bucket` uses the bucket's setting, such as a KMS key. */
  readonly encryption?: 'AES256' | 'bucket'
}

/**
 * Stores photos and jobs in a bucket. The role needs `s3:PutObject`, `s3:GetObject` and `s3:DeleteObject` on its
 * objects, and `s3:ListBucket` on the bucket. Without the latter, S3 reports missing objects as forbidden, and `get`
 * throws.
 *
 * Bytes are never copied: `put` sends the caller's array, and `get` reads into the array that it returns.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export class S3BlobStore implements BlobStore {
  readonly #client: S3Client
  readonly #bucket: string
  readonly #encryption: { readonly ServerSideEncryption?: 'AES256' }

  constructor({ client, bucket, encryption = 'AES256' }: S3BlobStoreOptions) {
    this.#client = client
    this.#bucket = bucket
    this.#encryption = encryption === 'AES256' ? { ServerSideEncryption: 'AES256' } : {}
  }

  /** S3 checks the bytes against their checksum before it stores them. @throws AwsError */
  async put(key: string, bytes: Uint8Array, type: string): Promise<void> {
    const command = new PutObjectCommand({
      ...this.#at(key),
      ...this.#encryption,
      Body: bytes,
      ContentType: type,
      ContentLength: bytes.byteLength,
      ChecksumSHA256: createHash('sha256').update(bytes).digest('base64'),
    })
    try {
      await this.#client.send(command)
    } catch (error) {
      throw awsError(this.#call('PutObject', key), error)
    }
  }

  /** @throws AwsError if S3 can't tell whether the blob exists, or the answer is truncated */
  async get(key: string): Promise<Blob | undefined> {
    const call = this.#call('GetObject', key)
    try {
      const answer = await this.#client.send(new GetObjectCommand(this.#at(key)))
      return { bytes: await bytesOf(answer, call), type: answer.ContentType ?? 'application/octet-stream' }
    } catch (error) {
      if (nameOf(error) === 'NoSuchKey') return undefined
      throw awsError(call, error)
    }
  }

  /** @throws AwsError */
  async remove(key: string): Promise<void> {
    try {
      await this.#client.send(new DeleteObjectCommand(this.#at(key)))
    } catch (error) {
      throw awsError(this.#call('DeleteObject', key), error)
    }
  }

  /** @throws AwsError if some blobs remain; `AWS_INPUT_INVALID` if the prefix doesn't end in `/` */
  async removeAll(prefix: string): Promise<void> {
    if (!prefix.endsWith('/')) {
      throw new AwsError(
        'AWS_INPUT_INVALID',
        `A prefix ends in "/", and this does not: "${prefix}". Nothing is removed.`,
      )
    }
    let page: Page = { keys: [], next: undefined }
    do {
      page = await this.#list(prefix, page.next)
      const together = page.keys.filter((key) => IN_XML.test(key))
      if (together.length > 0) await this.#removeEach(prefix, together)
      for (const key of page.keys) if (!IN_XML.test(key)) await this.remove(key)
    } while (page.next !== undefined)
  }

  async #list(prefix: string, token: string | undefined): Promise<Page> {
    const command = new ListObjectsV2Command({
      Bucket: this.#bucket,
      Prefix: prefix,
      // A key may have characters that XML can't contain.
      EncodingType: 'url',
      ...defined({ ContinuationToken: token }),
    })
    const call = this.#call('ListObjectsV2', prefix)
    try {
      const { Contents = [], EncodingType, IsTruncated, NextContinuationToken } = await this.#client.send(command)
      if (IsTruncated && !NextContinuationToken) throw unreadable(call, 'it has more pages and does not say where')
      const keys = Contents.map(({ Key }) => {
        if (Key === undefined) throw unreadable(call, 'one of its objects has no key')
        return EncodingType === 'url' ? decodeURIComponent(Key.replaceAll('+', ' ')) : Key
      })
      return { keys, next: IsTruncated ? NextContinuationToken : undefined }
    } catch (error) {
      throw awsError(call, error)
    }
  }

  /** A page has at most 1,000 keys, which is also S3's limit for one removal. */
  async #removeEach(prefix: string, keys: readonly string[]): Promise<void> {
    const command = new DeleteObjectsCommand({
      Bucket: this.#bucket,
      Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: true },
    })
    const call = this.#call('DeleteObjects', prefix)
    const { Errors = [] } = await this.#client.send(command).catch((error: unknown) => {
      throw awsError(call, error)
    })
    if (Errors[0]) throw awsError(call, refusal(Errors[0], `${Errors.length} of ${keys.length} were not removed`))
  }

  #at(key: string) {
    return { Bucket: this.#bucket, Key: key }
  }

  #call(operation: string, key: string): AwsCall {
    return { service: 'S3', operation, on: `s3://${this.#bucket}/${key}` }
  }
}

/** Keys that fit into an XML request: without control characters, U+FFFE and U+FFFF. */
const IN_XML = /^[ -\ufffd]*$/

interface Page {
  readonly keys: readonly string[]
  readonly next: string | undefined
}

/** Converts an error within a 200 answer. It gets the status that it would have as a separate answer. */
function refusal({ Code = 'Error' }: { readonly Code?: string | undefined }, message: string): Error {
  const httpStatusCode = /^(?:InternalError|ServiceUnavailable)$/.test(Code) ? 503 : 400
  return Object.assign(new Error(message), { name: Code, $metadata: { httpStatusCode } })
}

/** Reads the bytes straight into the final array. Joining a list of parts would hold everything twice. */
async function bytesOf({ Body, ContentLength }: GetObjectCommandOutput, call: AwsCall): Promise<Uint8Array> {
  if (Body === undefined || ContentLength === undefined) throw unreadable(call, 'it has no bytes or no length')
  const bytes = new Uint8Array(ContentLength)
  let length = 0
  for await (const part of Body as AsyncIterable<Uint8Array>) {
    if (length + part.length > ContentLength) throw unreadable(call, 'it is longer than its length')
    bytes.set(part, length)
    length += part.length
  }
  if (length < ContentLength) throw cut(call)
  return bytes
}

const cut = ({ operation, on }: AwsCall) =>
  new AwsError('AWS_UNREACHABLE', `S3 ${operation} on ${on} ended before all bytes had come. Try again.`)
