import { jobKey, type StoredJob } from '@hexbird/core/adapter'
import type { JobsHarness, TakenJob } from '@hexbird/core/contracts'
import { storedJobs } from '@hexbird/core/host'
import { MemoryBlobStore } from '../../src/memory-blob-store.js'
import { MemoryQueue } from '../../src/memory-queue.js'
import type { Faults } from './faults.js'

interface MemoryJobs extends JobsHarness {
  store(job: StoredJob): Promise<void>
  tell(key: string): Promise<void>
}

export function memoryJobs(): MemoryJobs {
  const queue = new MemoryQueue<string>()
  const blobs = new MemoryBlobStore()
  const taken: TakenJob[] = []
  let broken = false
  queue.consume(async (key) => {
    taken.push({ key, bytes: (await blobs.get(key))?.bytes })
    return 'done'
  })
  return {
    jobs: storedJobs(blobs, {
      async put(keys) {
        const fails = broken
        broken = false
        if (fails) throw new Error('the queue is away')
        await queue.put(keys)
      },
    }),
    async taken() {
      await queue.idle()
      return [...taken]
    },
    breakNext() {
      broken = true
    },
    store: (job) => storedJobs(blobs).put(job),
    tell: (key) => queue.put([key]),
  }
}

type Put = JobsHarness['jobs']['put']

const putting =
  (makePut: (put: Put, harness: MemoryJobs) => Put) =>
  (harness: MemoryJobs): MemoryJobs => ({
    ...harness,
    jobs: { put: makePut((job) => harness.jobs.put(job), harness) },
  })

const STORED_BY_THEN = 'a job that was put is taken, and is stored by then as it was put'

export const JOBS_FAULTS: Faults<MemoryJobs> = {
  'nobody is told of a job': {
    noticedBy: [STORED_BY_THEN],
    breaks: putting((_, { store }) => store),
  },
  'a job is told of before it is stored': {
    noticedBy: [STORED_BY_THEN],
    breaks: putting((_, { store, tell, taken }) => async (job) => {
      await tell(jobKey(job.tweet))
      await taken()
      await store(job)
    }),
  },
  'what the tweet has cost is lost': {
    noticedBy: [STORED_BY_THEN],
    breaks: putting(
      (put) =>
        ({ bill: _, ...job }) =>
          put(job),
    ),
  },
  'a put during another is dropped': {
    noticedBy: ['of jobs that are put at the same time none is lost'],
    breaks: putting((put) => {
      let busy = false
      return async (job) => {
        if (busy) return
        busy = true
        await put(job)
        busy = false
      }
    }),
  },
  'a second job of a tweet is told of and not stored': {
    noticedBy: ['the job of an edit takes the place of the earlier one, and is taken too'],
    breaks: putting((put, { tell }) => {
      const known = new Set<string>()
      return async (job) => {
        const key = jobKey(job.tweet)
        await (known.has(key) ? tell(key) : put(job))
        known.add(key)
      }
    }),
  },
  'a second job of a tweet is stored and not told of': {
    noticedBy: ['the job of an edit takes the place of the earlier one, and is taken too'],
    breaks: putting((put, { store }) => {
      const known = new Set<string>()
      return async (job) => {
        const key = jobKey(job.tweet)
        await (known.has(key) ? store(job) : put(job))
        known.add(key)
      }
    }),
  },
  'an outage is swallowed': {
    noticedBy: ['a put that meets an outage rejects'],
    breaks: putting((put) => (job) => put(job).catch(() => {})),
  },
  'after an outage nothing is put any more': {
    noticedBy: ['after an outage jobs are accepted again'],
    breaks: putting((put) => {
      let away = false
      return async (job) => {
        if (!away)
          await put(job).catch((error: unknown) => {
            away = true
            throw error
          })
      }
    }),
  },
}
