import type { Tweet } from '@hexbird/core'
import type { OwnReplyLookup, PostResult, SocialClient } from '@hexbird/core/adapter'
import type { SocialClientHarness, SocialFailure } from '@hexbird/core/contracts'
import { MemorySocialClient } from '../../src/memory-social-client.js'
import type { Faults } from './faults.js'

export const BOT = { id: '1604089349832232960', username: 'petbot' }

export function memorySocialClient(social = new MemorySocialClient({ bot: BOT })): SocialClientHarness {
  return {
    social,
    bot: BOT,
    person: async (username) => social.person(username),
    tweetFrom: async (author, tweet) => social.addTweet({ author, ...tweet }).id,
    remove: async (tweetId) => social.removeTweet(tweetId),
    repliesTo: async (tweetId) => social.repliesTo(tweetId).map(({ id, text }) => ({ id, text })),
    failNext: (failure) => social.failNext(failure),
  }
}

/** What the client does instead, where it says anything; `failure` is what the next call was to meet. */
type Break = (harness: SocialClientHarness, failure: () => SocialFailure | undefined) => Partial<SocialClient>

const withClient =
  (breaks: Break) =>
  (harness: SocialClientHarness): SocialClientHarness => {
    const { social } = harness
    let failure: SocialFailure | undefined
    const whole: SocialClient = {
      me: () => social.me(),
      reply: (tweetId, text, mediaIds) => social.reply(tweetId, text, mediaIds),
      uploadImage: (image) => social.uploadImage(image),
      tweet: (id) => social.tweet(id),
      findOwnReply: (tweetId) => social.findOwnReply(tweetId),
    }
    return {
      ...harness,
      social: { ...whole, ...breaks(harness, () => failure) },
      failNext(next) {
        failure = next
        harness.failNext(next)
      },
    }
  }

const posting = (change: (result: PostResult, failure: SocialFailure | undefined) => PostResult) =>
  withClient(({ social }, failure) => ({
    reply: async (tweetId, text) => change(await social.reply(tweetId, text), failure()),
  }))

const wording = (change: (text: string) => string) =>
  withClient(({ social }) => ({ reply: (tweetId, text) => social.reply(tweetId, change(text)) }))

const seeing = (change: (tweet: Tweet, harness: SocialClientHarness) => Tweet) =>
  withClient((harness) => ({
    async tweet(id) {
      const result = await harness.social.tweet(id)
      return result.kind === 'found' ? { ...result, tweet: change(result.tweet, harness) } : result
    },
  }))

const finding = (find: (tweetId: string, harness: SocialClientHarness) => Promise<OwnReplyLookup>) =>
  withClient((harness) => ({ findOwnReply: (tweetId) => find(tweetId, harness) }))

/** The bot's replies in this harness: tweet replied to, and reply. */
function remembering(find: (own: readonly (readonly [string, string])[], tweetId: string) => string | undefined) {
  return withClient(({ social }) => {
    const own: [string, string][] = []
    return {
      async reply(tweetId, text) {
        const result = await social.reply(tweetId, text)
        if (result.kind === 'posted') own.push([tweetId, result.id])
        return result
      },
      async findOwnReply(tweetId) {
        const id = find(own, tweetId)
        return id === undefined ? social.findOwnReply(tweetId) : { kind: 'found', id }
      },
    }
  })
}

const LATER = ['rate-limited', 'no-credits', 'unauthorized', 'unreachable'] as const
const LOOK_UPS = ['rate-limited', 'no-credits', 'unauthorized'] as const
const LOST = ['unreachable', 'ambiguous-not-posted', 'ambiguous-posted'] as const
const postIs = (reason: string) => `a post that is ${reason} posts nothing, and may be tried later`

