import type { Event } from '../event.js'

/** Takes in what the webhook received. */
export interface Inbox {
  /** Accepted means durable: when this returns, every event will be handled at least once. A throw: none need be. */
  put(events: readonly Event[]): Promise<void>
}
