import type { Event } from '../domain/event.js'

/** Accepts the events from the webhook and from sweeps. */
export interface Inbox {
  /**
   * Durably accepts the events: once the promise resolves, each will be handled at least once. If it rejects, any of
   * them may be lost.
   *
   * If an event is too large for the queue behind the inbox, it is shortened with `shortenEvent`. The other events are
   * accepted unchanged.
   */
  put(events: readonly Event[]): Promise<void>
}