export const SOCIAL_CLIENT_FAULTS: Faults<SocialClientHarness> = {
  'it takes itself for somebody else': {
    noticedBy: ['it knows which account it posts as'],
    breaks: withClient(() => ({ me: async () => ({ id: '7', username: 'ada' }) })),
  },
  'every reply is posted twice': {
    noticedBy: ['a reply is posted, once, to exactly the tweet it is for'],
    breaks: withClient(({ social }) => ({
      async reply(tweetId, text) {
        const result = await social.reply(tweetId, text)
        await social.reply(tweetId, `${text} `)
        return result
      },
    })),
  },
  'every reply goes to the first tweet': {
    noticedBy: ['a reply is posted, once, to exactly the tweet it is for'],
    breaks: withClient(({ social }) => {
      let first: string | undefined
      return {
        reply(tweetId, text) {
          first ??= tweetId
          return social.reply(first, text)
        },
      }
    }),
  },
  'a reply is a tweet of its own': {
    noticedBy: ['a reply is a tweet of the bot', 'a reply is posted, once, to exactly the tweet it is for'],
    breaks: withClient(({ tweetFrom, bot }) => ({
      reply: async (_, text) => ({ kind: 'posted', id: await tweetFrom(bot, { text }) }),
    })),
  },
  'a reply is posted as somebody else': {
    noticedBy: ['a reply is a tweet of the bot', "the bot's own reply is found"],
    breaks: withClient(({ tweetFrom, person }) => ({
      async reply(inReplyToId, text) {
        return { kind: 'posted', id: await tweetFrom(await person('grace'), { text, inReplyToId }) }
      },
    })),
  },
  'text is escaped twice': {
    noticedBy: ['text that is not plain is posted letter for letter'],
    breaks: wording((text) => text.replaceAll('&', '&amp;')),
  },
  'text is flattened': {
    noticedBy: ['text that is not plain is posted letter for letter'],
    breaks: wording((text) => text.replaceAll('\n', ' ')),
  },
  'a duplicate is made another one': {
    noticedBy: [
      'the same words a second time are a duplicate, and are not posted',
      'words that were posted without an answer are a duplicate the second time',
    ],
    breaks: withClient(({ social }) => ({
      async reply(tweetId, text) {
        const result = await social.reply(tweetId, text)
        return result.kind === 'duplicate' ? social.reply(tweetId, `${text} (2)`) : result
      },
    })),
  },
  'a duplicate counts as posted': {
    noticedBy: [
      'the same words a second time are a duplicate, and are not posted',
      'words that were posted without an answer are a duplicate the second time',
    ],
    breaks: posting((result) => (result.kind === 'duplicate' ? { kind: 'posted', id: '1' } : result)),
  },
  'a reply that is not allowed may be tried later': {
    noticedBy: ['a tweet that does not summon the bot gets no reply'],
    breaks: posting((result) =>
      result.kind === 'refused' && result.reason === 'reply-not-allowed'
        ? { kind: 'deferred', reason: 'unauthorized', detail: '' }
        : result,
    ),
  },
  'a reply that is not allowed is a tweet of its own': {
    noticedBy: ['a tweet that does not summon the bot gets no reply'],
    breaks: withClient(({ social, bot, tweetFrom }) => ({
      async reply(tweetId, text) {
        const result = await social.reply(tweetId, text)
        if (result.kind === 'refused') await tweetFrom(bot, { text, inReplyToId: tweetId })
        return result
      },
    })),
  },
  'a tweet that is gone is just another refusal': {
    noticedBy: ['a tweet that is gone gets no reply'],
    breaks: posting((result) => (result.kind === 'refused' ? { ...result, reason: 'reply-not-allowed' } : result)),
  },
  'the own reply is never found': {
    noticedBy: [
      "the bot's own reply is found",
      'an own reply is found below later ones',
      'a post whose answer is lost is ambiguous, and is found afterwards',
    ],
    breaks: finding(async () => ({ kind: 'absent' })),
  },
  'the tweet itself is taken for the reply': {
    noticedBy: [
      'an own reply that is not there is absent',
      'a post that is lost is ambiguous, and is absent afterwards',
      "other people's replies are not taken for the bot's",
    ],
    breaks: finding(async (id) => ({ kind: 'found', id })),
  },
  'any later reply of the bot is taken for it': {
    noticedBy: [
      'an own reply to another tweet is not taken for it',
      "an own reply deeper in the tweet's conversation is not taken for it",
    ],
    breaks: remembering((own, tweetId) => own.find(([asked]) => BigInt(asked) >= BigInt(tweetId))?.[1]),
  },
  'a reply in the same conversation is taken for it': {
    noticedBy: ["an own reply deeper in the tweet's conversation is not taken for it"],
    breaks: withClient(({ social }) => {
      const byConversation = new Map<string, string>()
      const conversationOf = async (id: string) => {
        const result = await social.tweet(id)
        return (result.kind === 'found' && result.tweet.conversationId) || ''
      }
      return {
        async reply(tweetId, text) {
          const result = await social.reply(tweetId, text)
          if (result.kind === 'posted') byConversation.set(await conversationOf(tweetId), result.id)
          return result
        },
        async findOwnReply(tweetId) {
          const result = await social.findOwnReply(tweetId)
          const id = result.kind === 'absent' ? byConversation.get(await conversationOf(tweetId)) : undefined
          return id === undefined ? result : { kind: 'found', id }
        },
      }
    }),
  },
  "anybody's reply is taken for it": {
    noticedBy: ["other people's replies are not taken for the bot's"],
    breaks: finding(async (tweetId, { social, repliesTo }) => {
      const result = await social.findOwnReply(tweetId)
      const [reply] = result.kind === 'absent' ? await repliesTo(tweetId) : []
      return reply ? { kind: 'found', id: reply.id } : result
    }),
  },
  'only the newest tweets of the bot are looked through': {
    noticedBy: ['an own reply is found below later ones'],
    breaks: withClient(({ social }) => {
      const own: string[] = []
      return {
        async reply(tweetId, text) {
          own.push(tweetId)
          return social.reply(tweetId, text)
        },
        findOwnReply: async (tweetId) =>
          own.slice(-3).includes(tweetId) ? social.findOwnReply(tweetId) : { kind: 'absent' },
      }
    }),
  },
  'a post without an answer counts as posted': {
    noticedBy: [
      'a post whose answer is lost is ambiguous, and is found afterwards',
      'a post that is lost is ambiguous, and is absent afterwards',
    ],
    breaks: posting((result) => (result.kind === 'ambiguous' ? { kind: 'posted', id: '1' } : result)),
  },
  'a post without an answer may be tried later': {
    noticedBy: [
      'a post whose answer is lost is ambiguous, and is found afterwards',
      'a post that is lost is ambiguous, and is absent afterwards',
    ],
    breaks: posting((result) =>
      result.kind === 'ambiguous' ? { kind: 'deferred', reason: 'unreachable', detail: '' } : result,
    ),
  },
  'a post without an answer is made again at once': {
    noticedBy: [
      'a post whose answer is lost is ambiguous, and is found afterwards',
      'a post that is lost is ambiguous, and is absent afterwards',
    ],
    breaks: withClient(({ social }) => ({
      async reply(tweetId, text) {
        const result = await social.reply(tweetId, text)
        return result.kind === 'ambiguous' ? social.reply(tweetId, text) : result
      },
    })),
  },
  ...Object.fromEntries(
    LATER.map((reason) => [
      `a post that is ${reason} is refused for good`,
      {
        noticedBy: [postIs(reason)],
        breaks: posting((result, failure) =>
          failure === reason && result.kind === 'deferred'
            ? { kind: 'refused', reason: 'rejected', detail: '' }
            : result,
        ),
      },
    ]),
  ),
  'a rate limit without the time of its reset': {
    noticedBy: [postIs('rate-limited')],
    breaks: posting((result) =>
      result.kind === 'deferred' ? { kind: 'deferred', reason: result.reason, detail: '' } : result,
    ),
  },
  'a post that was refused a connection is ambiguous': {
    noticedBy: [postIs('unreachable')],
    breaks: posting((result, failure) =>
      failure === 'unreachable' && result.kind === 'deferred' ? { kind: 'ambiguous', detail: '' } : result,
    ),
  },
  'what X does not explain ends the tweet': {
    noticedBy: ['a post that is refused without a word about the tweet posts nothing, and does not end it'],
    breaks: posting((result) =>
      result.kind === 'unexplained' ? { kind: 'refused', reason: 'rejected', detail: '' } : result,
    ),
  },
  'a post goes out though X refused it without a word about the tweet': {
    noticedBy: ['a post that is refused without a word about the tweet posts nothing, and does not end it'],
    breaks: withClient(({ social }) => ({
      async reply(tweetId, text) {
        const result = await social.reply(tweetId, text)
        if (result.kind === 'unexplained') await social.reply(tweetId, text)
        return result
      },
    })),
  },
  'a tweet whose look-up X refuses without a word about it is gone': {
    noticedBy: ['a look-up that is refused without a word about the tweet says neither gone nor absent'],
    breaks: withClient(({ social }, failure) => ({
      async tweet(id) {
        const result = await social.tweet(id)
        return failure() === 'unexplained' && result.kind === 'deferred' ? { kind: 'gone', detail: '' } : result
      },
    })),
  },
  'an own reply whose look-up X refuses without a word about it is absent': {
    noticedBy: ['a look-up that is refused without a word about the tweet says neither gone nor absent'],
    breaks: withClient(({ social }, failure) => ({
      async findOwnReply(tweetId) {
        const result = await social.findOwnReply(tweetId)
        return failure() === 'unexplained' && result.kind === 'deferred' ? { kind: 'absent' } : result
      },
    })),
  },
  'a locked account is refused once': {
    noticedBy: ['a locked account posts nothing, and says so'],
    breaks: posting((result) =>
      result.kind === 'locked' ? { kind: 'refused', reason: 'rejected', detail: '' } : result,
    ),
  },
  'a post goes out though the account is locked': {
    noticedBy: ['a locked account posts nothing, and says so'],
    breaks: withClient(({ social }) => ({
      async reply(tweetId, text) {
        const result = await social.reply(tweetId, text)
        if (result.kind === 'locked') await social.reply(tweetId, text)
        return result
      },
    })),
  },
  'ids go through numbers': {
    noticedBy: ['a tweet is found with its author, text and time'],
    breaks: seeing((tweet) => ({ ...tweet, id: String(Number(tweet.id)), firstId: String(Number(tweet.id)) })),
  },
  "the author has somebody else's name": {
    noticedBy: ['a tweet is found with its author, text and time'],
    breaks: seeing((tweet) => ({ ...tweet, author: { id: tweet.author.id, username: 'grace' } })),
  },
  'times are in seconds': {
    noticedBy: ['a tweet is found with its author, text and time'],
    breaks: seeing((tweet) => ({ ...tweet, createdAt: Math.floor(tweet.createdAt / 1000) })),
  },
  'only the first photo is seen': {
    noticedBy: ['a tweet is found with all its photos and their descriptions, in order'],
    breaks: seeing((tweet) => ({ ...tweet, photos: tweet.photos.slice(0, 1) })),
  },
  'descriptions of photos are dropped': {
    noticedBy: ['a tweet is found with all its photos and their descriptions, in order'],
    breaks: seeing((tweet) => ({ ...tweet, photos: tweet.photos.map(({ url }) => ({ url })) })),
  },
  'media stays unknown': {
    noticedBy: ['a tweet without photos is known to have none'],
    breaks: seeing((tweet) => ({ ...tweet, media: tweet.photos.length > 0 ? 'present' : 'unknown' })),
  },
  'mentions are not looked at': {
    noticedBy: ['whom the author mentions is told'],
    breaks: seeing((tweet) => ({ ...tweet, mentions: [] })),
  },
  'every mention is explicit': {
    noticedBy: ['a mention that X put in front of a reply is not explicit'],
    breaks: seeing((tweet) => ({
      ...tweet,
      mentions: tweet.mentions.map((mention) => ({ ...mention, explicit: true })),
    })),
  },
  'what is gone is thrown as later': {
    noticedBy: ['a tweet that was deleted is gone', 'a tweet that never was is gone'],
    breaks: withClient(({ social }) => ({
      async tweet(id) {
        const result = await social.tweet(id)
        return result.kind === 'gone' ? { kind: 'deferred', reason: 'unreachable', detail: '' } : result
      },
    })),
  },
  'a look-up that X defers is gone or absent': {
    noticedBy: LOOK_UPS.flatMap((reason) => [
      `a tweet whose look-up is ${reason} is not gone`,
      `an own reply whose look-up is ${reason} is not absent`,
    ]),
    breaks: withClient(({ social }) => ({
      async tweet(id) {
        const result = await social.tweet(id)
        return result.kind === 'deferred' ? { kind: 'gone', detail: '' } : result
      },
      async findOwnReply(tweetId) {
        const result = await social.findOwnReply(tweetId)
        return result.kind === 'deferred' ? { kind: 'absent' } : result
      },
    })),
  },
  'a look-up of a tweet that fails is gone': {
    noticedBy: LOST.map((failure) => `a look-up that fails (${failure}) says neither gone nor absent`),
    breaks: withClient(({ social }) => ({
      tweet: (id) => social.tweet(id).catch(() => ({ kind: 'gone', detail: '' })),
    })),
  },
  'a look-up of the own reply that fails is absent': {
    noticedBy: LOST.map((failure) => `a look-up that fails (${failure}) says neither gone nor absent`),
    breaks: withClient(({ social }) => ({
      findOwnReply: (tweetId) => social.findOwnReply(tweetId).catch(() => ({ kind: 'absent' })),
    })),
  },
}
