import type { Event } from '@hexbird/core'
import type { InboxHarness } from '@hexbird/core/contracts'
import { MemoryInbox } from '../../src/memory-inbox.js'
import { MemoryQueue } from '../../src/memory-queue.js'
import type { Faults } from './faults.js'

export function memoryInbox(): InboxHarness {
  const queue = new MemoryQueue<Event>()
  let broken = false
  const inbox = new MemoryInbox({
    async put(events) {
      const fails = broken
      broken = false
      if (fails) throw new Error('the queue is away')
      await queue.put(events)
    },
  })
  return {
    inbox,
    async received() {
      const events: Event[] = []
      const stop = queue.consume(async (event) => {
        events.push(event)
        return 'done'
      })
      await queue.idle()
      await stop()
      return events
    },
    breakNext() {
      broken = true
    },
  }
}

type Put = InboxHarness['inbox']['put']

const putting =
  (makePut: (put: Put) => Put) =>
  (harness: InboxHarness): InboxHarness => ({
    ...harness,
    inbox: { put: makePut((events) => harness.inbox.put(events)) },
  })

const changing = (change: (json: string) => string) =>
  putting((put) => (events) => put(JSON.parse(change(JSON.stringify(events)))))

/** Bytes of its JSON where all but ASCII is escaped. */
const inAscii = (event: Event) => JSON.stringify(event).replaceAll(/[^\0-\x7e]/g, '\\u0000').length

export const INBOX_FAULTS: Faults<InboxHarness> = {
  'only the first event of a put is kept': {
    noticedBy: ['every accepted event arrives, unchanged'],
    breaks: putting((put) => (events) => put(events.slice(0, 1))),
  },
  'times are kept to the minute': {
    noticedBy: ['every accepted event arrives, unchanged'],
    breaks: changing((json) => json.replaceAll('1790000000000,', '1789999980000,').replaceAll('1790000000000}', '1}')),
  },
  'only the first put is kept': {
    noticedBy: ['events of several puts all arrive'],
    breaks: putting((put) => {
      let first = true
      return async (events) => {
        if (first) await put(events)
        first = false
      }
    }),
  },
  'a put during another is dropped': {
    noticedBy: ['of events that are put at the same time none is lost'],
    breaks: putting((put) => {
      let busy = false
      return async (events) => {
        if (busy) return
        busy = true
        await put(events)
        busy = false
      }
    }),
  },
  'no more than ten events are sent': {
    noticedBy: ['more events than a queue takes at once all arrive'],
    breaks: putting((put) => (events) => put(events.slice(0, 10))),
  },
  'what is too long for one request is left out': {
    noticedBy: ['more text than a queue takes at once arrives'],
    breaks: putting((put) => (events) => put(JSON.stringify(events).length > 1_000_000 ? events.slice(0, 2) : events)),
  },
  'one event that is too large keeps the others out': {
    noticedBy: ['an event with a text of 25,000 astral letters among others is taken in with them'],
    breaks: putting((put) => async (events) => {
      if (events.some((event) => inAscii(event) > 262_144)) throw new Error('an event is too large')
      await put(events)
    }),
  },
  'what is too large is left out': {
    noticedBy: ['an event with a text of 25,000 astral letters among others is taken in with them'],
    breaks: putting((put) => (events) => put(events.filter((event) => inAscii(event) <= 262_144))),
  },
  'every text is cut because one is too long': {
    noticedBy: ['an event with a text of 25,000 astral letters among others is taken in with them'],
    breaks: putting((put) => (events) => {
      const cut = (event: Event): Event =>
        event.kind === 'tweet' ? { ...event, tweet: { ...event.tweet, text: event.tweet.text.slice(0, 3) } } : event
      return put(events.some((event) => inAscii(event) > 262_144) ? events.map(cut) : events)
    }),
  },
  'characters that a queue forbids are dropped': {
    noticedBy: ['text that is not plain arrives letter for letter'],
    breaks: changing((json) => json.replaceAll(/[\ufffe\uffff]/g, '')),
  },
  'half a pair becomes a replacement character': {
    noticedBy: ['text that is not plain arrives letter for letter'],
    breaks: changing((json) => json.replaceAll('\\ud83d ', '\ufffd ')),
  },
  'nothing is sent as an event': {
    noticedBy: ['nothing put is nothing received'],
    breaks: putting((put) => (events) => put(events.length > 0 ? events : [{ kind: 'unknown', name: '' }])),
  },
  'events are kept, not copied': {
    noticedBy: ['what the caller does to an event afterwards changes nothing'],
    breaks: (harness) => {
      const kept: Event[] = []
      return { ...harness, inbox: { put: async (events) => void kept.push(...events) }, received: async () => kept }
    },
  },
  'an outage is swallowed': {
    noticedBy: ['a put that meets an outage rejects'],
    breaks: putting((put) => (events) => put(events).catch(() => {})),
  },
  'an outage is swallowed where events are sent in batches': {
    noticedBy: ['a put of many events that meets an outage rejects'],
    breaks: putting((put) => (events) => (events.length > 10 ? put(events).catch(() => {}) : put(events))),
  },
  'after an outage nothing is sent any more': {
    noticedBy: ['after an outage events are accepted again'],
    breaks: putting((put) => {
      let away = false
      return async (events) => {
        if (!away)
          await put(events).catch((error: unknown) => {
            away = true
            throw error
          })
      }
    }),
  },
}
