import { type Photo, type Tweet, timeOfId } from '../domain/tweet.js'
import type { Deferral, SocialClient } from '../ports/social-client.js'
import { type Contract, ContractError, expectEqual, expectTrue } from './case.js'

/** The bot's client, and the X that it calls. */
export interface SocialClientHarness {
  readonly social: SocialClient
  /** The account that `social` posts as. */
  readonly bot: PersonOnX
  /** Returns the account with this name. Creates it if there is none. */
  person(username: string): Promise<PersonOnX>
  /**
   * Tweets as `author`, now. Returns the tweet's id. Each `@username` in the text is a mention, and a tweet that
   * mentions the bot summons it. X itself puts the author of the tweet replied to in front of a reply.
   */
  tweetFrom(
    author: PersonOnX,
    tweet: { readonly text: string; readonly photos?: readonly Photo[]; readonly inReplyToId?: string },
  ): Promise<string>
  /** Deletes the tweet, as its author. */
  remove(tweetId: string): Promise<void>
  /** Returns everyone's replies to exactly this tweet, as X shows them. */
  repliesTo(tweetId: string): Promise<readonly { readonly id: string; readonly text: string }[]>
  /** Makes the client's next call fail in this way. */
  failNext(failure: SocialFailure): void
}

/** An account on X. The name is without the `@`. */
export interface PersonOnX {
  readonly id: string
  readonly username: string
}

/** The ways in which a call to X can fail. */
export type SocialFailure =
  /** 429, with the time of the reset. */
  | 'rate-limited'
  /** 402. */
  | 'no-credits'
  /** 401: X no longer accepts the bot's tokens. */
  | 'unauthorized'
  /** 403 with a reason that has nothing to do with the tweet, its conversation or the text. */
  | 'unexplained'
  /** The account is locked until a person unlocks it (code 326). */
  | 'locked'
  /** The connection is refused. */
  | 'unreachable'
  /** The request is carried out, but the response is lost. */
  | 'ambiguous-posted'
  /** The request is lost, or fails with a 5xx. It is not carried out. */
  | 'ambiguous-not-posted'

const PHOTOS: readonly Photo[] = [
  { url: 'https://pbs.twimg.com/media/HCqUSd9W0AAuC2j.jpg', altText: 'A dog on a beach' },
  { url: 'https://pbs.twimg.com/media/HCqUSd9W0AAuC2k.jpg' },
]

type Make = () => SocialClientHarness | Promise<SocialClientHarness>

