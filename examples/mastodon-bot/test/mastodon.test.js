import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { socialClientContract } from '@hexbird/core/contracts'
import { MastodonServer } from '../local/mastodon-server.js'
import { Mastodon } from '../mastodon.js'

/** @import { SocialClientHarness, SocialFailure } from '@hexbird/core/contracts' */

/** What core promises of X and Mastodon does otherwise, each with what holds instead. */
const OTHERWISE = {
  'a tweet that does not summon the bot gets no reply': 'anybody may be answered; core asks for a summons before',
  'the same words a second time are a duplicate, and are not posted': 'the same words may be said to somebody else',
  'words that were posted without an answer are a duplicate the second time': 'they are the same post; tested below',
  'a tweet is found with its author, text and time': 'ids tell the time in another way; tested below',
  'a post that is no-credits posts nothing, and may be tried later': 'nothing has a price',
  'a tweet whose look-up is no-credits is not gone': 'nothing has a price',
  'an own reply whose look-up is no-credits is not absent': 'nothing has a price',
}

/** @type {MastodonServer[]} */
const servers = []
after(() => Promise.all(servers.map((server) => server.stop())))

async function mastodon() {
  const server = await new MastodonServer().start()
  servers.push(server)
  const { url, accessToken } = server
  return { server, social: new Mastodon({ url, accessToken }) }
}

/** @returns {Promise<SocialClientHarness>} */
async function harness() {
  const { server, social } = await mastodon()
  /** @type {SocialFailure | undefined} */
  let failure
  /** @template T @param {'GET' | 'POST'} method @param {() => Promise<T>} call */
  const failing = async (method, call) => {
    const next = failure
    failure = undefined
    if (next === 'unreachable') {
      await server.stop()
      return call().finally(() => server.start())
    }
    if (next === 'ambiguous-posted') server.failNext(method, 'cut-after')
    else if (next === 'ambiguous-not-posted') server.failNext(method, 'outage')
    else if (next) server.failNext(method, next)
    return call()
  }
  return {
    social: {
      reply: (id, text) => failing('POST', () => social.reply(id, text)),
      uploadImage: () => social.uploadImage(),
      tweet: (id) => failing('GET', () => social.tweet(id)),
      findOwnReply: (id) => failing('GET', () => social.findOwnReply(id)),
      me: () => failing('GET', () => social.me()),
    },
    bot: server.bot,
    person: async (name) => server.person(name),
    tweetFrom: async (author, tweet) => server.toot(server.person(author.username), tweet).id,
    remove: async (id) => server.remove(id),
    repliesTo: async (id) =>
      server.repliesTo(id).map((reply) => ({ id: reply.id, text: reply.source.replace(/^@\w+ /, '') })),
    failNext: (next) => {
      failure = next
    },
  }
}

describe('Mastodon keeps the promises of a SocialClient', () => {
  for (const { name, check } of socialClientContract) {
    if (!(name in OTHERWISE)) test(name, () => check(harness))
  }

  test('but for those that are of X alone', () => {
    const names = socialClientContract.map(({ name }) => name)
    for (const name of Object.keys(OTHERWISE)) assert.ok(names.includes(name), name)
  })
})

describe('Mastodon', () => {
  test('posts the same words to the same status once, though the answer to the first try was lost', async () => {
    const { server, social } = await mastodon()
    const { id } = server.toot(server.person('ada'), { text: '@petbot what is this?' })
    server.failNext('POST', 'cut-after')
    assert.equal((await social.reply(id, 'A dog.')).kind, 'ambiguous')
    const [posted] = server.repliesTo(id)
    assert.deepEqual(await social.reply(id, 'A dog.'), { kind: 'posted', id: posted.id })
    assert.equal(server.repliesTo(id).length, 1)
  })

  test('tells the author of a reply, and shows it to no more people than they chose', async () => {
    const { server, social } = await mastodon()
    const { id } = server.toot(server.person('ada'), { text: '@petbot what is this?' })
    await social.reply(id, 'A dog.')
    const [reply] = server.repliesTo(id)
    assert.deepEqual([reply.source, reply.visibility], ['@ada A dog.', 'unlisted'])
  })

  test('gives a status with its author, language, text and time', async () => {
    const { server, social } = await mastodon()
    const text = '@petbot was ist <das> & "jenes"?\nUnd wo?'
    const status = server.toot(server.person('ada'), { text, language: 'de' })
    const found = await social.tweet(status.id)
    assert.equal(found.kind, 'found')
    if (found.kind !== 'found') return
    const { author, lang, createdAt } = found.tweet
    assert.deepEqual([author.username, lang, found.tweet.text], ['ada', 'de', text])
    assert.equal(createdAt, Date.parse(status.created_at))
  })

  test('finds all mentions since a time, page after page, the newest first', async () => {
    const { server, social } = await mastodon()
    const ids = Array.from({ length: 95 }, (_, n) => server.toot(server.person('ada'), { text: `@petbot ${n}` }).id)
    const found = []
    let page
    do {
      const result = await social.since({ from: Date.now() - 60_000, most: 30, ...(page && { page }) })
      assert.equal(result.kind, 'found')
      if (result.kind !== 'found') return
      found.push(...result.tweets.map(({ id }) => id))
      page = result.next
    } while (page)
    assert.deepEqual(found, ids.reverse())
    const none = await social.since({ from: Date.now() + 60_000, most: 30 })
    assert.deepEqual(none, { kind: 'found', tweets: [], unreadable: 0 })
  })
})
