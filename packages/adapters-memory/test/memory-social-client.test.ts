import { timeOfId } from '@hexbird/core/adapter'
import { ownTweetsContract, replyImagesContract, socialClientContract } from '@hexbird/core/contracts'
import { describe, expect, test } from '@jest/globals'
import { MemorySocialClient } from '../src/memory-social-client.js'
import { testFaults } from './broken-outside/faults.js'
import { memoryOwnTweets, OWN_TWEETS_FAULTS } from './broken-outside/own-tweets.js'
import { memoryReplyImages, REPLY_IMAGES_FAULTS } from './broken-outside/reply-images.js'
import { BOT, memorySocialClient, SOCIAL_CLIENT_FAULTS } from './broken-outside/social-client.js'

const NOW = 1_790_000_000_123
const client = (now = () => NOW) => new MemorySocialClient({ bot: BOT, now })

describe('MemorySocialClient', () => {
  for (const { name, check } of socialClientContract) test(name, () => check(memorySocialClient))
  for (const { name, check } of replyImagesContract) test(name, () => check(memoryReplyImages))

  test('ids carry the time and are never the same, though the clock stands still or goes back', () => {
    const times = [NOW, NOW, NOW - 1000, NOW + 1]
    const social = client(() => times.shift() ?? NOW + 2)
    const ids = Array.from({ length: 5 }, (_, index) => social.person(`person${index}`).id)
    expect(timeOfId(ids[0] ?? '')).toBe(NOW)
    expect(ids).toEqual([...new Set(ids)].sort())
  })

  test('a person is the same one however the name is written', () => {
    const social = client()
    expect(social.person('Ada')).toEqual(social.person('ada'))
    expect(social.person('PetBot')).toEqual(BOT)
  })

  test('a quote of the bot is a summons too, and so is its own tweet', async () => {
    const social = client()
    const author = social.person('ada')
    const own = social.addTweet({ author: BOT, text: 'I know animals.' })
    const quote = social.addTweet({ author, text: 'well?', quotedId: own.id })
    expect(quote.quotedAuthorId).toBe(BOT.id)
    expect(await social.reply(quote.id, 'A dog.')).toMatchObject({ kind: 'posted' })
    expect(await social.reply(own.id, 'And plants.')).toMatchObject({ kind: 'posted' })
  })

  test('a mention that X put in front of a reply is no summons', async () => {
    const social = client()
    const author = social.person('ada')
    const own = social.addTweet({ author: BOT, text: 'I know animals.' })
    const thanks = social.addTweet({ author, text: 'thanks', inReplyToId: own.id })
    expect(await social.reply(thanks.id, 'You are welcome.')).toMatchObject({ reason: 'reply-not-allowed' })
  })

  test('an address is not a mention, nor is a longer name', () => {
    const social = client()
    const author = social.person('ada')
    const text = 'write to me@petbot or @petbot_ or @@petbot or @petbotpetbotpetbot'
    expect(social.addTweet({ author, text }).mentions).toEqual([])
  })

  test('a reply belongs to the conversation that it is in', () => {
    const social = client()
    const author = social.person('ada')
    const first = social.addTweet({ author, text: 'look' })
    const second = social.addTweet({ author, text: 'more', inReplyToId: first.id })
    const third = social.addTweet({ author, text: 'and more', inReplyToId: second.id })
    expect(third).toMatchObject({ conversationId: first.id, inReplyToId: second.id, inReplyToUserId: author.id })
  })

  test('words may be posted again when the earlier tweet is gone', async () => {
    const social = client()
    const asked = social.addTweet({ author: social.person('ada'), text: '@petbot?' })
    const posted = await social.reply(asked.id, 'A dog.')
    if (posted.kind === 'posted') social.removeTweet(posted.id)
    expect(await social.reply(asked.id, 'A dog.')).toMatchObject({ kind: 'posted' })
  })

  test('an image is forgotten a day after its upload, to the millisecond', async () => {
    let now = NOW
    const social = client(() => now)
    const asked = social.addTweet({ author: social.person('ada'), text: '@petbot?' })
    const image = { bytes: Uint8Array.of(0xff, 0xd8, 0xff), type: 'image/jpeg', alt: 'A dog' } as const
    const uploaded = await social.uploadImage(image)
    const ids = uploaded.kind === 'uploaded' ? [uploaded.mediaId] : []
    expect(uploaded).toMatchObject({ expiresAt: NOW + 86_400_000 })
    now = NOW + 86_400_000
    expect(await social.reply(asked.id, 'Late.', ids)).toMatchObject({ kind: 'refused', reason: 'media-invalid' })
    now -= 1
    expect(await social.reply(asked.id, 'In time.', ids)).toMatchObject({ kind: 'posted' })
  })

  test('a failure is met once', async () => {
    const social = client()
    social.failNext('unreachable')
    await expect(social.me()).rejects.toThrow('unreachable')
    expect(await social.me()).toEqual(BOT)
  })

  test('what it gives is a copy', async () => {
    const social = client()
    const photos = [{ url: 'https://pbs.twimg.com/media/a.jpg' }]
    const { id } = social.addTweet({ author: social.person('ada'), text: 'look', photos })
    photos.length = 0
    const first = await social.tweet(id)
    if (first.kind === 'found') Object.assign(first.tweet, { text: 'changed' })
    expect(await social.tweet(id)).toMatchObject({ tweet: { text: 'look', photos: [{}] } })
  })
})

describe('the contract of a social client', () =>
  testFaults(socialClientContract, SOCIAL_CLIENT_FAULTS, memorySocialClient))

describe('MemorySocialClient, as the bot’s own timeline', () => {
  for (const { name, check } of ownTweetsContract) test(name, () => check(memoryOwnTweets))

  test('lists nothing from before the time', async () => {
    const times = [NOW - 1, NOW]
    const social = client(() => times[0] ?? NOW)
    social.addTweet({ author: BOT, text: 'I know animals.' })
    times.shift()
    const { id } = social.addTweet({ author: BOT, text: 'And plants.' })
    expect(await social.ownTweets({ from: NOW, most: 5 })).toEqual({ kind: 'found', tweets: [{ id }] })
  })
})

describe('the contract of own tweets', () => testFaults(ownTweetsContract, OWN_TWEETS_FAULTS, memoryOwnTweets))
describe('the contract of replies with images', () =>
  testFaults(replyImagesContract, REPLY_IMAGES_FAULTS, memoryReplyImages))
