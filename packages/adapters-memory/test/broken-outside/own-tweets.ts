import type { OwnTweetsQuery, OwnTweetsResult } from '@hexbird/core/adapter'
import type { OwnTweetsHarness } from '@hexbird/core/contracts'
import { MemorySocialClient } from '../../src/memory-social-client.js'
import type { Faults } from './faults.js'
import { BOT, memorySocialClient } from './social-client.js'

export function memoryOwnTweets(): OwnTweetsHarness {
  const social = new MemorySocialClient({ bot: BOT })
  return { ...memorySocialClient(social), ownTweets: social }
}

type Found = Extract<OwnTweetsResult, { kind: 'found' }>

const listing =
  (
    change: (
      found: Found,
      harness: OwnTweetsHarness,
      query: OwnTweetsQuery,
    ) => OwnTweetsResult | Promise<OwnTweetsResult>,
  ) =>
  (harness: OwnTweetsHarness): OwnTweetsHarness => ({
    ...harness,
    ownTweets: {
      async ownTweets(query) {
        const result = await harness.ownTweets.ownTweets(query)
        return result.kind === 'found' ? change(result, harness, query) : result
      },
    },
  })

const NONE = 'an account that has tweeted nothing has no own tweets'
const REPLIES = 'replies are listed with what they are to, the newest first'
const NO_REPLY = 'what is no reply is listed as that'
const OTHERS = 'what others tweet is not listed'
const PAGES = 'page after page, each is listed once'
const LATER = ['rate-limited', 'no-credits', 'unauthorized', 'unexplained'] as const

export const OWN_TWEETS_FAULTS: Faults<OwnTweetsHarness> = {
  'where there is nothing, there is one': {
    noticedBy: [NONE],
    breaks: listing((found) => (found.tweets.length === 0 ? { ...found, tweets: [{ id: '1' }] } : found)),
  },
  'the oldest come first': {
    noticedBy: [REPLIES, PAGES],
    breaks: listing((found) => ({ ...found, tweets: [...found.tweets].reverse() })),
  },
  'replies are not told from other tweets': {
    noticedBy: [REPLIES, PAGES],
    breaks: listing((found) => ({ ...found, tweets: found.tweets.map(({ id }) => ({ id })) })),
  },
  'what is no reply is left out': {
    noticedBy: [NO_REPLY],
    breaks: listing((found) => ({
      ...found,
      tweets: found.tweets.filter(({ inReplyToId }) => inReplyToId !== undefined),
    })),
  },
  'what is no reply is one to itself': {
    noticedBy: [NO_REPLY],
    breaks: listing((found) => ({
      ...found,
      tweets: found.tweets.map((tweet) => ({ inReplyToId: tweet.id, ...tweet })),
    })),
  },
  'what somebody else has tweeted is listed too': {
    noticedBy: [OTHERS],
    breaks: listing(async (found, { person, tweetFrom }) => ({
      ...found,
      tweets: [{ id: await tweetFrom(await person('grace'), { text: 'me too' }) }, ...found.tweets],
    })),
  },
  'there is one page': { noticedBy: [PAGES], breaks: listing(({ next: _, ...found }) => found) },
  'each page is the first': {
    noticedBy: [PAGES],
    breaks: (harness) => ({
      ...harness,
      ownTweets: { ownTweets: ({ page: _, ...query }) => harness.ownTweets.ownTweets(query) },
    }),
  },
  ...Object.fromEntries(
    LATER.map((reason) => [
      `a listing that is ${reason} is empty`,
      {
        noticedBy: [`own tweets whose listing is ${reason} are not taken for none`],
        breaks: (harness: OwnTweetsHarness): OwnTweetsHarness => ({
          ...harness,
          ownTweets: {
            async ownTweets(query) {
              const result = await harness.ownTweets.ownTweets(query)
              return result.kind === 'deferred' ? { kind: 'found', tweets: [] } : result
            },
          },
        }),
      },
    ]),
  ),
}
