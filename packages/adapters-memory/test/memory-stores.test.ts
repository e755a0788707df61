import type { Event } from '@hexbird/core'
import { expect, test } from '@jest/globals'
import { memoryStores } from '../src/index.js'

test('what is put into the inbox is in the queue of events, and a stored job in the queue of jobs', async () => {
  const { inbox, blobs, queues } = memoryStores()
  const given: (Event | string)[] = []
  const note = async (item: Event | string) => {
    given.push(item)
    return 'done' as const
  }
  queues.events.consume(note)
  queues.jobs.consume(note)
  await inbox.put([{ kind: 'unknown', name: 'follow_events' }])
  await blobs.put('photos/1/2/2-0', new Uint8Array(), 'image/jpeg')
  await blobs.put('jobs/1/2.json', new Uint8Array(), 'application/json')
  await Promise.all([queues.events.idle(), queues.jobs.idle()])
  expect(given).toEqual([{ kind: 'unknown', name: 'follow_events' }, 'jobs/1/2.json'])
})

test('both queues go by the options', async () => {
  const { inbox, blobs, queues } = memoryStores({ maxReceives: 1 })
  const fail = async () => {
    throw new Error('no')
  }
  queues.events.consume(fail)
  queues.jobs.consume(fail)
  await inbox.put([{ kind: 'unknown', name: 'follow_events' }])
  await blobs.put('jobs/1/2.json', new Uint8Array(), 'application/json')
  await Promise.all([queues.events.idle(), queues.jobs.idle()])
  expect([queues.events.deadLetters.length, queues.jobs.deadLetters.length]).toEqual([1, 1])
})
