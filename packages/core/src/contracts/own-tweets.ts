import type { OwnTweet, OwnTweets } from '../ports/own-tweets.js'
import { type Contract, ContractError, expectEqual } from './case.js'
import type { SocialClientHarness } from './social-client.js'

/** An `OwnTweets` port, and its X. Replies by `social` appear in the timeline. `failNext` affects `ownTweets` too. */
export interface OwnTweetsHarness extends SocialClientHarness {
  readonly ownTweets: OwnTweets
}

/** The contract of `OwnTweets`. */
export const ownTweetsContract: Contract<OwnTweetsHarness> = [
  {
    name: 'an account that has tweeted nothing has no own tweets',
    async check(make) {
      expectEqual(await list(await make()), { kind: 'found', tweets: [] }, 'own tweets')
    },
  },
  {
    name: 'replies are listed with what they are to, the newest first',
    async check(make) {
      const harness = await make()
      const replies = await reply(harness, 3)
      expectEqual(await list(harness), { kind: 'found', tweets: replies }, 'own tweets')
    },
  },
  {
    name: 'what is no reply is listed as that',
    async check(make) {
      const harness = await make()
      const id = await harness.tweetFrom(harness.bot, { text: 'I know animals.' })
      expectEqual(await list(harness), { kind: 'found', tweets: [{ id }] }, 'own tweets')
    },
  },
  {
    name: 'what others tweet is not listed',
    async check(make) {
      const harness = await make()
      const [replied] = await reply(harness, 1)
      const other = await harness.person('grace')
      await harness.tweetFrom(other, { text: `@${harness.bot.username} a dog` })
      expectEqual(await list(harness), { kind: 'found', tweets: [replied] }, 'own tweets')
    },
  },
  {
    name: 'page after page, each is listed once',
    async check(make) {
      const harness = await make()
      const replies = await reply(harness, 12)
      const listed: OwnTweet[] = []
      let page: string | undefined
      for (let pages = 0; pages < 12; pages++) {
        const found = await list(harness, page)
        if (found.kind !== 'found') throw new ContractError(`page ${pages}: expected found, got ${found.kind}`)
        listed.push(...found.tweets)
        page = found.next
        if (page === undefined) break
      }
      expectEqual(listed, replies, 'own tweets of all pages')
    },
  },
  ...(['rate-limited', 'no-credits', 'unauthorized', 'unexplained'] as const).map((failure) => ({
    name: `own tweets whose listing is ${failure} are not taken for none`,
    async check(make: () => OwnTweetsHarness | Promise<OwnTweetsHarness>) {
      const harness = await make()
      harness.failNext(failure)
      expectEqual((await list(harness)).kind, 'deferred', 'own tweets')
    },
  })),
]

const LONG_AGO = Date.parse('2026-01-01T00:00:00Z')

const list = ({ ownTweets }: OwnTweetsHarness, page?: string) =>
  ownTweets.ownTweets({ from: LONG_AGO, most: 5, ...(page !== undefined && { page }) })

/** Has the bot reply to that many tweets. Returns the replies, newest first. */
async function reply({ social, bot, person, tweetFrom }: OwnTweetsHarness, count: number): Promise<OwnTweet[]> {
  const author = await person('ada')
  const replies: OwnTweet[] = []
  for (let each = 0; each < count; each++) {
    const inReplyToId = await tweetFrom(author, { text: `@${bot.username} what is this, number ${each}?` })
    const posted = await social.reply(inReplyToId, `Number ${each} is a dog.`)
    if (posted.kind !== 'posted') throw new ContractError(`reply ${each}: expected posted, got ${posted.kind}`)
    replies.unshift({ id: posted.id, inReplyToId })
  }
  return replies
}
