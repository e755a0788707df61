import type { Event } from '@hexbird/core'
import type { SignInAppEvent, WebhookAppEvent } from '@hexbird/http'
import { type Entry, fieldsOf } from './log.js'

/** What happened at the webhook, as a line of the log. */
export function webhookEntry(event: WebhookAppEvent): Entry {
  switch (event.kind) {
    case 'challenge-answered':
      return { message: 'A challenge was answered.' }
    case 'challenge-unusual':
      return {
        level: 'warn',
        message: 'Answered a challenge in a form that X does not use: someone may be probing.',
      }
    case 'challenge-refused':
    case 'delivery-refused':
      return { level: 'warn', message: 'A request to the webhook was refused.', fields: { reason: event.reason } }
    case 'delivery-unreadable':
      return { level: 'error', message: 'X signed a delivery that cannot be read.', fields: { reason: event.reason } }
    case 'delivery-taken':
      return {
        message: 'A delivery arrived.',
        fields: { events: kindsOf(event.events), passedOver: kindsOf(event.passedOver) },
      }
    case 'delivery-not-taken':
      return {
        level: 'error',
        message: 'A delivery could not be stored. X was told that it failed.',
        fields: fieldsOf(event.error),
      }
    case 'broken':
      return { level: 'error', message: 'The webhook failed.', fields: fieldsOf(event.error) }
  }
}

const kindsOf = (events: readonly Event[]) =>
  events.length === 0 ? undefined : events.map((event) => ('name' in event ? event.name : event.kind)).join(',')

/** What happened at the sign-in pages, as a line of the log. */
export function signInEntry(event: SignInAppEvent): Entry {
  switch (event.kind) {
    case 'signed-in':
      return {
        message: 'Signed in.',
        fields: { user: event.uid, follow: event.follow.kind, dm: event.message.kind },
      }
    case 'disconnected':
      return { message: 'Disconnected.', fields: { user: event.uid, atX: event.atX.kind } }
    case 'start-failed':
    case 'callback-failed':
    case 'broken':
      return { level: 'error', message: 'The sign-in failed.', fields: { what: event.kind, ...fieldsOf(event.error) } }
    default:
      return { message: 'Sign-in.', fields: { what: event.kind, reason: 'reason' in event ? event.reason : undefined } }
  }
}
