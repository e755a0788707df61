import { afterEach, describe, expect, test } from '@jest/globals'
import { type Closers, clientsOf, closeAll, png, refusal, start } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

const idsOf = (answer: { readonly data?: readonly { readonly id: string }[] }) =>
  (answer.data ?? []).map(({ id }) => id)

describe('a sweep of the mentions', () => {
  test('finds all that came since the last one, page by page and each once', async () => {
    const x = await start(stack)
    const { asBot } = clientsOf(x)
    const path = `users/${x.bot.id}/mentions`
    const mention = async (n: number) => (await x.tweet({ as: `person${n}`, text: '@hexbird what is this?' })).id
    const old = [await mention(1), await mention(2)]
    const missed: string[] = []
    for (let n = 3; n < 15; n++) missed.unshift(await mention(n))
    const found: string[] = []
    let token: string | undefined
    do {
      const query = { since_id: old[1], max_results: 5, ...(token === undefined ? {} : { pagination_token: token }) }
      const answer = await asBot.v2.get(path, query)
      found.push(...idsOf(answer))
      token = answer.meta.next_token
    } while (token !== undefined)
    expect(found).toEqual(missed)
    expect(await asBot.v2.get(path, { since_id: missed[0] })).toEqual({ meta: { result_count: 0 } })
  })

  test('shows what a bot needs to answer: author, photos, conversation, and whom it replies to', async () => {
    const x = await start(stack)
    const first = await x.tweet({ as: 'bob', text: 'look' })
    const photos = [{ bytes: png(), altText: 'a dog' }]
    const asked = await x.tweet({ as: 'alice', text: '@hexbird what is this?', photos, inReplyTo: first.id })
    const answer = await clientsOf(x).asApp.v2.get(`users/${x.bot.id}/mentions`, {
      'tweet.fields': 'author_id,created_at,conversation_id,referenced_tweets,display_text_range,entities',
      expansions: 'author_id,attachments.media_keys',
      'media.fields': 'url,alt_text',
      'user.fields': 'protected',
    })
    expect(answer.data).toMatchObject([
      {
        id: asked.id,
        author_id: asked.author.id,
        conversation_id: first.id,
        referenced_tweets: [{ type: 'replied_to', id: first.id }],
        display_text_range: [5, 27],
      },
    ])
    expect(answer.includes).toMatchObject({
      users: [{ username: 'alice', protected: false }],
      media: [{ type: 'photo', url: asked.photos[0]?.url, alt_text: 'a dog' }],
    })
    expect(answer.meta).toEqual({ result_count: 1, newest_id: asked.id, oldest_id: asked.id })
  })

  test('finds implicit mentions, and neither the own tweets nor deleted ones', async () => {
    const x = await start(stack)
    const own = await x.tweet({ as: 'hexbird', text: 'I am @hexbird' })
    const thanks = await x.tweet({ as: 'alice', text: 'thanks', inReplyTo: own.id })
    const gone = await x.tweet({ as: 'alice', text: '@hexbird hi' })
    await x.deleteTweet(gone.id)
    expect(idsOf(await clientsOf(x).asBot.v2.get(`users/${x.bot.id}/mentions`))).toEqual([thanks.id])
  })

  test('reaches back to the 800th mention, and not beyond', async () => {
    const x = await start(stack, { rateLimits: false })
    const { asApp } = clientsOf(x)
    const path = `users/${x.bot.id}/mentions`
    const ids: string[] = []
    for (let n = 0; n < 801; n++) ids.push((await x.tweet({ as: 'alice', text: `@hexbird ${n}` })).id)
    const last = await asApp.v2.get(path, { until_id: ids[11], max_results: 100 })
    expect(idsOf(last)).toEqual(ids.slice(1, 11).reverse())
    expect(await asApp.v2.get(path, { until_id: ids[1] })).toEqual({ meta: { result_count: 0 } })
  })
})

describe('the pages of a timeline', () => {
  async function setUp() {
    const x = await start(stack)
    const ids: string[] = []
    for (let n = 0; n < 12; n++) ids.unshift((await x.tweet({ as: 'alice', text: `tweet ${n}` })).id)
    const get = (query: Record<string, string | number>) =>
      clientsOf(x).asApp.v2.get(`users/${x.person('alice').id}/tweets`, query)
    return { ids, get }
  }

  test('lead on and back', async () => {
    const { ids, get } = await setUp()
    const first = await get({ max_results: 5 })
    expect([idsOf(first), first.meta.previous_token]).toEqual([ids.slice(0, 5), undefined])
    const second = await get({ max_results: 5, pagination_token: first.meta.next_token })
    const third = await get({ max_results: 5, pagination_token: second.meta.next_token })
    expect([idsOf(second), idsOf(third)]).toEqual([ids.slice(5, 10), ids.slice(10)])
    expect(third.meta.next_token).toBeUndefined()
    const back = await get({ max_results: 5, pagination_token: third.meta.previous_token })
    expect(back).toEqual(second)
  })

  test.each([
    ['since_id and until_id that leave nothing between them', { since_id: '5', until_id: '5' }],
    [
      'a start_time that is not before end_time',
      { start_time: '2026-08-02T00:00:00Z', end_time: '2026-08-01T00:00:00Z' },
    ],
    ['a page token that X never gave', { pagination_token: 'no token' }],
    ['a since_id that is no id', { since_id: 'a' }],
    ['too many at once', { max_results: 101 }],
    ['too few at once', { max_results: 4 }],
  ])('are refused with 400 for %s', async (_what, query) => {
    const { get } = await setUp()
    expect((await refusal(get(query))).code).toBe(400)
  })
})

test('a mention that is listed late is listed once it is time, in its place', async () => {
  const x = await start(stack)
  const late = await x.tweet({ as: 'alice', text: '@hexbird one' })
  const list = x.listLate(late.id)
  const next = await x.tweet({ as: 'alice', text: '@hexbird two' })
  const ids = async () => {
    type Listed = { readonly data?: readonly { readonly id: string }[] }
    const { data = [] } = await clientsOf(x).asBot.v2.get<Listed>(`users/${x.bot.id}/mentions`)
    return data.map(({ id }) => id)
  }
  expect(await ids()).toEqual([next.id])
  list()
  expect(await ids()).toEqual([next.id, late.id])
})

test('a person who blocked the bot is no longer delivered or listed, and gets no reply', async () => {
  const x = await start(stack)
  const { asBot } = clientsOf(x)
  const before = await x.tweet({ as: 'alice', text: '@hexbird one' })
  x.block('alice')
  await x.tweet({ as: 'alice', text: '@hexbird two' })
  const listed = await asBot.v2.get<{ readonly data?: readonly { readonly id: string }[] }>(
    `users/${x.bot.id}/mentions`,
  )
  expect(idsOf(listed)).toEqual([])
  expect((await refusal(asBot.v2.reply('Hello.', before.id))).code).toBe(403)
  expect(x.refusedPosts()).toMatchObject([
    {
      author: { username: 'hexbird' },
      text: 'Hello.',
      inReplyToId: before.id,
      detail: expect.stringMatching(/not visible/),
    },
  ])
})
