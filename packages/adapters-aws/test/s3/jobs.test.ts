import { type JobsHarness, jobsContract, type TakenJob } from '@hexbird/core/contracts'
import { storedJobs } from '@hexbird/core/host'
import { startBucketEvents } from '@hexbird/testkit/bucket-events'
import { type Emulator, pointAt, startEmulator } from '@hexbird/testkit/s3-sqs'
import { afterAll, afterEach, beforeAll, describe, test } from '@jest/globals'
import { S3BlobStore, s3Client } from '../../src/s3/index.js'

let emulator: Emulator
beforeAll(async () => {
  emulator = await startEmulator()
})
afterAll(() => emulator.server.stop())

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A bucket that tells of each object that was stored under `jobs/`. */
async function jobsInBucket(): Promise<JobsHarness> {
  const bucket = emulator.bucket()
  const taken: TakenJob[] = []
  const { port } = new URL(emulator.url)
  const events = await startBucketEvents({ port: Number(port) }, { bucket, prefix: 'jobs/' }, async (message) => {
    const { Records } = JSON.parse(message) as { Records: [{ s3: { object: { key: string } } }] }
    const { key } = Records[0].s3.object
    taken.push({ key, bytes: (await blobs.get(key))?.bytes })
  })
  pointAt('S3', `http://127.0.0.1:${events.port}`)
  const client = s3Client()
  ends.push(
    () => events.close(),
    () => client.destroy(),
  )
  const blobs = new S3BlobStore({ client, bucket })
  const away = new S3BlobStore({ client, bucket: `${bucket}-is-not-there` })
  let isBroken = false
  return {
    jobs: {
      put(job) {
        const store = isBroken ? away : blobs
        isBroken = false
        return storedJobs(store).put(job)
      },
    },
    taken: async () => [...taken],
    breakNext() {
      isBroken = true
    },
  }
}

describe('jobs in a bucket that tells of them', () => {
  for (const { name, check } of jobsContract) test(name, () => check(jobsInBucket))
})
