import type { Event } from '@hexbird/core'
import { storedJobs } from '@hexbird/core/host'
import { FULL } from '@hexbird/testkit/bot-fixture'
import { expect, test } from '@jest/globals'
import { memoryStores } from '../src/index.js'

test('what is put into the inbox comes out of the queue of events, and a job out of the queue of jobs', async () => {
  const { inbox, blobs, queues } = memoryStores()
  const given: (Event | string)[] = []
  const note = async (item: Event | string) => {
    given.push(item)
    return 'done' as const
  }
  queues.events.consume(note)
  queues.jobs.consume(note)
  await inbox.put([{ kind: 'unknown', name: 'follow_events' }])
  await storedJobs(blobs, queues.jobs).put({ v: 2, name: 'label-photos', tweet: FULL, data: { photos: [] } })
  await Promise.all([queues.events.idle(), queues.jobs.idle()])
  expect(given).toEqual([{ kind: 'unknown', name: 'follow_events' }, 'jobs/100/5001.json'])
})

test('both queues go by the options', async () => {
  const { inbox, queues } = memoryStores({ maxReceives: 1 })
  const fail = async () => {
    throw new Error('no')
  }
  queues.events.consume(fail)
  queues.jobs.consume(fail)
  await inbox.put([{ kind: 'unknown', name: 'follow_events' }])
  await queues.jobs.put(['jobs/1/2.json'])
  await Promise.all([queues.events.idle(), queues.jobs.idle()])
  expect([queues.events.deadLetters.length, queues.jobs.deadLetters.length]).toEqual([1, 1])
})