/** The contract of `SocialClient`. */
export const socialClientContract: Contract<SocialClientHarness> = [
  {
    name: 'it knows which account it posts as',
    async check(make) {
      const { social, bot } = await make()
      const { id, username } = await social.me()
      expectEqual({ id, username }, { id: bot.id, username: bot.username }, 'me')
    },
  },
  {
    name: 'a reply is posted, once, to exactly the tweet it is for',
    async check(make) {
      const harness = await make()
      const [asked, other] = [await summons(harness), await summons(harness, 'and this?')]
      const id = await post(harness, asked, 'A dog.')
      expectEqual(await harness.repliesTo(asked), [{ id, text: 'A dog.' }], 'replies to the tweet')
      expectEqual(await harness.repliesTo(other), [], 'replies to another tweet')
      const otherId = await post(harness, other, 'A cat.')
      expectEqual(await harness.repliesTo(asked), [{ id, text: 'A dog.' }], 'replies to the tweet')
      expectEqual(await harness.repliesTo(other), [{ id: otherId, text: 'A cat.' }], 'replies to the other tweet')
    },
  },
  {
    name: 'a reply is a tweet of the bot',
    async check(make) {
      const harness = await make()
      const asked = await summons(harness)
      const reply = await found(harness, await post(harness, asked, 'A dog.'))
      expectEqual(reply.author.id, harness.bot.id, 'author of the reply')
      expectEqual(reply.inReplyToId, asked, 'tweet that the reply is to')
    },
  },
  {
    name: 'text that is not plain is posted letter for letter',
    async check(make) {
      const harness = await make()
      const asked = await summons(harness)
      const text = 'Bird & <plant> "100%"\n日本語 🐕‍🦺 a+b=c; é ü'
      await post(harness, asked, text)
      expectEqual(
        (await harness.repliesTo(asked)).map((reply) => reply.text),
        [text],
        'texts of the replies',
      )
    },
  },
  {
    name: 'the same words a second time are a duplicate, and are not posted',
    async check(make) {
      const harness = await make()
      const [first, second] = [await summons(harness), await summons(harness, 'and this?')]
      await post(harness, first, 'Not an animal.')
      expectEqual((await harness.social.reply(second, 'Not an animal.')).kind, 'duplicate', 'second post')
      expectEqual(await harness.repliesTo(second), [], 'replies to the second tweet')
      await post(harness, second, 'Not an animal, I think.')
    },
  },
  {
    name: 'a tweet that does not summon the bot gets no reply',
    async check(make) {
      const harness = await make()
      const author = await harness.person('ada')
      const id = await harness.tweetFrom(author, { text: 'just a tweet' })
      await expectRefused(harness, id, 'reply-not-allowed')
      expectEqual(await harness.repliesTo(id), [], 'replies')
    },
  },
  {
    name: 'a tweet that is gone gets no reply',
    async check(make) {
      const harness = await make()
      const id = await summons(harness)
      await harness.remove(id)
      await expectRefused(harness, id, 'tweet-gone')
    },
  },
  {
    name: "the bot's own reply is found",
    async check(make) {
      const harness = await make()
      const asked = await summons(harness)
      const id = await post(harness, asked, 'A dog.')
      expectEqual(await harness.social.findOwnReply(asked), { kind: 'found', id }, 'own reply')
    },
  },
  {
    name: 'an own reply that is not there is absent',
    async check(make) {
      const harness = await make()
      const asked = await summons(harness)
      expectEqual(await harness.social.findOwnReply(asked), { kind: 'absent' }, 'own reply')
    },
  },
  {
    name: 'an own reply to another tweet is not taken for it',
    async check(make) {
      const harness = await make()
      const author = await harness.person('ada')
      const asked = await harness.tweetFrom(author, { text: summoning(harness, 'what is this?') })
      const next = await harness.tweetFrom(author, { text: summoning(harness, 'and this?') })
      const id = await post(harness, next, 'A dog.')
      expectEqual(await harness.social.findOwnReply(asked), { kind: 'absent' }, 'own reply to the first tweet')
      expectEqual(await harness.social.findOwnReply(next), { kind: 'found', id }, 'own reply to the second tweet')
    },
  },
  {
    name: "an own reply deeper in the tweet's conversation is not taken for it",
    async check(make) {
      const harness = await make()
      const author = await harness.person('ada')
      const asked = await harness.tweetFrom(author, { text: summoning(harness, 'what is this?') })
      const deeper = await harness.tweetFrom(author, { text: summoning(harness, 'well?'), inReplyToId: asked })
      await post(harness, deeper, 'A dog.')
      expectEqual(await harness.social.findOwnReply(asked), { kind: 'absent' }, 'own reply')
    },
  },
  {
    name: "other people's replies are not taken for the bot's",
    async check(make) {
      const harness = await make()
      const asked = await summons(harness)
      const other = await harness.person('grace')
      await harness.tweetFrom(other, { text: summoning(harness, 'I see a dog.'), inReplyToId: asked })
      expectEqual(await harness.social.findOwnReply(asked), { kind: 'absent' }, 'own reply')
    },
  },
  {
    name: 'an own reply is found below later ones',
    async check(make) {
      const harness = await make()
      const asked = await summons(harness)
      const id = await post(harness, asked, 'A dog.')
      for (const text of ['A cat.', 'A cow.', 'A fish.'])
        await post(harness, await summons(harness, `not ${text}`), text)
      expectEqual(await harness.social.findOwnReply(asked), { kind: 'found', id }, 'own reply')
    },
  },
  {
    name: 'a post whose answer is lost is ambiguous, and is found afterwards',
    async check(make) {
      const harness = await make()
      const asked = await summons(harness)
      harness.failNext('ambiguous-posted')
      expectEqual((await harness.social.reply(asked, 'A dog.')).kind, 'ambiguous', 'post')
      const replies = await harness.repliesTo(asked)
      expectEqual(replies.length, 1, 'number of replies')
      expectEqual(await harness.social.findOwnReply(asked), { kind: 'found', id: replies[0]?.id }, 'own reply')
    },
  },
  {
    name: 'words that were posted without an answer are a duplicate the second time',
    async check(make) {
      const harness = await make()
      const asked = await summons(harness)
      harness.failNext('ambiguous-posted')
      await harness.social.reply(asked, 'A dog.')
      expectEqual((await harness.social.reply(asked, 'A dog.')).kind, 'duplicate', 'second post')
      expectEqual((await harness.repliesTo(asked)).length, 1, 'number of replies')
    },
  },
  {
    name: 'a post that is lost is ambiguous, and is absent afterwards',
    async check(make) {
      const harness = await make()
      const asked = await summons(harness)
      harness.failNext('ambiguous-not-posted')
      expectEqual((await harness.social.reply(asked, 'A dog.')).kind, 'ambiguous', 'post')
      expectEqual(await harness.repliesTo(asked), [], 'replies')
      expectEqual(await harness.social.findOwnReply(asked), { kind: 'absent' }, 'own reply')
      await post(harness, asked, 'A dog.')
    },
  },
  ...(['rate-limited', 'no-credits', 'unauthorized', 'unreachable'] as const).map((reason) => ({
    name: `a post that is ${reason} posts nothing, and may be tried later`,
    async check(make: Make) {
      const harness = await make()
      const asked = await summons(harness)
      harness.failNext(reason)
      expectDeferral(await harness.social.reply(asked, 'A dog.'), reason)
      expectEqual(await harness.repliesTo(asked), [], 'replies')
      await post(harness, asked, 'A dog.')
    },
  })),
  {
    name: 'a post that is refused without a word about the tweet posts nothing, and does not end it',
    async check(make) {
      const harness = await make()
      const asked = await summons(harness)
      harness.failNext('unexplained')
      expectEqual((await harness.social.reply(asked, 'A dog.')).kind, 'unexplained', 'post')
      expectEqual(await harness.repliesTo(asked), [], 'replies')
      await post(harness, asked, 'A dog.')
    },
  },
  {
    name: 'a look-up that is refused without a word about the tweet says neither gone nor absent',
    async check(make) {
      const harness = await make()
      const asked = await summons(harness)
      await post(harness, asked, 'A dog.')
      harness.failNext('unexplained')
      expectEqual((await harness.social.tweet(asked)).kind, 'deferred', 'look-up of the tweet')
      harness.failNext('unexplained')
      expectEqual((await harness.social.findOwnReply(asked)).kind, 'deferred', 'look-up of the own reply')
    },
  },
  {
    name: 'a locked account posts nothing, and says so',
    async check(make) {
      const harness = await make()
      const asked = await summons(harness)
      harness.failNext('locked')
      const result = await harness.social.reply(asked, 'A dog.')
      expectEqual(result.kind, 'locked', 'post')
      expectTrue(result.kind === 'locked' && Number.isInteger(result.code), "locked comes with X's code")
      expectEqual(await harness.repliesTo(asked), [], 'replies')
    },
  },
  {
    name: 'a tweet is found with its author, text and time',
    async check(make) {
      const harness = await make()
      const author = await harness.person('ada')
      const text = summoning(harness, 'what is this?')
      const id = await harness.tweetFrom(author, { text })
      const tweet = await found(harness, id)
      expectEqual([tweet.id, tweet.firstId, tweet.botId], [id, id, harness.bot.id], 'id, firstId and botId')
      // X may charge extra for the username, and the greeting works without it.
      expectEqual(tweet.author.id, author.id, 'author')
      expectTrue([undefined, 'ada'].includes(tweet.author.username), "the name is the author's, or not there")
      expectEqual(tweet.text, text, 'text')
      expectEqual(tweet.isRetweet, false, 'isRetweet')
      expectTrue(Math.abs(tweet.createdAt - (timeOfId(id) ?? 0)) <= 1000, 'createdAt is the time that the id tells')
    },
  },
  {
    name: 'a tweet is found with all its photos and their descriptions, in order',
    async check(make) {
      const harness = await make()
      const id = await harness.tweetFrom(await harness.person('ada'), {
        text: summoning(harness, 'what is this?'),
        photos: PHOTOS,
      })
      const tweet = await found(harness, id)
      expectEqual(tweet.photos, PHOTOS, 'photos')
      expectEqual(tweet.media, 'present', 'media')
    },
  },
  {
    name: 'a tweet without photos is known to have none',
    async check(make) {
      const harness = await make()
      const tweet = await found(harness, await summons(harness))
      expectEqual([tweet.photos, tweet.media], [[], 'absent'], 'photos and media')
    },
  },
  {
    name: 'whom the author mentions is told',
    async check(make) {
      const harness = await make()
      const [author, friend] = [await harness.person('ada'), await harness.person('grace')]
      const id = await harness.tweetFrom(author, { text: summoning(harness, 'what is this, @grace?') })
      expectEqual(
        (await found(harness, id)).mentions,
        [
          { id: harness.bot.id, username: harness.bot.username, explicit: true },
          { id: friend.id, username: 'grace', explicit: true },
        ],
        'mentions',
      )
    },
  },
  {
    name: 'a mention that X put in front of a reply is not explicit',
    async check(make) {
      const harness = await make()
      const author = await harness.person('ada')
      const asked = await harness.tweetFrom(author, { text: summoning(harness, 'what is this?') })
      const answer = await post(harness, asked, 'A dog.')
      const thanks = await found(harness, await harness.tweetFrom(author, { text: 'thanks', inReplyToId: answer }))
      expectEqual([thanks.inReplyToId, thanks.inReplyToUserId], [answer, harness.bot.id], 'tweet replied to')
      expectEqual(
        thanks.mentions.filter(({ explicit }) => explicit),
        [],
        'explicit mentions',
      )
    },
  },
  {
    name: 'a tweet that was deleted is gone',
    async check(make) {
      const harness = await make()
      const id = await summons(harness)
      await harness.remove(id)
      expectEqual((await harness.social.tweet(id)).kind, 'gone', 'tweet')
    },
  },
  {
    name: 'a tweet that never was is gone',
    async check(make) {
      const { social } = await make()
      expectEqual((await social.tweet('1790000000000000001')).kind, 'gone', 'tweet')
    },
  },
  ...(['rate-limited', 'no-credits', 'unauthorized'] as const).flatMap((reason) => [
    {
      name: `a tweet whose look-up is ${reason} is not gone`,
      async check(make: Make) {
        const harness = await make()
        const id = await summons(harness)
        harness.failNext(reason)
        expectDeferral(await harness.social.tweet(id), reason)
      },
    },
    {
      name: `an own reply whose look-up is ${reason} is not absent`,
      async check(make: Make) {
        const harness = await make()
        const asked = await summons(harness)
        await post(harness, asked, 'A dog.')
        harness.failNext(reason)
        expectDeferral(await harness.social.findOwnReply(asked), reason)
      },
    },
  ]),
  ...(['unreachable', 'ambiguous-not-posted', 'ambiguous-posted'] as const).map((failure) => ({
    name: `a look-up that fails (${failure}) says neither gone nor absent`,
    async check(make: Make) {
      const harness = await make()
      const asked = await summons(harness)
      await post(harness, asked, 'A dog.')
      harness.failNext(failure)
      expectEqual(await laterOrThrown(harness.social.tweet(asked)), true, 'look-up of the tweet puts it off or throws')
      harness.failNext(failure)
      expectEqual(
        await laterOrThrown(harness.social.findOwnReply(asked)),
        true,
        'look-up of the own reply puts it off or throws',
      )
    },
  })),
]

