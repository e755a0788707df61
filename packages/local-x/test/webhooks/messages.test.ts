import { afterEach, describe, expect, test } from '@jest/globals'
import type { TwitterApi } from 'twitter-api-v2'
import { type Dialect, subscribedTo, told } from '../events.js'
import { signIn } from '../sign-in.js'
import { type Closers, clientsOf, closeAll, refusal, start } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

const people = [{ username: 'alice' }, { username: 'shy', messages: 'closed' }] as const

/** X wraps its answer in `data`, which the library's type does not know. */
async function send(client: TwitterApi, to: string, text: string) {
  const answer: unknown = await client.v2.sendDmToParticipant(to, { text })
  return (answer as { readonly data: { readonly dm_conversation_id: string; readonly dm_event_id: string } }).data
}

describe('a direct message', () => {
  test('is sent with 201, and kept', async () => {
    const x = await start(stack, { people, bot: { id: '9' } })
    const alice = x.person('alice')
    const data = await send(clientsOf(x).asBot, alice.id, 'Hello')
    const conversation = `9-${alice.id}`
    expect(data).toEqual({ dm_conversation_id: conversation, dm_event_id: expect.stringMatching(/^\d+$/) })
    expect(x.messages()).toEqual([
      expect.objectContaining({ id: data.dm_event_id, text: 'Hello', conversationId: conversation, to: alice }),
    ])
    expect(x.messages()[0]?.from.username).toBe('hexbird')
  })

  test('and its answer are one conversation', async () => {
    const x = await start(stack, { people })
    const { client } = await signIn(x, 'alice')
    const there = await send(clientsOf(x).asBot, x.person('alice').id, 'Hello')
    const back = await send(client, x.bot.id, 'Hi')
    expect(back.dm_conversation_id).toBe(there.dm_conversation_id)
  })

  test('to oneself is sent, also with messages closed', async () => {
    const x = await start(stack, { people })
    x.changePerson('hexbird', { messages: 'closed' })
    const data = await send(clientsOf(x).asBot, x.bot.id, 'A note')
    expect(data.dm_conversation_id).toBe(`${x.bot.id}-${x.bot.id}`)
  })

  test('to a person who closed their messages is refused, until they write first', async () => {
    const x = await start(stack, { people })
    const shy = x.person('shy').id
    const { code, data } = await refusal(clientsOf(x).asBot.v2.sendDmToParticipant(shy, { text: 'Hello' }))
    expect([code, data.detail]).toEqual([403, 'You do not have permission to DM one or more participants.'])
    const { client } = await signIn(x, 'shy')
    await client.v2.sendDmToParticipant(x.bot.id, { text: 'Yes?' })
    await clientsOf(x).asBot.v2.sendDmToParticipant(shy, { text: 'Hello' })
    expect(x.messages().map(({ text }) => text)).toEqual(['Yes?', 'Hello'])
  })

  test('reaches a person with closed messages whom they follow', async () => {
    const x = await start(stack, { people, follows: 'allowed' })
    const { client } = await signIn(x, 'shy')
    await client.v2.follow(x.person('shy').id, x.bot.id)
    await clientsOf(x).asBot.v2.sendDmToParticipant(x.person('shy').id, { text: 'Hello' })
    expect(x.messages()).toHaveLength(1)
  })

  test('to nobody is refused', async () => {
    const x = await start(stack)
    expect((await refusal(clientsOf(x).asBot.v2.sendDmToParticipant('12', { text: 'Hello' }))).code).toBe(403)
  })

  test.each([
    ['no text', {}],
    ['an empty text', { text: '' }],
    ['a text that is none', { text: 1 }],
    ['an unknown key', { text: 'a', words: 'b' }],
    ['attachments, which are not served here', { text: 'a', attachments: [{ media_id: '1' }] }],
  ])('with %s is refused with 400', async (_what, body) => {
    const x = await start(stack, { people })
    const call = clientsOf(x).asBot.v2.post(`dm_conversations/with/${x.person('alice').id}/messages`, body)
    expect((await refusal(call)).code).toBe(400)
    expect(x.messages()).toEqual([])
  })
})

const MESSAGES = ['dm.received', 'dm.sent', 'chat.received', 'chat.sent']

const subscribed = (dialect: Dialect) => subscribedTo(dialect, MESSAGES, stack, { people })

