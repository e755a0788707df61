import { startLocalX } from '@hexbird/local-x'
import { answer, startScripted } from '@hexbird/testkit/scripted-server'
import { afterEach, describe, expect, test } from '@jest/globals'
import { agentTo, XMentions } from '../src/index.js'
import { PHOTO } from './photo.js'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

const DAY = 86_400_000

async function start() {
  const x = await startLocalX()
  const agent = agentTo({ port: x.port })
  open.push({ close: () => agent.destroy() }, x)
  const mentions = new XMentions({ credentials: x.credentials, botId: x.bot.id, agent })
  const tweet = async (text = '@hexbird hello') => (await x.tweet({ as: 'alice', text })).id
  return { x, mentions, tweet, dayAgo: Date.now() - DAY }
}

async function scripted(...pages: readonly (readonly [status: number, body: unknown])[]) {
  const server = await startScripted(...pages.map(([status, body]) => answer(status, body)))
  const agent = agentTo({ port: server.port })
  open.push({ close: () => agent.destroy() }, server)
  const credentials = { consumerKey: 'key', consumerSecret: 'secret', accessToken: '9-token', accessSecret: 'secret' }
  return { server, mentions: new XMentions({ credentials, botId: '9', agent }) }
}

/** Asked for with the page's size that sweeps use. */
const MOST = 100

const idsOf = (result: Awaited<ReturnType<XMentions['since']>>) =>
  result.kind === 'found' ? result.tweets.map(({ id }) => id) : result

describe('XMentions, over the local X', () => {
  test('finds what mentions the bot, newest first, with author and photos', async () => {
    const { x, mentions, tweet, dayAgo } = await start()
    const first = await tweet()
    await tweet('nobody is meant')
    const photo = { bytes: PHOTO }
    const second = (await x.tweet({ as: 'bob', text: '@hexbird and this?', photos: [photo] })).id
    const found = await mentions.since({ from: dayAgo, most: MOST })
    expect(found).toMatchObject({
      kind: 'found',
      unreadable: 0,
      tweets: [
        { id: second, author: x.person('bob'), media: 'present', photos: [{}], mentions: [{ explicit: true }] },
        { id: first, botId: x.bot.id, author: x.person('alice'), media: 'absent' },
      ].map((one) => ({ ...one, author: { id: one.author.id } })),
    })
  })

  test('goes on from the last that was seen', async () => {
    const { mentions, tweet, dayAgo } = await start()
    const ids = [await tweet(), await tweet('@hexbird two'), await tweet('@hexbird three')]
    expect(idsOf(await mentions.since({ from: dayAgo, most: MOST, sinceId: ids[0] ?? '' }))).toEqual(
      ids.slice(1).reverse(),
    )
    expect(idsOf(await mentions.since({ from: dayAgo, most: MOST, sinceId: ids[2] ?? '' }))).toEqual([])
  })

  test('asks for no more than is wanted', async () => {
    const { mentions, tweet } = await start()
    await tweet()
    expect(idsOf(await mentions.since({ from: Date.now() + 60_000, most: MOST }))).toEqual([])
  })

  test('lists as many as are asked for, and says where there are more', async () => {
    const { mentions, tweet, dayAgo } = await start()
    const ids: string[] = []
    for (let n = 0; n < 12; n++) ids.unshift(await tweet(`@hexbird number ${n}`))
    const first = await mentions.since({ from: dayAgo, most: 10 })
    expect(idsOf(first)).toEqual(ids.slice(0, 10))
    const page = first.kind === 'found' ? first.next : undefined
    expect(page).toBeDefined()
    const second = await mentions.since({ from: dayAgo, most: 10, ...(page !== undefined && { page }) })
    expect(idsOf(second)).toEqual(ids.slice(10))
    expect(second).not.toHaveProperty('next')
  })
})

describe('what X answers', () => {
  test('a rate limit puts it off', async () => {
    const { mentions } = await scripted([429, { errors: [{ code: 88, message: 'Rate limit exceeded' }] }])
    expect(await mentions.since({ from: 0, most: MOST })).toMatchObject({ kind: 'deferred', reason: 'rate-limited' })
  })

  test('a locked account is told as such', async () => {
    const { mentions } = await scripted([
      403,
      { errors: [{ code: 326, message: 'this account is temporarily locked' }] },
    ])
    expect(await mentions.since({ from: 0, most: MOST })).toMatchObject({ kind: 'locked', code: 326 })
  })

  test('one that is no tweet hides none of the others, and is counted', async () => {
    const good = { id: '1', text: '@hexbird hi', author_id: '5', created_at: '2026-11-22T12:00:00.000Z' }
    const { mentions } = await scripted([200, { data: [good, { id: 7 }, 'what'], meta: { result_count: 3 } }])
    expect(await mentions.since({ from: 0, most: MOST })).toMatchObject({
      kind: 'found',
      tweets: [{ id: '1' }],
      unreadable: 2,
    })
  })

  test.each([
    ['an app without rights', 403, { title: 'Forbidden', detail: 'You are not permitted to perform this action.' }],
    ['no body', 403, ''],
    ['an account that is not there', 200, { errors: [{ type: 'https://api.x.com/2/problems/resource-not-found' }] }],
  ])('a refusal with %s puts it off, and ends no sweep with an error', async (_, status, body) => {
    const { mentions } = await scripted([status, body])
    expect(await mentions.since({ from: 0, most: MOST })).toMatchObject({ kind: 'deferred', reason: 'unauthorized' })
  })

  test('one whose photo did not come along is to be looked up, and is not taken for one without', async () => {
    const entities = { urls: [{ expanded_url: 'https://x.com/ada/status/1/photo/1' }] }
    const post = { id: '1', text: '@hexbird hi', author_id: '5', edit_history_tweet_ids: ['1'] }
    const { mentions } = await scripted([
      200,
      { data: [{ ...post, entities }, { ...post, attachments: { media_keys: ['3_1'] } }, post], meta: {} },
    ])
    expect(await mentions.since({ from: 0, most: MOST })).toMatchObject({
      tweets: [{ media: 'unknown' }, { media: 'unknown' }, { media: 'absent' }],
    })
  })

  test('no list and no word of an empty one is an error, not an empty list', async () => {
    const { mentions } = await scripted([200, { meta: {} }])
    await expect(mentions.since({ from: 0, most: MOST })).rejects.toMatchObject({ code: 'X_ANSWER_UNREADABLE' })
  })

  test('ids are digits before they are part of an address', async () => {
    const { mentions } = await scripted([200, {}])
    await expect(mentions.since({ from: 0, most: MOST, sinceId: '1/../2' })).rejects.toMatchObject({
      code: 'X_REQUEST_REFUSED',
    })
  })
})
