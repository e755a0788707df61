import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createIdIndex } from '../../src/state/id-index.js'
import { createPeople } from '../../src/state/people.js'
import { createTweets, isLatest, type LocalTweet } from '../../src/state/tweets.js'
import { compareIds, createIds } from '../../src/util/ids.js'

const id = fc.bigInt({ min: 0n, max: 10n ** 19n - 1n }).map(String)

function setUp() {
  const now = () => Date.UTC(2026, 7, 1)
  const newId = createIds(() => new Uint8Array(2), now)
  const people = createPeople(newId, now)
  const authors = ['alice', 'bob', 'hexbird'].map((username) => people.add({ username }))
  return { people, authors, tweets: createTweets(people, newId, now) }
}

/** A tweet as a recording brings it. */
function recorded(author: LocalTweet['author'], tweetId: string, more: Partial<LocalTweet> = {}): LocalTweet {
  return {
    id: tweetId,
    author,
    text: 'hi',
    displayRange: [0, 2],
    displayText: 'hi',
    createdAt: 0,
    conversationId: tweetId,
    photos: [],
    mentions: [],
    links: [],
    replySettings: 'everyone',
    editHistory: [tweetId],
    deleted: false,
    ...more,
  }
}

test('an index has each id once and in numeric order, in whatever order they come', () => {
  fc.assert(
    fc.property(fc.array(id), (ids) => {
      const index = createIdIndex()
      for (const one of [...ids, ...ids]) index.add('a', one)
      expect(index.of('a')).toEqual([...new Set(ids)].sort(compareIds))
      expect(index.of('b')).toEqual([])
    }),
    { numRuns: runs() },
  )
})

describe('the tweets', () => {
  const step = fc.record({
    kind: fc.constantFrom('new', 'new', 'new', 'edit', 'delete', 'record'),
    author: fc.nat(2),
    text: fc.constantFrom('one', 'two', '@alice', '@bob @bob @hexbird'),
    of: fc.nat(20),
    relation: fc.constantFrom('none', 'reply', 'quote'),
    id,
  })

  test('that are found by reply, quote, author, mention or words are those that a look at every tweet finds', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const { tweets, authors } = setUp()
        for (const { kind, author: at, text, of, relation, id: recordedId } of steps) {
          const author = authors[at]
          const all = tweets.all().filter(({ deleted }) => !deleted)
          const other = all[of % Math.max(1, all.length)]
          if (author === undefined) continue
          if (kind === 'record') tweets.know(recorded(author, recordedId, { mentions: tweets.mentionsIn(text) }))
          else if (kind === 'delete') other === undefined || tweets.remove(other.id)
          else if (kind === 'edit') {
            const latest = all.find(isLatest)
            if (latest !== undefined) tweets.create({ author: latest.author, text, edits: latest })
          } else {
            const isReply = other !== undefined && relation === 'reply'
            const isQuote = other !== undefined && relation === 'quote'
            tweets.create({ author, text, ...(isReply && { inReplyTo: other }), ...(isQuote && { quoted: other }) })
          }
        }
        const all = tweets.all()
        expect(all.map((tweet) => tweet.id)).toEqual(all.map((tweet) => tweet.id).sort(compareIds))
        const standing = all.filter((tweet) => !tweet.deleted && isLatest(tweet))
        for (const { id: parent } of all) {
          expect(tweets.repliesTo(parent)).toEqual(standing.filter(({ inReplyTo }) => inReplyTo?.id === parent))
          const quotes = all.filter(({ quoted, deleted }) => quoted?.id === parent && !deleted)
          expect(tweets.quoteCount(parent)).toBe(quotes.length)
        }
        for (const { id: userId } of authors) {
          const own = standing.filter(({ author }) => author.id === userId)
          expect([...tweets.by(userId)].reverse()).toEqual(own)
          const mentioning = standing.filter(({ mentions }) => mentions.some(({ person }) => person.id === userId))
          expect([...tweets.mentioning(userId)].reverse()).toEqual(mentioning)
          for (const words of ['one', '@alice', 'three']) {
            expect(tweets.withWords(userId, words)).toEqual(own.filter(({ displayText }) => displayText === words))
          }
        }
      }),
      { numRuns: runs() },
    )
  })

  test('that have nothing to do with one are not looked at for it, however many there are', () => {
    const { tweets, authors } = setUp()
    const [alice, bob, bot] = authors
    if (alice === undefined || bob === undefined || bot === undefined) throw new Error('Nobody is here.')
    let looks = 0
    for (let at = 1; at <= 1000; at++) {
      const tweet = recorded(alice, String(at))
      Object.defineProperty(tweet, 'deleted', {
        get() {
          looks += 1
          return false
        },
      })
      tweets.know(tweet)
    }
    const asked = tweets.create({ author: bob, text: '@hexbird what?' })
    tweets.create({ author: bot, text: 'A dog.', inReplyTo: asked })
    expect(tweets.repliesTo(asked.id)).toHaveLength(1)
    expect(tweets.quoteCount(asked.id)).toBe(0)
    expect(tweets.withWords(bot.id, 'A dog.')).toHaveLength(1)
    expect([...tweets.by(bot.id)]).toHaveLength(1)
    expect(tweets.mentioning(bot.id).next().value).toMatchObject({ id: asked.id })
    expect(looks).toBe(0)
    // And of a long list no more than is asked for.
    expect(tweets.by(alice.id).next().value).toMatchObject({ id: '1000' })
    expect(looks).toBe(1)
  })
})