const summoning = ({ bot }: SocialClientHarness, text: string) => `@${bot.username} ${text}`

/** Someone asks the bot something. */
async function summons(harness: SocialClientHarness, text = 'what is this?'): Promise<string> {
  return harness.tweetFrom(await harness.person('ada'), { text: summoning(harness, text) })
}

async function post({ social }: SocialClientHarness, tweetId: string, text: string): Promise<string> {
  const result = await social.reply(tweetId, text)
  if (result.kind === 'posted') return result.id
  throw new ContractError(`reply ${JSON.stringify(text)}: expected posted, got ${JSON.stringify(result)}`)
}

async function found({ social }: SocialClientHarness, id: string): Promise<Tweet> {
  const result = await social.tweet(id)
  if (result.kind === 'found') return result.tweet
  throw new ContractError(`tweet ${id}: expected found, got ${JSON.stringify(result)}`)
}

async function expectRefused({ social }: SocialClientHarness, tweetId: string, reason: string): Promise<void> {
  const result = await social.reply(tweetId, 'A dog.')
  expectEqual(result.kind === 'refused' ? result.reason : result.kind, reason, 'post')
}

function expectDeferral(result: { readonly kind: string } | Deferral, reason: Deferral['reason']): void {
  const deferral = result.kind === 'deferred' && 'reason' in result ? result : undefined
  expectEqual(deferral?.reason ?? result.kind, reason, 'result')
  if (reason === 'rate-limited')
    expectTrue(Number.isInteger(deferral?.until), 'a rate limit comes with the time of its reset')
}

const laterOrThrown = (lookUp: Promise<{ readonly kind: string }>): Promise<boolean> =>
  lookUp.then(
    ({ kind }) => kind === 'deferred',
    () => true,
  )
