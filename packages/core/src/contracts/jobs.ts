import type { StoredJob } from '../domain/job.js'
import { encodeJob, jobKey, LABEL_PHOTOS } from '../domain/job.js'
import type { Jobs } from '../ports/jobs.js'
import { type Contract, expectEqual, expectRejected, expectTrue } from './case.js'

/** A `Jobs` port, and access to the queue behind it. */
export interface JobsHarness {
  readonly jobs: Jobs
  /**
   * Returns every key that arrived for `runJob`, in any order, with the bytes that were stored under it on arrival.
   * Waits until no more are on their way.
   */
  taken(): Promise<readonly TakenJob[]>
  /** Makes the next `put` fail, as in an outage of the queue or store behind it. */
  breakNext(): void
}

/** A key that arrived, and the bytes that were stored under it at that moment. */
export interface TakenJob {
  readonly key: string
  readonly bytes: Uint8Array | undefined
}

const job = (firstId: string, text = 'what is this?'): StoredJob => ({
  v: 2,
  name: LABEL_PHOTOS,
  tweet: {
    id: firstId,
    firstId,
    botId: '1604089349832232960',
    text,
    createdAt: 1_790_000_000_000,
    author: { id: '2244994945', username: 'ada' },
    photos: [{ url: 'https://pbs.twimg.com/media/HCqUSd9W0AAuC2j.jpg' }],
    media: 'present',
    mentions: [{ id: '1604089349832232960', username: 'petbot', explicit: true }],
    isRetweet: false,
  },
  data: { photos: [`photos/2244994945/${firstId}/${firstId}-0`], altTexts: ['ein Hund 🐕‍🦺'] },
  bill: { spent: 5_000, reserved: 16_000, at: 1_790_000_000_000 },
})

const FIRST = '1790000000000000001'

/** The contract of `Jobs`. */
export const jobsContract: Contract<JobsHarness> = [
  {
    name: 'a job that was put is taken, and is stored by then as it was put',
    async check(make) {
      const { jobs, taken } = await make()
      await jobs.put(job(FIRST))
      expectTaken(await taken(), [job(FIRST)])
    },
  },
  {
    name: 'of jobs that are put at the same time none is lost',
    async check(make) {
      const { jobs, taken } = await make()
      const all = Array.from({ length: 20 }, (_, index) => job(`17900000000000001${index + 10}`))
      await Promise.all(all.map((each) => jobs.put(each)))
      expectTaken(await taken(), all)
    },
  },
  {
    name: 'the job of an edit takes the place of the earlier one, and is taken too',
    async check(make) {
      const { jobs, taken } = await make()
      await jobs.put(job(FIRST))
      const before = (await taken()).length
      await jobs.put(job(FIRST, 'and what is this?'))
      const all = await taken()
      expectTrue(all.length > before, 'the second job was never taken')
      expectEqual(all.at(-1)?.bytes, encodeJob(job(FIRST, 'and what is this?')), 'the job that was taken last')
    },
  },
  {
    name: 'a put that meets an outage rejects',
    async check(make) {
      const { jobs, breakNext } = await make()
      breakNext()
      await expectRejected(jobs.put(job(FIRST)), 'put during an outage')
    },
  },
  {
    name: 'after an outage jobs are accepted again',
    async check(make) {
      const { jobs, taken, breakNext } = await make()
      breakNext()
      await expectRejected(jobs.put(job(FIRST)), 'put during an outage')
      await jobs.put(job('1790000000000000002'))
      const [last] = (await taken()).slice(-1)
      expectEqual(last?.key, jobKey(job('1790000000000000002').tweet), 'the key that was taken after the outage')
    },
  },
]

/** Expects each at least once, and nothing else. */
function expectTaken(taken: readonly TakenJob[], put: readonly StoredJob[]): void {
  const stored = new Map(put.map((each) => [jobKey(each.tweet), encodeJob(each)]))
  for (const { key, bytes } of taken) expectEqual(bytes, stored.get(key), `what was stored when ${key} was taken`)
  const keys = new Set(taken.map(({ key }) => key))
  for (const key of stored.keys()) expectTrue(keys.has(key), `${key} was never taken`)
}
