import type { ActivityStreamEvent } from '@hexbird/adapters-x'
import { fieldsOf, type Log } from './log.js'

/** Tells what the activity stream notices; of an outage, how it began and that it is over. */
export function createStreamTeller(log: Log): (event: ActivityStreamEvent) => void {
  let isDown = false
  return (event) => {
    switch (event.kind) {
      case 'connected':
        isDown = false
        return log({ message: 'The activity stream is connected.' })
      case 'taken':
        return
      case 'line-skipped':
        return log({
          level: 'warn',
          message: 'A line of the activity stream was skipped.',
          fields: { reason: event.reason, bytes: event.bytes },
        })
      case 'no-backfill':
      case 'error-told':
        return log({ level: 'warn', message: WORDS[event.kind], fields: { detail: event.detail } })
      case 'not-taken':
        return log({ level: 'error', message: WORDS[event.kind], fields: fieldsOf(event.error) })
      default: {
        if (isDown) return
        isDown = true
        const { kind, retryInMs, ...rest } = event
        log({ level: 'warn', message: WORDS[kind], fields: { ...rest, retryInMs } })
      }
    }
  }
}

const WORDS = {
  cut: 'The activity stream was cut off. Reconnecting.',
  silent: 'The activity stream sent nothing, not even a keep-alive. Reconnecting.',
  refused: 'X refused the activity stream. Reconnecting.',
  'no-backfill': 'X does not resend missed events to this app. The bot polls for mentions instead.',
  'error-told': 'X reported an error in the activity stream.',
  'not-taken': 'The store did not accept an event from the activity stream. Trying again.',
} as const
