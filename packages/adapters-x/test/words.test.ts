import { decodePost } from '@hexbird/core/adapter'
import { type LocalX, type Switches, startLocalX } from '@hexbird/local-x'
import { answer, startScripted } from '@hexbird/testkit/scripted-server'
import { afterEach, describe, expect, test } from '@jest/globals'
import { agentTo, XMentions, XSocialClient } from '../src/index.js'
import { TWEET_QUERY } from '../src/social-client.js'
import { PHOTO } from './photo.js'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

function clientsOf({ port, credentials, bot }: Pick<LocalX, 'port' | 'credentials' | 'bot'>) {
  const agent = agentTo({ port })
  open.push({ close: () => agent.destroy() })
  return {
    social: new XSocialClient({ credentials, botId: bot.id, agent }),
    mentions: new XMentions({ credentials, botId: bot.id, agent }),
  }
}

async function start(switches: Partial<Switches>) {
  const x = await startLocalX()
  open.push(x)
  const quoted = await x.tweet({ as: 'hexbird', text: 'hello' })
  const first = await x.tweet({ as: 'bob', text: 'look' })
  const photos = [{ bytes: PHOTO, altText: 'a dog' }]
  const text = `@hexbird what is this? ${'word '.repeat(80)}`
  const { id } = await x.tweet({ as: 'alice', text, photos, inReplyTo: first.id, quote: quoted.id })
  const { social } = clientsOf(x)
  const before = await social.tweet(id)
  const own = await social.reply(id, 'a dog')
  x.set(switches)
  return { x, id, before, own: own.kind === 'posted' ? own.id : '', ...clientsOf(x) }
}

describe.each([
  ['refuses the older words', { postWordsOnly: true }],
  ['passes over the older words in silence', { postWordsOnly: true, dropUnknownFields: true }],
])('where X %s', (_what, switches) => {
  test('a tweet is found as before', async () => {
    const { social, id, before } = await start(switches)
    expect(before).toMatchObject({
      kind: 'found',
      tweet: { photos: [{ altText: 'a dog' }], inReplyToId: expect.stringMatching(/^\d+$/) },
    })
    expect(await social.tweet(id)).toEqual(before)
  })

  test('the own reply is found, and mentions are listed', async () => {
    const { social, mentions, id, own } = await start(switches)
    expect(await social.findOwnReply(id)).toEqual({ kind: 'found', id: own })
    const listed = await mentions.since({ from: 0, most: 100 })
    expect(listed).toMatchObject({ kind: 'found', unreadable: 0, tweets: [{ id, media: 'present' }] })
  })

  test('it costs no more', async () => {
    const { x, social, id } = await start(switches)
    const { total } = x.bill()
    await social.tweet(id)
    expect(x.bill().total).toBe(total)
  })
})

const credentials = { consumerKey: 'key', consumerSecret: 'secret', accessToken: '9-token', accessSecret: 'secret' }

async function scripted(...answers: readonly (readonly [status: number, body: unknown])[]) {
  const server = await startScripted(...answers.map(([status, body]) => answer(status, body)))
  const agent = agentTo({ port: server.port })
  open.push({ close: () => agent.destroy() }, server)
  return { server, social: new XSocialClient({ credentials, botId: '9', agent }) }
}

const POST = { id: '10', text: 'hi', author_id: '1', conversation_id: '10', edit_history_post_ids: ['10'] }

test('X is asked in the newer words alone, once it has understood them and not the older ones', async () => {
  const wrong = {
    errors: [{ message: 'The query parameter [tweet.fields] is not one of [post.fields]' }],
    title: 'Invalid Request',
  }
  const { server, social } = await scripted([400, wrong], [200, { data: POST }])
  for (let at = 0; at < 2; at++) expect(await social.tweet('10')).toMatchObject({ kind: 'found' })
  const asked = server.requests.map(({ url }) => [...new URL(url, 'https://api.x.com').searchParams.keys()])
  expect(asked.map((names) => names.filter((name) => /^(tweet|post)\.fields$/.test(name)))).toEqual([
    ['tweet.fields'],
    ['post.fields'],
    ['post.fields'],
  ])
})

describe('X is not asked again', () => {
  test.each([
    [
      'a refusal that names no word',
      403,
      { title: 'Forbidden', detail: 'You are not permitted to perform this action.' },
    ],
    ['a tweet that is gone', 200, { errors: [{ type: 'https://api.x.com/2/problems/resource-not-found' }] }],
    ['an outage', 503, {}],
  ])('after %s', async (_what, status, body) => {
    const { server, social } = await scripted([status, body], [500, {}])
    await social.tweet('10')
    expect(server.requests).toHaveLength(1)
  })
})

test('every field that a look-up asks for is read', () => {
  const read = new Set<string>()
  const spied = <T extends object>(object: T): T =>
    new Proxy(object, {
      get(target, name, receiver) {
        read.add(String(name))
        return Reflect.get(target, name, receiver) as unknown
      },
    })
  const media = spied({ media_key: '3_1', type: 'photo', url: 'https://pbs.twimg.com/media/a.jpg', alt_text: 'a dog' })
  const post = spied({ id: '20', text: 'hi', author_id: '1', attachments: { media_keys: ['3_1'] } })
  decodePost({ post, includes: { media: [media] }, botId: '9', lookedUp: true })
  const asked = [TWEET_QUERY['tweet.fields'], TWEET_QUERY['media.fields']].join(',').split(',')
  expect(asked.filter((name) => !read.has(name))).toEqual([])
  expect(TWEET_QUERY.expansions).toBe('attachments.media_keys')
})
