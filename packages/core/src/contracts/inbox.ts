import type { Event } from '../domain/event.js'
import type { Tweet } from '../domain/tweet.js'
import type { Inbox } from '../ports/inbox.js'
import { shortenEvent } from '../webhook/shorten-event.js'
import { type Contract, ContractError, expectRejected, expectTrue } from './case.js'

/** An inbox, and access to the queue behind it. */
export interface InboxHarness {
  readonly inbox: Inbox
  /** Returns every event that arrived behind the inbox, in any order. Waits until no more are on their way. */
  received(): Promise<readonly Event[]>
  /** Makes the next `put` fail, as in an outage of the queue or store behind the inbox. */
  breakNext(): void
}

const tweet = (id: string, text = 'what is this?'): Tweet => ({
  id,
  firstId: id,
  botId: '1604089349832232960',
  text,
  createdAt: 1_790_000_000_000,
  author: { id: '2244994945', username: 'ada' },
  photos: [{ url: 'https://pbs.twimg.com/media/HCqUSd9W0AAuC2j.jpg', altText: 'a dog' }],
  media: 'present',
  mentions: [{ id: '1604089349832232960', username: 'petbot', explicit: true }],
  isRetweet: false,
})

const tweetEvent = (id: string, text?: string): Event => ({ kind: 'tweet', tweet: tweet(id, text) })

const numbered = (count: number, text?: string) =>
  Array.from({ length: count }, (_, index) => tweetEvent(String(1_790_000_000_000_000_000n + BigInt(index)), text))

const oneOfEach: readonly Event[] = [
  tweetEvent('1790000000000000001'),
  { kind: 'tweet-deleted', tweetId: '1790000000000000002', authorId: '7', botId: '8', at: 1_790_000_000_000 },
  { kind: 'revoked', userId: '9007199254740993', appId: '13090192', at: 1_790_000_000_000 },
  { kind: 'message', id: '1790000000000000003', botId: '8', senderId: '7', text: 'stop' },
  { kind: 'unknown', name: 'follow_events' },
  { kind: 'malformed', name: 'tweet_create_events', reason: 'no id' },
]

/** The contract of `Inbox`. */
export const inboxContract: Contract<InboxHarness> = [
  {
    name: 'every accepted event arrives, unchanged',
    async check(make) {
      const { inbox, received } = await make()
      await inbox.put(oneOfEach)
      expectArrived(await received(), oneOfEach)
    },
  },
  {
    name: 'events of several puts all arrive',
    async check(make) {
      const { inbox, received } = await make()
      const events = numbered(3)
      for (const event of events) await inbox.put([event])
      expectArrived(await received(), events)
    },
  },
  {
    name: 'of events that are put at the same time none is lost',
    async check(make) {
      const { inbox, received } = await make()
      const events = numbered(20)
      await Promise.all(events.map((event) => inbox.put([event])))
      expectArrived(await received(), events)
    },
  },
  {
    name: 'more events than a queue takes at once all arrive',
    async check(make) {
      const { inbox, received } = await make()
      const events = numbered(25)
      await inbox.put(events)
      expectArrived(await received(), events)
    },
  },
  {
    name: 'more text than a queue takes at once arrives',
    async check(make) {
      const { inbox, received } = await make()
      const events = numbered(12, 'x'.repeat(100_000))
      await inbox.put(events)
      expectArrived(await received(), events)
    },
  },
  {
    name: 'an event with a text of 25,000 astral letters among others is taken in with them',
    async check(make) {
      const { inbox, received } = await make()
      const long = tweetEvent('1790000000000000500', '\u{1d4b3}'.repeat(25_000))
      const events = [...numbered(11), long, ...numbered(11, 'and this?')]
      await inbox.put(events).catch((cause: unknown) => {
        throw new ContractError('put with one long text: it was rejected', { cause })
      })
      const arrived = await received()
      const isShort = arrived.some((event) => canonical(event) === canonical(shortenEvent(long)))
      expectArrived(arrived, isShort ? events.map((event) => (event === long ? shortenEvent(long) : event)) : events)
    },
  },
  {
    name: 'text that is not plain arrives letter for letter',
    async check(make) {
      const { inbox, received } = await make()
      const events = [
        '日本語 🐕‍🦺 مرحبا',
        'a\u0000b\u001fc',
        'a\ufffeb\uffff',
        'half a \ud83d pair',
        '"\\</script>',
      ].map((text, index) => tweetEvent(`179000000000000000${index}`, text))
      await inbox.put(events)
      expectArrived(await received(), events)
    },
  },
  {
    name: 'nothing put is nothing received',
    async check(make) {
      const { inbox, received } = await make()
      await inbox.put([])
      const arrived = await received()
      expectTrue(arrived.length === 0, `expected nothing, got ${arrived.length} events`)
    },
  },
  {
    name: 'what the caller does to an event afterwards changes nothing',
    async check(make) {
      const { inbox, received } = await make()
      const event = { kind: 'unknown', name: 'favorite_events' } satisfies Event
      const events: Event[] = [event]
      await inbox.put(events)
      event.name = 'changed'
      events.length = 0
      expectArrived(await received(), [{ kind: 'unknown', name: 'favorite_events' }])
    },
  },
  {
    name: 'a put that meets an outage rejects',
    async check(make) {
      const { inbox, breakNext } = await make()
      breakNext()
      await expectRejected(inbox.put(numbered(1)), 'put during an outage')
    },
  },
  {
    name: 'a put of many events that meets an outage rejects',
    async check(make) {
      const { inbox, breakNext } = await make()
      breakNext()
      await expectRejected(inbox.put(numbered(25)), 'put of 25 events during an outage')
    },
  },
  {
    name: 'after an outage events are accepted again',
    async check(make) {
      const { inbox, received, breakNext } = await make()
      breakNext()
      await expectRejected(inbox.put([tweetEvent('1')]), 'put during an outage')
      await inbox.put([tweetEvent('2')])
      const arrived = (await received()).map(canonical)
      expectTrue(arrived.includes(canonical(tweetEvent('2'))), 'the event that was put after the outage never arrived')
    },
  },
]

/** Expects each at least once, and nothing else. */
function expectArrived(arrived: readonly Event[], put: readonly Event[]): void {
  const [here, given] = [new Set(arrived.map(canonical)), new Set(put.map(canonical))]
  for (const event of given) if (!here.has(event)) throw new ContractError(`never arrived: ${event.slice(0, 300)}`)
  for (const event of here) if (!given.has(event)) throw new ContractError(`was never put: ${event.slice(0, 300)}`)
}

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
