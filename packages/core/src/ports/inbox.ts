import type { Event } from '../domain/event.js'

/** Takes in what the webhook received. */
export interface Inbox {
  /**
   * Accepted means durable: when this returns, every event will be handled at least once. A throw: none need be.
   *
   * An event that is larger than what stands behind can hold arrives as `shortenEvent` makes it, and keeps no other from
   * being taken in.
   */
  put(events: readonly Event[]): Promise<void>
}
