import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { inspect } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { photoType } from '@hexbird/core/adapter'
import { blobStoreContract } from '@hexbird/core/contracts'
import { freePort } from '@hexbird/testkit/free-port'
import { type Emulator, pointAt, startEmulator } from '@hexbird/testkit/s3-sqs'
import { answer, cut, cutWithin, type Script, silence, startScripted } from '@hexbird/testkit/scripted-server'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { clientSettings } from '../../src/client-settings.js'
import { S3BlobStore, s3Client } from '../../src/s3/index.js'

let emulator: Emulator
let client: S3Client

beforeAll(async () => {
  emulator = await startEmulator()
})
afterAll(() => emulator.server.stop())

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

function clientAt(url: string): S3Client {
  pointAt('S3', url)
  client = s3Client()
  open.push({ close: () => client.destroy() })
  return client
}

const newStore = () => new S3BlobStore({ client: clientAt(emulator.url), bucket: emulator.bucket() })

/** A store over a server that says what it is told to. It asks once. */
async function scripted(...scripts: readonly Script[]) {
  const server = await startScripted(...scripts)
  open.push(server)
  const blobs = new S3BlobStore({
    client: patient(`http://127.0.0.1:${server.port}`, { request: 10_000, attempts: 1 }),
    bucket: 'photos',
  })
  return { server, blobs }
}

function patient(url: string, patience: { readonly request: number; readonly attempts: number }): S3Client {
  pointAt('S3', url)
  client = new S3Client(clientSettings({}, patience))
  open.push({ close: () => client.destroy() })
  return client
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const XML = { 'content-type': 'application/xml' }
const failure = (status: number, code: string, more = '') =>
  answer(status, `<?xml version="1.0"?><Error><Code>${code}</Code><Message>No.</Message>${more}</Error>`, XML)

describe('S3BlobStore', () => {
  for (const { name, check } of blobStoreContract) test(name, () => check(newStore))

  test('keeps photos under the media type that their bytes have', async () => {
    const bucket = emulator.bucket()
    const blobs = new S3BlobStore({ client: clientAt(emulator.url), bucket })
    const photos = { 'image/jpeg': [0xff, 0xd8, 0xff, 0xe0], 'image/png': [0x89, 80, 78, 71, 13, 10, 26, 10] }
    for (const [type, start] of Object.entries(photos)) {
      const bytes = Uint8Array.from([...start, 1, 2, 3])
      await blobs.put('photos/1/2/0', bytes, photoType(bytes) ?? '')
      const { ContentType } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'photos/1/2/0' }))
      expect(ContentType).toBe(type)
    }
  })

  test('removes more than a page of a list holds', async () => {
    const bucket = emulator.bucket()
    const blobs = new S3BlobStore({ client: clientAt(emulator.url), bucket })
    const keys = Array.from({ length: 1001 }, (_, index) => `photos/1/${index}`)
    for (let first = 0; first < keys.length; first += 50) {
      const some = keys.slice(first, first + 50)
      await Promise.all(some.map((key) => blobs.put(key, new Uint8Array([1]), 'image/png')))
    }
    await blobs.put('photos/10/0', new Uint8Array([1]), 'image/png')
    await blobs.removeAll('photos/1/')
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }))
    expect(Contents.map(({ Key }) => Key)).toEqual(['photos/10/0'])
  })

  test('removes keys that are awkward in an address and in XML', async () => {
    const blobs = newStore()
    const keys = ['p/a+b c', 'p/a%2Bb', 'p/<&>"\'', 'p/é 🐦', 'p/?x=1#y', 'p//', 'p/../q', 'p/.']
    for (const key of keys) await blobs.put(key, new Uint8Array([1]), 'image/png')
    await blobs.put('q', new Uint8Array([1]), 'image/png')
    await blobs.removeAll('p/')
    for (const key of keys) expect(await blobs.get(key)).toBeUndefined()
    expect(await blobs.get('q')).toBeDefined()
  })

  test('reads keys in the encoding of addresses, and removes alone what XML cannot name', async () => {
    const list = `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>
      <Contents><Key>p/a%2Bb+c%3C</Key></Contents><Contents><Key>p/%01</Key></Contents></ListBucketResult>`
    const { server, blobs } = await scripted(answer(200, list, XML), answer(200, '<DeleteResult/>', XML), answer(204))
    await blobs.removeAll('p/')
    const [listed, together, alone] = server.requests
    expect(listed?.url).toContain('encoding-type=url')
    expect(together?.body).toContain('<Object><Key>p/a+b c&lt;</Key></Object><Quiet>')
    expect(alone).toMatchObject({ method: 'DELETE', url: '/photos/p/%01?x-id=DeleteObject' })
  })

  test.each(['', 'photos', '/photos'])('does not remove all under "%s", which no prefix is', async (prefix) => {
    const blobs = newStore()
    await blobs.put('photos/1/2/0', new Uint8Array([1]), 'image/png')
    await expect(blobs.removeAll(prefix)).rejects.toMatchObject({ code: 'AWS_INPUT_INVALID' })
    expect(await blobs.get('photos/1/2/0')).toBeDefined()
  })

  test('sends a checksum, the type and how to encrypt', async () => {
    const { server, blobs } = await scripted(answer(200))
    const bytes = Buffer.from('a photo')
    await blobs.put('photos/1/2/0', bytes, 'image/png')
    expect(server.requests[0]).toMatchObject({
      method: 'PUT',
      url: '/photos/photos/1/2/0?x-id=PutObject',
      body: 'a photo',
      headers: {
        'content-type': 'image/png',
        'content-length': '7',
        'x-amz-checksum-sha256': createHash('sha256').update(bytes).digest('base64'),
        'x-amz-server-side-encryption': 'AES256',
      },
    })
  })

  test('leaves encryption to the bucket where it is told to', async () => {
    const { server } = await scripted(answer(200))
    const blobs = new S3BlobStore({ client, bucket: 'photos', encryption: 'bucket' })
    await blobs.put('photos/1/2/0', new Uint8Array(), 'image/png')
    expect(server.requests[0]?.headers).not.toHaveProperty('x-amz-server-side-encryption')
  })

  test('a photo is sent from where it is', async () => {
    const photo = new Uint8Array(1000).subarray(10, 20)
    let body: unknown
    const blobs = storeOver(async (request) => {
      body = request.body
      return { response: { statusCode: 200, headers: {} } }
    })
    await blobs.put('photos/1/2/0', photo, 'image/png')
    expect(body).toBe(photo)
  })

  test('a photo is read to where it stays: its parts are let go as they come', async () => {
    const parts: WeakRef<Uint8Array>[] = []
    let kept = Number.POSITIVE_INFINITY
    async function* body() {
      for (let index = 0; index < 80; index++) {
        const part = new Uint8Array(62_500).fill(index)
        parts.push(new WeakRef(part))
        yield part
      }
      // What a WeakRef gives lives until the end of a turn.
      await setImmediate()
      collectGarbage()
      kept = parts.filter((part) => part.deref() !== undefined).length
    }
    const headers = { 'content-length': '5000000', 'content-type': 'image/png' }
    const blobs = storeOver(async () => ({ response: { statusCode: 200, headers, body: Readable.from(body()) } }))
    const blob = await blobs.get('photos/1/2/0')
    expect(blob?.bytes.buffer.byteLength).toBe(5_000_000)
    expect(blob?.bytes.at(-1)).toBe(79)
    expect(kept).toBeLessThanOrEqual(4)
  })
})