describe('a direct message, told in the older dialect,', () => {
  test('has both people beside it, and what it says', async () => {
    const { x, hook } = await subscribed('account-activity')
    const message = await x.message({ from: 'alice', text: 'stop @hexbird' })
    const alice = x.person('alice')
    expect(told(x, hook)).toEqual([
      {
        for_user_id: x.bot.id,
        direct_message_events: [
          {
            type: 'message_create',
            id: message.id,
            created_timestamp: String(message.createdAt),
            message_create: {
              target: { recipient_id: x.bot.id },
              sender_id: alice.id,
              message_data: {
                text: 'stop @hexbird',
                entities: {
                  hashtags: [],
                  symbols: [],
                  user_mentions: [expect.objectContaining({ id_str: x.bot.id, indices: [5, 13] })],
                  urls: [],
                },
              },
            },
          },
        ],
        users: {
          [alice.id]: expect.objectContaining({
            id: alice.id,
            screen_name: 'alice',
            created_timestamp: String(alice.createdAt),
          }),
          [x.bot.id]: expect.objectContaining({ id: x.bot.id, screen_name: 'hexbird' }),
        },
      },
    ])
    expect(x.deliveries()).toMatchObject([{ status: 200, webhookId: expect.any(String) }])
  })

  test('names the app that sent it', async () => {
    const { x, hook, asBot } = await subscribed('account-activity')
    await send(asBot, x.person('alice').id, 'Hello')
    await x.idle()
    const [body] = told(x, hook)
    const { sender_id, source_app_id } = body.direct_message_events[0].message_create
    expect([sender_id, source_app_id]).toEqual([x.bot.id, '1'])
    expect(body.apps).toEqual({ 1: { id: '1', name: expect.any(String), url: expect.stringMatching(/^https:/) } })
  })

  test('is not told where it is encrypted, or is between others', async () => {
    const { x, hook } = await subscribed('account-activity')
    await x.message({ from: 'alice', text: 'stop', encrypted: true })
    await x.message({ from: 'alice', to: 'bob', text: 'hi' })
    expect(hook.received).toEqual([])
    expect(x.messages().map(({ text }) => text)).toEqual(['stop', 'hi'])
  })
})

