import { afterEach, describe, expect, test } from '@jest/globals'
import { startLocalX } from '../../src/index.js'
import { type Closers, clientsOf, closeAll, jpeg, request, start, startWebhook } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

describe('starting', () => {
  test('with the same seed and clock gives the same credentials, ids and media names', async () => {
    const now = () => Date.UTC(2026, 7, 1)
    const told: unknown[] = []
    for (const seed of [7, 7, 8]) {
      const x = await start(stack, { seed, now, people: [{ username: 'alice' }] })
      const tweet = await x.tweet({ as: 'alice', text: 'hi', photos: [{ bytes: jpeg() }] })
      told.push({ credentials: x.credentials, bot: x.bot, tweet })
    }
    expect(told[0]).toEqual(told[1])
    expect(told[0]).not.toEqual(told[2])
  })

  test('without a seed gives other credentials each time', async () => {
    const [one, other] = [await start(stack), await start(stack)]
    expect(one.credentials.consumerSecret).not.toBe(other.credentials.consumerSecret)
  })

  test('on a port that is taken fails', async () => {
    const { port } = await start(stack)
    await expect(startLocalX({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

test('ids hold the time of the clock, are unique, and increase while it stands still or goes back', async () => {
  let now = Date.UTC(2026, 7, 1)
  const x = await start(stack, { now: () => now })
  const ids: bigint[] = []
  for (const step of [0, 0, 1, -5000, 0, 9000]) {
    now += step
    ids.push(BigInt((await x.tweet({ as: 'alice', text: 'hi' })).id))
  }
  expect([...ids].sort((a, b) => Number(a - b))).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.filter((id) => BigInt(Number(id)) === id)).toEqual([])
  expect(Number((ids[0] ?? 0n) >> 22n) + 1288834974657).toBe(Date.UTC(2026, 7, 1))
  expect(Number((ids[5] ?? 0n) >> 22n) + 1288834974657).toBe(now)
})

test('a name is one account, in whatever case it is written', async () => {
  const x = await start(stack, { bot: { username: 'HexBird' }, people: [{ username: 'alice' }] })
  const { mentions } = await x.tweet({ as: 'ALICE', text: '@hexbird hi @Alice' })
  expect(mentions.map(({ person }) => person.id)).toEqual([x.bot.id, x.person('Alice').id])
  await expect(startLocalX({ people: [{ username: 'hexBIRD' }] })).rejects.toMatchObject({ code: 'BAD_NAME' })
})

describe('a tweet', () => {
  test.each([
    ['nobody edits somebody else’s', 'bob', undefined],
    ['nobody edits a reply to another', 'alice', 'bob'],
  ])('can be edited as on X: %s', async (_rule, editor, repliedTo) => {
    const x = await start(stack)
    const parent = repliedTo === undefined ? undefined : await x.tweet({ as: repliedTo, text: 'hi' })
    const reply = parent === undefined ? {} : { inReplyTo: parent.id }
    const { id } = await x.tweet({ as: 'alice', text: 'hello', ...reply })
    await expect(x.tweet({ as: editor, text: 'hullo', edits: id })).rejects.toMatchObject({ code: 'NOT_EDITABLE' })
  })

  test('refuses a photo that is a text, a kind that X does not have, and an alt text that is too long', async () => {
    const x = await start(stack)
    const post = async (...fields: readonly (readonly [string, string | Blob])[]) => {
      const form = new FormData()
      for (const [name, value] of [['as', 'alice'], ['text', 'look'], ...fields] as const) form.append(name, value)
      const answer = await fetch(`${x.url}/_local/tweets`, { method: 'POST', body: form })
      return [answer.status, ((await answer.json()) as { error: string }).error]
    }
    const photo = ['photo', new Blob([jpeg()])] as const
    expect(await post(['photo', 'dog.jpg'])).toEqual([400, expect.stringContaining('-F photo=@dog.jpg')])
    expect(await post(photo, ['kind', 'constructor'])).toEqual([400, expect.stringContaining('constructor')])
    expect(await post(photo, ['alt', 'a'.repeat(1001)])).toEqual([400, expect.stringContaining('1000 characters')])
    expect(x.tweets()).toEqual([])
  })

  test('takes four photos at most', async () => {
    const x = await start(stack)
    const photos = Array.from({ length: 5 }, () => ({ bytes: jpeg() }))
    await expect(x.tweet({ as: 'alice', text: 'look', photos })).rejects.toMatchObject({ code: 'BAD_PHOTO' })
    expect((await x.tweet({ as: 'alice', text: 'look', photos: photos.slice(1) })).photos).toHaveLength(4)
  })
})

describe('waiting for a reply', () => {
  test('ends with the bot’s reply, whether it is there or comes, and not with another’s', async () => {
    const x = await start(stack)
    const asked = await x.tweet({ as: 'alice', text: '@hexbird hi' })
    const waiting = x.waitForReply(asked.id, 5000)
    await x.tweet({ as: 'bob', text: 'hi alice', inReplyTo: asked.id })
    const { data } = await clientsOf(x).asBot.v2.reply('Hello', asked.id)
    expect((await waiting).id).toBe(data.id)
    expect((await x.waitForReply(asked.id, 0)).id).toBe(data.id)
  })

  test('ends with an error after the time, and on close', async () => {
    const x = await start(stack)
    const asked = await x.tweet({ as: 'alice', text: '@hexbird hi' })
    await expect(x.waitForReply(asked.id, 10)).rejects.toMatchObject({ code: 'NO_REPLY' })
    const waiting = expect(x.waitForReply(asked.id, 60_000)).rejects.toMatchObject({ code: 'CLOSED' })
    await closeAll(stack)
    await waiting
  })
})

test('closing gives up a delivery that hangs, and refuses connections from then on', async () => {
  const x = await start(stack)
  const hook = await startWebhook(x.credentials.consumerSecret, stack)
  const { asApp, asBot } = clientsOf(x)
  const { id } = (await asApp.v2.post('webhooks', { url: hook.url })).data
  await asBot.v2.post(`account_activity/webhooks/${id}/subscriptions/all`, {})
  let arrived = () => {}
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve
  })
  hook.received.push = (...items) => {
    arrived()
    hook.hang = true
    return Array.prototype.push.apply(hook.received, items)
  }
  const tweeted = x.tweet({ as: 'alice', text: '@hexbird hi' })
  await arrival
  await x.close()
  await tweeted
  expect(x.deliveries()).toMatchObject([{ status: undefined, error: expect.stringMatching(/abort/i) }])
  await expect(request(x, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

describe('a recorded delivery', () => {
  test('of the older dialect can be looked up and answered', async () => {
    const x = await start(stack, { bot: { id: '930524282358325248', username: 'hexbird' } })
    const recorded = {
      for_user_id: '930524282358325248',
      tweet_create_events: [
        {
          created_at: 'Mon May 19 14:01:46 +0000 2025',
          id: 1924465506158879000,
          id_str: '1924465506158878979',
          text: 'What a day… https://t.co/bzbEKj8cd8',
          truncated: true,
          in_reply_to_status_id_str: null,
          user: { id_str: '3001969357', screen_name: 'furiouscamper', name: 'Jordan' },
          entities: { user_mentions: [] },
          extended_tweet: {
            full_text: `What a day. ${'Look at this. '.repeat(12)}@hexbird https://t.co/aaaaaaaaaa`,
            display_text_range: [0, 188],
            entities: {
              user_mentions: [{ id_str: '930524282358325248', screen_name: 'hexbird', indices: [180, 188] }],
            },
            extended_entities: {
              media: [{ media_url_https: 'https://pbs.twimg.com/media/GrecordedKey12.jpg', type: 'photo' }],
            },
          },
          edit_history: { initial_tweet_id: '1924465506158878000' },
        },
      ],
    }
    const [tweet] = await x.importDelivery(JSON.stringify(recorded), [{ bytes: jpeg('a dog') }])
    expect(tweet).toMatchObject({ author: { username: 'furiouscamper', id: '3001969357' } })
    const { asBot } = clientsOf(x)
    const found = await asBot.v2.singleTweet('1924465506158878979', {
      expansions: ['attachments.media_keys'],
      'media.fields': ['url'],
    })
    expect(found.includes?.media?.[0]?.url).toBe('https://pbs.twimg.com/media/GrecordedKey12.jpg')
    const photo = await request(x, '/media/GrecordedKey12?format=jpg&name=large', {
      headers: { host: 'pbs.twimg.com' },
    })
    expect([photo.status, photo.headers['content-type']]).toEqual([200, 'image/jpeg'])
    expect((await asBot.v2.reply('A dog', '1924465506158878979')).data.text).toBe('@furiouscamper A dog')
    expect(tweet?.editHistory[0]).toBe('1924465506158878000')
  })

  test('of the newer dialect, whose author is not included, can be looked up with its photo and answered', async () => {
    const x = await start(stack, { bot: { id: '1111111111111111111' } })
    const recorded = {
      data: {
        event_uuid: '3091827364059182736',
        filter: { user_id: '1111111111111111111' },
        event_type: 'post.reply.create',
        payload: {
          created_at: '2026-08-12T18:00:00.000Z',
          edit_history_tweet_ids: ['2090000000000000001'],
          conversation_id: '2080761390344937796',
          in_reply_to_tweet_id: '2080761390344937796',
          in_reply_to_user_id: '1111111111111111111',
          display_text_range: [9, 31],
          text: '@hexbird and this one @hexbird?',
          entities: { mentions: [{ start: 0, end: 8, username: 'hexbird', id: '1111111111111111111' }] },
          author_id: '2222222222222222222',
          id: '2090000000000000001',
        },
        includes: {},
      },
    }
    const [tweet] = await x.importDelivery(JSON.stringify(recorded), [{ bytes: jpeg() }])
    const { asBot } = clientsOf(x)
    const found = await asBot.v2.singleTweet('2090000000000000001', {
      expansions: ['attachments.media_keys', 'author_id'],
      'media.fields': ['url'],
    })
    expect(found.includes?.media?.[0]?.url).toBe(tweet?.photos[0]?.url)
    expect(found.includes?.users?.[0]?.id).toBe('2222222222222222222')
    await asBot.v2.reply('A dog', '2090000000000000001')
    expect(x.repliesTo('2090000000000000001')).toHaveLength(1)
  })

  test('made here can be taken in elsewhere', async () => {
    const here = await start(stack)
    const hook = await startWebhook(here.credentials.consumerSecret, stack)
    const { asApp, asBot } = clientsOf(here)
    const { id } = (await asApp.v2.post('webhooks', { url: hook.url })).data
    const filter = { user_id: here.bot.id }
    await asBot.v2.post(`account_activity/webhooks/${id}/subscriptions/all`, {})
    await asBot.v2.post('activity/subscriptions', { event_type: 'post.mention.create', filter, webhook_id: id })
    const tweet = await here.tweet({ as: 'alice', text: 'hey @hexbird', photos: [{ bytes: jpeg() }] })
    for (const { raw } of hook.received) {
      const elsewhere = await start(stack, { bot: here.bot })
      const [known] = await elsewhere.importDelivery(raw.toString())
      expect(known).toMatchObject({
        id: tweet.id,
        author: { id: tweet.author.id, username: 'alice' },
        text: tweet.text,
      })
      await clientsOf(elsewhere).asBot.v2.reply('Hey', tweet.id)
    }
    expect(hook.received).toHaveLength(2)
  })

  test.each(['', '[]', '{}', '{"data":{"payload":{"text":"a"}}}', '{"user_event":{"revoke":{}}}'])(
    'that tells of no tweet is refused: %s',
    async (raw) => {
      const x = await start(stack)
      await expect(x.importDelivery(raw)).rejects.toMatchObject({ code: 'BAD_RECORDING' })
    },
  )
})