describe('what goes wrong', () => {
  test.each([
    ['403 AccessDenied', failure(403, 'AccessDenied'), 'AWS_DENIED'],
    ['403 InvalidAccessKeyId', failure(403, 'InvalidAccessKeyId'), 'AWS_DENIED'],
    ['403 SignatureDoesNotMatch', failure(403, 'SignatureDoesNotMatch'), 'AWS_DENIED'],
    ['400 ExpiredToken', failure(400, 'ExpiredToken'), 'AWS_DENIED'],
    ['404 NoSuchBucket', failure(404, 'NoSuchBucket'), 'AWS_MISSING'],
    ['503 SlowDown', failure(503, 'SlowDown'), 'AWS_THROTTLED'],
    ['500 InternalError', failure(500, 'InternalError'), 'AWS_UNREACHABLE'],
    ['400 BadDigest', failure(400, 'BadDigest'), 'AWS_REFUSED'],
    ['a cut connection', cut, 'AWS_UNREACHABLE'],
  ] as const)('%s is thrown with its code by every method', async (_, script, code) => {
    const { blobs } = await scripted(script)
    for (const asked of [
      () => blobs.put('photos/1/2/0', new Uint8Array([1]), 'image/png'),
      () => blobs.get('photos/1/2/0'),
      () => blobs.remove('photos/1/2/0'),
      () => blobs.removeAll('photos/1/2/'),
    ])
      await expect(asked()).rejects.toMatchObject({ name: 'AwsError', code })
  })

  test('nobody listens: it is thrown', async () => {
    const blobs = new S3BlobStore({ client: clientAt(`http://127.0.0.1:${await freePort()}`), bucket: 'photos' })
    await expect(blobs.get('photos/1/2/0')).rejects.toMatchObject({ code: 'AWS_UNREACHABLE' })
  })

  test('a bucket that is not there is no photo that is not there', async () => {
    const blobs = new S3BlobStore({ client: clientAt(emulator.url), bucket: 'nowhere' })
    await expect(blobs.get('photos/1/2/0')).rejects.toMatchObject({ code: 'AWS_MISSING' })
  })

  test('too many requests are tried again', async () => {
    const { server } = await scripted(failure(503, 'SlowDown'), answer(200))
    const blobs = new S3BlobStore({ client: s3Client(), bucket: 'photos' })
    await blobs.put('photos/1/2/0', new Uint8Array([1]), 'image/png')
    expect(server.requests).toHaveLength(2)
  })

  test('a photo that is cut off is thrown, not given in part', async () => {
    const { blobs } = await scripted(cutWithin(200, 'half a photo'))
    await expect(blobs.get('photos/1/2/0')).rejects.toMatchObject({ code: 'AWS_UNREACHABLE' })
  })

  test.each([
    ['fewer', '8', 'AWS_UNREACHABLE'],
    ['more', '6', 'AWS_ANSWER_UNREADABLE'],
  ])('a photo of %s bytes than were said is thrown', async (_, length, code) => {
    const body = () => Readable.from([Buffer.from('a pho'), Buffer.from('to')])
    const headers = { 'content-length': length }
    const blobs = storeOver(async () => ({ response: { statusCode: 200, headers, body: body() } }))
    await expect(blobs.get('photos/1/2/0')).rejects.toMatchObject({ code })
  })

  test('a photo that is not what its checksum says is thrown', async () => {
    const checksum = createHash('sha256').update('another photo').digest('base64')
    const headers = { 'content-length': '7', 'x-amz-checksum-sha256': checksum }
    const { blobs } = await scripted(answer(200, 'a photo', headers))
    await expect(blobs.get('photos/1/2/0')).rejects.toMatchObject({ code: 'AWS_ANSWER_UNREADABLE' })
  })

  test('an answer that is no XML is thrown', async () => {
    const { blobs } = await scripted(answer(200, 'hello', XML))
    await expect(blobs.removeAll('photos/1/2/')).rejects.toMatchObject({ code: 'AWS_ANSWER_UNREADABLE' })
  })

  test('a list that goes on and does not say where is thrown', async () => {
    const list = '<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>'
    const { blobs } = await scripted(answer(200, list, XML))
    await expect(blobs.removeAll('photos/1/2/')).rejects.toMatchObject({ code: 'AWS_ANSWER_UNREADABLE' })
  })

  test.each([
    ['AccessDenied', 'AWS_DENIED'],
    ['InternalError', 'AWS_UNREACHABLE'],
    ['SlowDown', 'AWS_THROTTLED'],
  ])('what S3 did not remove (%s) is thrown, though the answer is 200', async (name, code) => {
    const list = `<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>p/1</Key></Contents></ListBucketResult>`
    const removed = `<DeleteResult><Error><Key>p/1</Key><Code>${name}</Code></Error></DeleteResult>`
    const { blobs } = await scripted(answer(200, list, XML), answer(200, removed, XML))
    await expect(blobs.removeAll('p/')).rejects.toMatchObject({ code })
  })

  test('an error tells neither the credentials nor what is signed, nor does its cause', async () => {
    const more = `<AWSAccessKeyId>test</AWSAccessKeyId><CanonicalRequest>PUT
x-amz-security-token:a-token-that-nobody-sees</CanonicalRequest>`
    const { blobs } = await scripted(failure(403, 'SignatureDoesNotMatch', more))
    process.env.AWS_SESSION_TOKEN = 'a-token-that-nobody-sees'
    try {
      const thrown: unknown = await blobs
        .put('photos/1/2/0', Buffer.from('a photo'), 'image/png')
        .catch((e: unknown) => e)
      expect(inspect(thrown, { depth: 20, showHidden: true })).toContain('SignatureDoesNotMatch')
      expect(inspect(thrown, { depth: 20, showHidden: true })).not.toMatch(/nobody|AKID|Credential=|a photo/)
    } finally {
      delete process.env.AWS_SESSION_TOKEN
    }
  })

  test('a server that says nothing is given up, in the time that is stated', async () => {
    const { server } = await scripted(silence)
    const hasty = patient(`http://127.0.0.1:${server.port}`, { request: 500, attempts: 2 })
    const blobs = new S3BlobStore({ client: hasty, bucket: 'photos' })
    await expect(blobs.get('photos/1/2/0')).rejects.toMatchObject({ code: 'AWS_UNREACHABLE' })
    expect(server.requests).toHaveLength(2)
  })

  test('a server that keeps the connection busy and does not answer is given up', async () => {
    const { server } = await scripted((response) => {
      const timer = setInterval(() => response.writeProcessing(), 20)
      response.once('close', () => clearInterval(timer))
    })
    const hasty = patient(`http://127.0.0.1:${server.port}`, { request: 500, attempts: 1 })
    const blobs = new S3BlobStore({ client: hasty, bucket: 'photos' })
    await expect(blobs.get('photos/1/2/0')).rejects.toMatchObject({ code: 'AWS_UNREACHABLE' })
  })

  test('a server that falls silent within a photo is given up', async () => {
    const { server } = await scripted((response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('the first bytes')
    })
    const hasty = patient(`http://127.0.0.1:${server.port}`, { request: 500, attempts: 1 })
    const blobs = new S3BlobStore({ client: hasty, bucket: 'photos' })
    await expect(blobs.get('photos/1/2/0')).rejects.toMatchObject({ code: 'AWS_UNREACHABLE' })
  })
})

type Handle = (request: { readonly body?: unknown }) => Promise<{
  readonly response: { readonly statusCode: number; readonly headers: Record<string, string>; readonly body?: Readable }
}>

/** A store whose requests go to a function. */
function storeOver(handle: Handle): S3BlobStore {
  pointAt('S3', 'http://127.0.0.1:1')
  return new S3BlobStore({ client: new S3Client({ requestHandler: { handle } }), bucket: 'photos' })
}
