import { afterEach, describe, expect, test } from '@jest/globals'
import type { Switches } from '../../src/index.js'
import { type Closers, clientsOf, closeAll, refusal, start } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

const REFERENCES = [{ type: 'replied_to', id: expect.stringMatching(/^\d+$/) }]

/** A reply, looked up with whatever is asked for. */
async function setUp(switches: Partial<Switches> = {}) {
  const x = await start(stack)
  const first = await x.tweet({ as: 'alice', text: 'first' })
  const { id } = await x.tweet({ as: 'bob', text: 'second', inReplyTo: first.id })
  x.set(switches)
  const get = (query: Record<string, string>) => clientsOf(x).asApp.v2.get(`tweets/${id}`, query)
  return { x, first, id, get }
}

describe('an answer is in the words that were asked in:', () => {
  test('the older ones', async () => {
    const { id, first, get } = await setUp()
    const fields = 'referenced_tweets,public_metrics'
    const found = await get({ 'tweet.fields': fields, expansions: 'referenced_tweets.id' })
    expect(found.data).toMatchObject({ edit_history_tweet_ids: [id], referenced_tweets: REFERENCES })
    expect(found.data.public_metrics).toHaveProperty('retweet_count')
    expect(found.includes.tweets).toMatchObject([{ id: first.id }])
    expect(JSON.stringify(found)).not.toMatch(/_posts?"|"posts"|repost/)
  })

  test('the newer ones', async () => {
    const { id, first, get } = await setUp()
    for (const query of [
      { 'post.fields': 'referenced_posts,public_metrics', expansions: 'referenced_posts' },
      { 'tweet.fields': 'public_metrics', expansions: 'referenced_posts' },
    ]) {
      const found = await get(query)
      expect(found.data).toMatchObject({ edit_history_post_ids: [id], referenced_posts: REFERENCES })
      expect(found.data.public_metrics).toHaveProperty('repost_count')
      expect(found.includes.posts).toMatchObject([{ id: first.id }])
      expect(JSON.stringify(found)).not.toMatch(/tweet/)
    }
  })

  test('of an account too', async () => {
    const { x } = await setUp()
    const metrics = async (parameter: string) => {
      const query = { [parameter]: 'created_at', 'user.fields': 'public_metrics' }
      return Object.keys((await clientsOf(x).asApp.v2.get(`users/${x.bot.id}`, query)).data.public_metrics)
    }
    expect(await metrics('tweet.fields')).toContain('tweet_count')
    expect(await metrics('post.fields')).toContain('post_count')
  })
})

describe('where X knows its newer words alone', () => {
  test.each([
    { 'tweet.fields': 'lang' },
    { 'post.fields': 'referenced_tweets' },
    { expansions: 'referenced_tweets.id' },
    { expansions: 'edit_history_tweet_ids' },
  ])('%j is refused', async (query) => {
    const { get } = await setUp({ postWordsOnly: true })
    expect((await refusal(get(query))).code).toBe(400)
  })

  test('and drops what it does not know, the older ones bring nothing, and are charged for', async () => {
    const { x, id, get } = await setUp({ postWordsOnly: true, dropUnknownFields: true })
    const found = await get({ 'tweet.fields': 'lang,author_id', expansions: 'referenced_tweets.id' })
    expect(found).toEqual({ data: { id, text: expect.any(String), edit_history_post_ids: [id] } })
    expect(x.bill().total).toBe(5_000)
  })

  test('what is posted is answered in them', async () => {
    const { x } = await setUp({ postWordsOnly: true })
    const { data } = await clientsOf(x).asBot.v2.post('tweets', { text: 'hi' })
    expect(data.edit_history_post_ids).toEqual([data.id])
  })
})

test('fields that X does not know are dropped in silence where the switch says so, and the others are answered', async () => {
  const { get } = await setUp({ dropUnknownFields: true })
  const found = await get({ 'tweet.fields': 'lang,mood', expansions: 'author_id,mood', 'mood.fields': 'mood' })
  expect([found.data.lang, found.includes.users.length]).toEqual(['en', 1])
  expect((await refusal(get({ mood: 'good' }))).code).toBe(400)
})

test.each([
  ['usage/tweets', 'usage.fields', 'project_cap'],
  ['webhooks', 'webhook_config.fields', 'url'],
])('and so are those of %s', async (path, parameter, known) => {
  const { x } = await setUp()
  const get = () => clientsOf(x).asApp.v2.get(path, { [parameter]: `${known},mood` })
  expect((await refusal(get())).code).toBe(400)
  x.set({ dropUnknownFields: true })
  expect(await get()).toHaveProperty('data')
})
