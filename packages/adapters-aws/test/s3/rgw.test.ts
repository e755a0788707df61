import { randomUUID } from 'node:crypto'
import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3'
import { blobStoreContract } from '@hexbird/core/contracts'
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { S3BlobStore, s3Client } from '../../src/s3/index.js'

/** `npm run test:s3` starts a gateway of Ceph and sets this. */
const url = process.env.HEXBIRD_S3_URL
const where = url === undefined ? describe.skip : describe
const why = url === undefined ? ' (skipped: only npm run test:s3 starts Ceph)' : ''

const open: S3Client[] = []
afterEach(() => {
  for (const client of open.splice(0)) client.destroy()
})

function newClient(): S3Client {
  const client = s3Client()
  open.push(client)
  return client
}

/** Ceph encrypts nothing unless it has keys, so that is left to the bucket. */
async function newStore(): Promise<S3BlobStore> {
  const [client, bucket] = [newClient(), `hexbird-${randomUUID()}`]
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  return new S3BlobStore({ client, bucket, encryption: 'bucket' })
}

where(`S3BlobStore over the object gateway of Ceph${why}`, () => {
  beforeAll(() => {
    process.env.AWS_ENDPOINT_URL_S3 = url
  })

  for (const { name, check } of blobStoreContract) test(name, () => check(newStore))

  test('removes more than a page of a list holds, and keys that are awkward', async () => {
    const blobs = await newStore()
    const keys = Array.from({ length: 1001 }, (_, index) => `p/${index}`)
    const awkward = ['p/a+b c', 'p/a%2Bb', 'p/<&>"\'', 'p/é 🐦', 'p/?x=1#y', 'p//', 'p/../q', 'p/.', 'p/\u0001']
    for (let first = 0; first < keys.length; first += 50) {
      await Promise.all(keys.slice(first, first + 50).map((key) => blobs.put(key, new Uint8Array([1]), 'image/png')))
    }
    for (const key of awkward) await blobs.put(key, new Uint8Array([1]), 'image/png')
    await blobs.put('q', new Uint8Array([1]), 'image/png')
    await blobs.removeAll('p/')
    for (const key of ['p/0', 'p/1000', ...awkward]) expect(await blobs.get(key)).toBeUndefined()
    expect(await blobs.get('q')).toBeDefined()
  })

  test('a wrong secret is refused, so the signatures are really checked', async () => {
    const secret = process.env.AWS_SECRET_ACCESS_KEY
    process.env.AWS_SECRET_ACCESS_KEY = 'wrong'
    try {
      const blobs = new S3BlobStore({ client: newClient(), bucket: 'hexbird', encryption: 'bucket' })
      const refused = { code: 'AWS_DENIED', message: expect.stringContaining('SignatureDoesNotMatch') }
      await expect(blobs.put('photos/1/2/0', new Uint8Array([1]), 'image/png')).rejects.toMatchObject(refused)
      await expect(blobs.get('photos/1/2/0')).rejects.toMatchObject(refused)
    } finally {
      process.env.AWS_SECRET_ACCESS_KEY = secret
    }
  })

  test('a bucket that is not there is thrown, and is no photo that is not there', async () => {
    const blobs = new S3BlobStore({ client: newClient(), bucket: `hexbird-${randomUUID()}`, encryption: 'bucket' })
    await expect(blobs.get('photos/1/2/0')).rejects.toMatchObject({ code: 'AWS_MISSING' })
  })
})
