import { afterEach, describe, expect, test } from '@jest/globals'
import type { TwitterApi } from 'twitter-api-v2'
import { signIn } from './sign-in.js'
import { type Closers, clientsOf, closeAll, refusal, start } from './support.js'

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