describe('a direct message, told in the newer dialect,', () => {
  test('that comes in is `dm.received`, with both people in wrappers', async () => {
    const { x, hook } = await subscribed('x-activity')
    const message = await x.message({ from: 'alice', text: 'stop' })
    const alice = x.person('alice')
    expect(told(x, hook)).toEqual([
      {
        data: {
          event_uuid: expect.stringMatching(/^-?\d+$/),
          filter: { user_id: x.bot.id },
          event_type: 'dm.received',
          payload: {
            direct_message_events: [
              {
                type: 'message_create',
                id: message.id,
                created_timestamp: String(message.createdAt),
                message_create: {
                  target: { recipient_id: x.bot.id },
                  sender_id: alice.id,
                  message_data: {
                    text: 'stop',
                    entities: { hashtags: [], symbols: [], user_mentions: [], urls: [] },
                  },
                },
              },
            ],
            users: {
              [alice.id]: { data: expect.objectContaining({ id: alice.id, username: 'alice' }) },
              [x.bot.id]: {
                data: expect.objectContaining({ username: 'hexbird', affiliation: { description: 'Automated' } }),
              },
            },
          },
        },
      },
    ])
  })

  test('that the bot sends is `dm.sent`, and the answer by the API is told too', async () => {
    const { x, hook, asBot } = await subscribed('x-activity')
    const { client } = await signIn(x, 'alice')
    const there = await send(asBot, x.person('alice').id, 'Hello')
    await x.idle()
    const back = await send(client, x.bot.id, 'Hi')
    await x.idle()
    const events = told(x, hook).map(({ data }) => [data.event_type, data.payload.direct_message_events[0].id])
    expect(events).toEqual([
      ['dm.sent', there.dm_event_id],
      ['dm.received', back.dm_event_id],
    ])
  })

  test('that is encrypted is `chat.received` or `chat.sent`, and says nothing of its words', async () => {
    const { x, hook } = await subscribed('x-activity')
    const message = await x.message({ from: 'alice', text: 'stop', encrypted: true })
    await x.message({ from: 'hexbird', to: 'alice', text: 'what?', encrypted: true })
    const [received, sent] = told(x, hook).map(({ data }) => data)
    expect([received.event_type, sent.event_type]).toEqual(['chat.received', 'chat.sent'])
    const [larger, smaller] = [x.person('alice').id, x.bot.id].sort((a, b) => Number(BigInt(b) - BigInt(a)))
    expect(received.payload).toEqual({
      conversation_token: expect.any(String),
      id: message.id,
      created_at_msec: String(message.createdAt),
      sender_id: x.person('alice').id,
      conversation_id: `${larger}:${smaller}`,
      conversation_key_version: expect.stringMatching(/^\d+$/),
      encoded_event: expect.any(String),
      conversation_key_change_event: expect.any(String),
      message_event_signature: {
        public_key_version: expect.stringMatching(/^\d+$/),
        signature: expect.any(String),
        signature_version: '7',
        signing_public_key: expect.any(String),
      },
    })
    expect(message.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(sent.payload.conversation_id).toBe(received.payload.conversation_id)
    const raw = hook.received.map((one) => one.raw.toString()).join()
    expect(raw).not.toMatch(/"stop"|"what\?"|"text"|message_data/)
  })

  test('to oneself is both sent and received', async () => {
    const { x, hook } = await subscribed('x-activity')
    await x.message({ from: 'hexbird', text: 'A note' })
    expect(told(x, hook).map(({ data }) => data.event_type)).toEqual(['dm.received', 'dm.sent'])
  })

  test('is not told where it is between others, and in one direction where only that is subscribed', async () => {
    const { x, hook } = await subscribedTo('x-activity', ['dm.received'], stack, { people })
    await x.message({ from: 'alice', to: 'bob', text: 'hi' })
    await x.message({ from: 'hexbird', to: 'bob', text: 'hi' })
    await x.message({ from: 'bob', text: 'hi', encrypted: true })
    expect(hook.received).toEqual([])
  })
})

describe('subscribing to `dm.received`', () => {
  const wanted = (userId: string, webhook_id: string) => ({
    event_type: 'dm.received',
    filter: { user_id: userId },
    tag: 'messages',
    webhook_id,
  })

  test('is done by the account alone, and refused to the app and to others', async () => {
    const { x, asApp, asBot, webhookId } = await subscribedTo('x-activity', [], stack, { people })
    const { client } = await signIn(x, 'alice')
    const own = wanted(x.bot.id, webhookId)
    const codes = []
    for (const other of [asApp, client]) codes.push((await refusal(other.v2.post('activity/subscriptions', own))).code)
    expect(codes).toEqual([400, 403])
    const { subscription } = (await asBot.v2.post('activity/subscriptions', own)).data
    expect(subscription).toMatchObject(own)
  })
})

describe('the control for messages', () => {
  const post = (url: string, body: object) =>
    fetch(`${url}/_local/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  test('sends one over HTTP, tells the webhooks, and lists all', async () => {
    const { x, hook } = await subscribed('x-activity')
    const answer = await post(x.url, { from: 'alice', text: 'stop' })
    const sent = await answer.json()
    const form = new URLSearchParams({ from: 'bob', to: 'hexbird', text: 'psst', encrypted: 'true' })
    await fetch(`${x.url}/_local/messages`, { method: 'POST', body: form })
    await x.idle()
    expect([answer.status, sent]).toMatchObject([201, { text: 'stop', encrypted: false, from: { username: 'alice' } }])
    expect(told(x, hook).map(({ data }) => data.event_type)).toEqual(['dm.received', 'chat.received'])
    const all = await (await fetch(`${x.url}/_local/messages`)).json()
    expect(all).toEqual(JSON.parse(JSON.stringify(x.messages())))
    expect(all).toHaveLength(2)
  })

  test.each([
    ['no sender', { text: 'hi' }],
    ['no text', { from: 'alice' }],
    ['an empty text', { from: 'alice', text: '' }],
    ['a name that X refuses', { from: 'a b', text: 'hi' }],
    ['a recipient who takes none of strangers', { from: 'alice', to: 'shy', text: 'hi' }],
  ])('refuses one with %s', async (_what, body) => {
    const { x, hook } = await subscribed('x-activity')
    expect((await post(x.url, body)).status).toBe(400)
    expect([x.messages(), hook.received]).toEqual([[], []])
  })

  test('in the process says why it refuses', async () => {
    const x = await start(stack, { people })
    await expect(x.message({ from: 'alice', text: '' })).rejects.toMatchObject({ code: 'BAD_MESSAGE' })
    await expect(x.message({ from: 'alice', to: 'shy', text: 'hi' })).rejects.toMatchObject({ code: 'BAD_MESSAGE' })
    await x.message({ from: 'shy', to: 'alice', text: 'hi' })
    await x.message({ from: 'alice', to: 'shy', text: 'hi' })
  })
})
