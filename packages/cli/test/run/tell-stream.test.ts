import type { ActivityStreamEvent } from '@hexbird/adapters-x'
import { expect, test } from '@jest/globals'
import { createStreamTeller } from '../../src/run/tell-stream.js'

function told(...events: readonly ActivityStreamEvent[]): string[] {
  const messages: string[] = []
  const tell = createStreamTeller(({ level = 'info', message }) => messages.push(`${level}: ${message}`))
  for (const event of events) tell(event)
  return messages
}

const connected: ActivityStreamEvent = { kind: 'connected', backfillMinutes: 5 }
const cut: ActivityStreamEvent = { kind: 'cut', detail: 'ECONNRESET', retryInMs: 0 }
const refused: ActivityStreamEvent = { kind: 'refused', status: 503, detail: 'away', retryInMs: 5_000 }

test('an outage of the stream is logged when it begins and when it is over, however often it is tried', () => {
  expect(told(connected, cut, refused, refused, connected, cut)).toEqual([
    'info: The activity stream is connected.',
    'warn: The activity stream was cut off. Reconnecting.',
    'info: The activity stream is connected.',
    'warn: The activity stream was cut off. Reconnecting.',
  ])
})

test('what X says in the stream is logged, and what it brought is not: the work on it is', () => {
  expect(
    told(
      { kind: 'taken', events: [], passedOver: [] },
      { kind: 'error-told', detail: 'operational-disconnect' },
      { kind: 'not-taken', error: new Error('the disk is full'), retryInMs: 1_000 },
    ),
  ).toEqual([
    'warn: X reported an error in the activity stream.',
    'error: The store did not accept an event from the activity stream. Trying again.',
  ])
})
