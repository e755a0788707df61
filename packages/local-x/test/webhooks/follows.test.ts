import { afterEach, describe, expect, test } from '@jest/globals'
import { subscribedTo, told } from '../events.js'
import { signIn } from '../sign-in.js'
import { type Closers, closeAll } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

const options = {
  follows: 'allowed',
  people: [{ username: 'alice' }, { username: 'careful', protected: true }],
} as const

describe('a follow', () => {
  test('is told in the older dialect once, with the ids as text alone', async () => {
    const { x, hook } = await subscribedTo('account-activity', [], stack, options)
    const { client } = await signIn(x, 'alice')
    for (let at = 0; at < 2; at++) await client.v2.follow(x.person('alice').id, x.bot.id)
    await x.idle()
    expect(told(x, hook)).toEqual([
      {
        for_user_id: x.bot.id,
        follow_events: [
          {
            type: 'follow',
            created_timestamp: expect.stringMatching(/^\d{13}$/),
            source: expect.objectContaining({ id: x.person('alice').id, screen_name: 'alice', profile_link_color: -1 }),
            target: expect.objectContaining({ id: x.bot.id, screen_name: 'hexbird' }),
          },
        ],
      },
    ])
    expect(hook.received[0]?.raw.toString()).not.toContain('id_str')
  })

  test('is told in the newer dialect to whoever follows and is followed, with both in wrappers', async () => {
    const { x, hook, asBot } = await subscribedTo('x-activity', ['follow.follow'], stack, options)
    const { client } = await signIn(x, 'alice')
    await client.v2.follow(x.person('alice').id, x.bot.id)
    await asBot.v2.follow(x.bot.id, x.person('alice').id)
    await x.idle()
    const [inbound, outbound] = told(x, hook).map(({ data }) => data)
    expect(inbound).toEqual({
      event_uuid: expect.stringMatching(/^-?\d+$/),
      filter: { user_id: x.bot.id },
      event_type: 'follow.follow',
      payload: {
        source: { data: expect.objectContaining({ id: x.person('alice').id, username: 'alice' }) },
        target: { data: expect.objectContaining({ id: x.bot.id }) },
      },
    })
    expect(outbound.payload.source.data.id).toBe(x.bot.id)
  })

  test('is told in one direction alone where the subscription asks for that', async () => {
    const { x, hook, asBot, webhookId } = await subscribedTo('x-activity', [], stack, options)
    for (const direction of ['inbound', 'outbound']) {
      const filter = { user_id: x.bot.id, direction }
      await asBot.v2.post('activity/subscriptions', { event_type: 'follow.follow', filter, webhook_id: webhookId })
    }
    const { client } = await signIn(x, 'alice')
    await client.v2.follow(x.person('alice').id, x.bot.id)
    await asBot.v2.follow(x.bot.id, x.person('alice').id)
    await x.idle()
    const followers = told(x, hook).map(({ data }) => [data.filter.direction, data.payload.source.data.username])
    expect(followers).toEqual([
      ['inbound', 'alice'],
      ['outbound', 'hexbird'],
    ])
  })

  test('that a protected account has yet to allow is not told, nor one between others', async () => {
    const { x, hook, asBot } = await subscribedTo('account-activity', [], stack, options)
    await asBot.v2.follow(x.bot.id, x.person('careful').id)
    const { client } = await signIn(x, 'careful')
    await client.v2.follow(x.person('careful').id, x.person('alice').id)
    await x.idle()
    expect(hook.received).toEqual([])
  })
})
