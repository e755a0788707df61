import type { Event } from '@hexbird/core'
import type { Observer } from './observe.js'

/** What is told when the queue can never take an event, which then goes unhandled. */
export type SetAside = (event: Event, error: Error) => void

export const tellSetAside =
  (observer: Pick<Observer, 'count' | 'error'>): SetAside =>
  (event, error) => {
    observer.count('SetAside')
    observer.error(
      'The queue can never accept this event, so it was set aside. Look at it on X.',
      error,
      identify(event),
    )
  }

/** An event in a log: which it is, and nothing that somebody wrote. */
export const identify = (event: Event) => ({
  kind: event.kind,
  ...(event.kind === 'tweet' && { tweetId: event.tweet.id }),
  ...(event.kind === 'message' && { messageId: event.id.slice(0, 40) }),
  ...('name' in event && { name: event.name.slice(0, 100) }),
})
