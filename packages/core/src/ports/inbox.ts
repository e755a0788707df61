import type { Event } from '../domain/event.js'

/** Accepts the events that the webhook received. */
export interface Inbox {
  /**
   * Durably accepts the events: when this returns, each will be handled at least once. If it throws, any of them may be
   * lost.
   *
   * If an event is too large for the queue behind the inbox, it is shortened with `shortenEvent`. The other events are
   * accepted all the same.
   */
  put(events: readonly Event[]): Promise<void>
}
