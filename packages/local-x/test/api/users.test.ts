import { afterEach, describe, expect, test } from '@jest/globals'
import { signIn } from '../sign-in.js'
import { type Closers, clientsOf, closeAll, refusal, start } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

const people = [
  { username: 'alice' },
  { username: 'careful', protected: true },
  { username: 'shy', messages: 'closed' },
] as const

describe('looking up an account by its name', () => {
  test('finds it in any case, with the default fields alone', async () => {
    const x = await start(stack, { people })
    const { asApp, asBot } = clientsOf(x)
    const alice = { id: x.person('alice').id, name: 'alice', username: 'alice' }
    expect(await asApp.v2.userByUsername('ALICE')).toEqual({ data: alice })
    expect(await asBot.v2.userByUsername('alice')).toEqual({ data: alice })
  })

  test('gives the fields that are asked for', async () => {
    const x = await start(stack, { people })
    const fields = 'affiliation,protected,receives_your_dm,profile_image_url'
    const ask = async (username: string) =>
      (await clientsOf(x).asBot.v2.get(`users/by/username/${username}`, { 'user.fields': fields })).data
    expect(await ask('hexbird')).toMatchObject({ affiliation: { description: 'Automated' }, receives_your_dm: true })
    expect(await ask('careful')).toMatchObject({ affiliation: {}, protected: true, receives_your_dm: true })
    const shy = await ask('shy')
    expect(shy).toMatchObject({ protected: false, receives_your_dm: false })
    expect(shy.profile_image_url).toMatch(/^https:\/\/abs\.twimg\.com\//)
  })

  test('does not say to the app alone whether it gets messages', async () => {
    const x = await start(stack, { people })
    const { data } = await clientsOf(x).asApp.v2.get('users/by/username/shy', { 'user.fields': 'receives_your_dm' })
    expect(Object.keys(data)).toEqual(['id', 'name', 'username'])
  })

  test('answers 200 with an error where nobody has the name, and 400 where nobody can', async () => {
    const x = await start(stack)
    const { asApp } = clientsOf(x)
    expect(await asApp.v2.get('users/by/username/nobody')).toEqual({
      errors: [expect.objectContaining({ resource_type: 'user', parameter: 'username', value: 'nobody' })],
    })
    expect((await refusal(asApp.v2.get('users/by/username/no-body'))).code).toBe(400)
  })
})

describe('following', () => {
  test('is refused with 403 unless the app is an enterprise’s', async () => {
    const x = await start(stack, { people })
    const { code, data } = await refusal(clientsOf(x).asBot.v2.follow(x.bot.id, x.person('alice').id))
    expect([code, data.title]).toEqual([403, 'Forbidden'])
    expect(x.followersOf('alice')).toEqual([])
  })

  test('counts, is seen, and changes nothing the second time', async () => {
    const x = await start(stack, { people, follows: 'allowed' })
    const { asBot } = clientsOf(x)
    for (let at = 0; at < 2; at++) {
      const { data } = await asBot.v2.follow(x.bot.id, x.person('alice').id)
      expect(data).toEqual({ following: true, pending_follow: false })
    }
    expect(x.followersOf('alice').map(({ username }) => username)).toEqual(['hexbird'])
    const { data } = await asBot.v2.get('users/by/username/alice', { 'user.fields': 'public_metrics' })
    expect(data.public_metrics).toMatchObject({ followers_count: 1, following_count: 0 })
  })

  test('a protected account has to wait for it', async () => {
    const x = await start(stack, { people, follows: 'allowed' })
    const { data } = await clientsOf(x).asBot.v2.follow(x.bot.id, x.person('careful').id)
    expect(data).toEqual({ following: false, pending_follow: true })
    expect(x.followersOf('careful')).toEqual([])
    x.changePerson('careful', { protected: false })
    expect((await clientsOf(x).asBot.v2.follow(x.bot.id, x.person('careful').id)).data.following).toBe(true)
  })

  test('is done for a person who signed in, and for nobody else', async () => {
    const x = await start(stack, { people, follows: 'allowed' })
    const { client } = await signIn(x, 'alice')
    await client.v2.follow(x.person('alice').id, x.bot.id)
    expect(x.followersOf('hexbird').map(({ username }) => username)).toEqual(['alice'])
    expect((await refusal(client.v2.follow(x.bot.id, x.person('shy').id))).code).toBe(400)
    expect(x.followersOf('shy')).toEqual([])
  })

  test.each([
    ['nobody', '12'],
    ['itself', 'own'],
    ['no id', 'alice'],
  ])('%s is refused with 400', async (_who, target) => {
    const x = await start(stack, { follows: 'allowed' })
    const call = clientsOf(x).asBot.v2.follow(x.bot.id, target === 'own' ? x.bot.id : target)
    expect((await refusal(call)).code).toBe(400)
  })

  test('opens tweets that their author opened to those they follow', async () => {
    const x = await start(stack, { people, follows: 'allowed' })
    const asked = await x.tweet({ as: 'alice', text: '@hexbird hi', replySettings: 'following' })
    expect((await refusal(clientsOf(x).asBot.v2.reply('Hello', asked.id))).code).toBe(403)
    const { client } = await signIn(x, 'alice')
    await client.v2.follow(x.person('alice').id, x.bot.id)
    await clientsOf(x).asBot.v2.reply('Hello', asked.id)
    expect(x.repliesTo(asked.id)).toHaveLength(1)
  })
})

describe('a person who signed in', () => {
  test('is bound by the reply rule as themself', async () => {
    const x = await start(stack, { people })
    const { client } = await signIn(x, 'alice')
    const toBot = await x.tweet({ as: 'bob', text: '@hexbird hi' })
    const toAlice = await x.tweet({ as: 'bob', text: '@alice hi' })
    expect((await refusal(client.v2.reply('Hello', toBot.id))).code).toBe(403)
    await client.v2.reply('Hello', toAlice.id)
    // The same words are no duplicate of somebody else's.
    await clientsOf(x).asBot.v2.reply('Hello', toBot.id)
    expect(x.repliesTo(toAlice.id)[0]?.author.username).toBe('alice')
  })
})
