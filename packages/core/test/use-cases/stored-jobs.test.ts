import { NOW, tweet } from '@hexbird/testkit/bot-fixture'
import { expect, test } from '@jest/globals'
import { decodeJob } from '../../src/adapter/index.js'
import { storedJobs } from '../../src/host/index.js'

const JOB = {
  v: 2,
  name: 'greet',
  tweet: tweet(),
  data: { name: 'Ada' },
  bill: { spent: 1, reserved: 2, at: NOW },
} as const
const KEY = 'jobs/100/5001.json'

test.each([true, false])(
  'a job is stored as JSON, and then its key is queued if there is a queue: %p',
  async (queued) => {
    const calls: unknown[][] = []
    const blobs = {
      put: async (key: string, bytes: Uint8Array, type: string) =>
        void calls.push(['store', key, decodeJob(bytes), type]),
    }
    const queue = { put: async (keys: readonly string[]) => void calls.push(['queue', keys]) }
    await storedJobs(blobs, queued ? queue : undefined).put(JOB)
    const stored = ['store', KEY, JOB, 'application/json']
    expect(calls).toEqual(queued ? [stored, ['queue', [KEY]]] : [stored])
  },
)
