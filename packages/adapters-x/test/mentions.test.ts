import { startLocalX } from '@hexbird/local-x'
import { afterEach, describe, expect, test } from '@jest/globals'
import { agentTo, XMentions } from '../src/index.js'
import { answer, startScripted } from './scripted-server.js'

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

const idsOf = (result: Awaited<ReturnType<XMentions['since']>>) =>
  result.kind === 'found' ? result.tweets.map(({ id }) => id) : result

describe('XMentions, over the local X', () => {
  test('finds what mentions the bot, oldest first, with author and photos', async () => {
    const { x, mentions, tweet, dayAgo } = await start()
    const first = await tweet()
    await tweet('nobody is meant')
    const photo = { bytes: Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 2, 0xff, 0xd9]) }
    const second = (await x.tweet({ as: 'bob', text: '@hexbird and this?', photos: [photo] })).id
    const found = await mentions.since({ from: dayAgo })
    expect(found).toMatchObject({
      kind: 'found',
      unreadable: 0,
      tweets: [
        { id: first, botId: x.bot.id, author: { username: 'alice' }, media: 'absent' },
        { id: second, author: { username: 'bob' }, media: 'present', photos: [{}], mentions: [{ explicit: true }] },
      ],
    })
  })

  test('goes on from the last that was seen', async () => {
    const { mentions, tweet, dayAgo } = await start()
    const ids = [await tweet(), await tweet('@hexbird two'), await tweet('@hexbird three')]
    expect(idsOf(await mentions.since({ from: dayAgo, sinceId: ids[0] ?? '' }))).toEqual(ids.slice(1))
    expect(idsOf(await mentions.since({ from: dayAgo, sinceId: ids[2] ?? '' }))).toEqual([])
  })

  test('asks for no more than is wanted', async () => {
    const { mentions, tweet } = await start()
    await tweet()
    expect(idsOf(await mentions.since({ from: Date.now() + 60_000 }))).toEqual([])
  })

  test('lists all pages', async () => {
    const { mentions, tweet, dayAgo } = await start()
    const ids: string[] = []
    for (let n = 0; n < 120; n++) ids.push(await tweet(`@hexbird number ${n}`))
    expect(idsOf(await mentions.since({ from: dayAgo }))).toEqual(ids)
  })
})

describe('what X answers', () => {
  test('a rate limit puts it off', async () => {
    const { mentions } = await scripted([429, { errors: [{ code: 88, message: 'Rate limit exceeded' }] }])
    expect(await mentions.since({ from: 0 })).toMatchObject({ kind: 'later', reason: 'rate-limited' })
  })

  test('a locked account is told as such', async () => {
    const { mentions } = await scripted([
      403,
      { errors: [{ code: 326, message: 'this account is temporarily locked' }] },
    ])
    expect(await mentions.since({ from: 0 })).toMatchObject({ kind: 'locked', code: 326 })
  })

  test('one that is no tweet hides none of the others, and is counted', async () => {
    const good = { id: '1', text: '@hexbird hi', author_id: '5', created_at: '2026-11-22T12:00:00.000Z' }
    const { mentions } = await scripted([200, { data: [good, { id: 7 }, 'what'], meta: { result_count: 3 } }])
    expect(await mentions.since({ from: 0 })).toMatchObject({ kind: 'found', tweets: [{ id: '1' }], unreadable: 2 })
  })

  test('no list and no word of an empty one is an error, not an empty list', async () => {
    const { mentions } = await scripted([200, { meta: {} }])
    await expect(mentions.since({ from: 0 })).rejects.toMatchObject({ code: 'X_ANSWER_UNREADABLE' })
  })

  test('a page that does not come spoils the whole: none is passed over', async () => {
    const good = { id: '1', text: '@hexbird hi', author_id: '5', created_at: '2026-11-22T12:00:00.000Z' }
    const { mentions } = await scripted([200, { data: [good], meta: { next_token: 'two' } }], [503, {}])
    expect(await mentions.since({ from: 0 })).toMatchObject({ kind: 'later', reason: 'unreachable' })
  })

  test('ids are digits before they are part of an address', async () => {
    const { mentions } = await scripted([200, {}])
    await expect(mentions.since({ from: 0, sinceId: '1/../2' })).rejects.toMatchObject({ code: 'X_REQUEST_REFUSED' })
  })
})
