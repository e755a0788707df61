import { type FauxqsServer, startFauxqs } from 'fauxqs'

/** S3 and SQS in this process, on a free port. Signatures and checksums are not looked at: `npm run test:s3` does that. */
export interface Emulator {
  readonly url: string
  readonly server: FauxqsServer
  /** A new, empty bucket. */
  bucket(): string
  /** A new, empty queue; gives its URL. */
  queue(attributes?: Readonly<Record<string, string>>): string
}

export async function startEmulator(): Promise<Emulator> {
  const server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false })
  let made = 0
  return {
    url: `http://127.0.0.1:${server.port}`,
    server,
    bucket: () => server.createBucket(`bucket-${++made}`).bucketName,
    queue: (attributes = {}) => server.createQueue(`queue-${++made}`, { attributes: { ...attributes } }).queueUrl,
  }
}

/** Sets what the SDK reads: the address of a service, and credentials that nobody knows. */
export function pointAt(service: 'REKOGNITION' | 'S3' | 'SQS', url: string): void {
  Object.assign(process.env, {
    [`AWS_ENDPOINT_URL_${service}`]: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'a secret that nobody sees',
  })
}
