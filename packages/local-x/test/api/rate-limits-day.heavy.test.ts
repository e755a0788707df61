import { afterEach, expect, test } from '@jest/globals'
import { signIn } from '../sign-in.js'
import { type Closers, clientsOf, closeAll, refusal, start } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

const MINUTE = 60 * 1000

test('direct messages end after 1,440 a day, over all accounts of the app', async () => {
  let now = Date.UTC(2026, 7, 1)
  const x = await start(stack, { now: () => now, people: [{ username: 'alice' }] })
  const { asBot } = clientsOf(x)
  const { client } = await signIn(x, 'alice')
  for (let round = 0; round < 48; round++) {
    for (let at = 0; at < 15; at++) {
      await asBot.v2.sendDmToParticipant(x.bot.id, { text: 'a' })
      await client.v2.sendDmToParticipant(x.bot.id, { text: 'a' })
    }
    now += 15 * MINUTE
  }
  expect(x.messages()).toHaveLength(1440)
  expect((await refusal(asBot.v2.sendDmToParticipant(x.bot.id, { text: 'a' }))).code).toBe(429)
  now += 12 * 60 * MINUTE
  await asBot.v2.sendDmToParticipant(x.bot.id, { text: 'a' })
})
