import { selfServe2026 } from '@hexbird/core'
import { startLocalX } from '@hexbird/local-x'
import { afterEach, expect, test } from '@jest/globals'
import { agentTo, XMentions, XSocialClient } from '../src/index.js'
import { PHOTO } from './photo.js'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

const { prices } = selfServe2026
const photos = [{ bytes: PHOTO }]

async function start() {
  const x = await startLocalX()
  const agent = agentTo({ port: x.port })
  open.push({ close: () => agent.destroy() }, x)
  const [credentials, botId] = [x.credentials, x.bot.id]
  const first = await x.tweet({ as: 'bob', text: 'look at @alice', photos })
  const own = await x.tweet({ as: 'hexbird', text: 'hello' })
  const rich = { as: 'alice', text: '@hexbird what is this, @bob?', photos, inReplyTo: first.id, quote: own.id }
  return {
    x,
    rich,
    social: new XSocialClient({ credentials, agent }),
    mentions: new XMentions({ credentials, botId, agent }),
  }
}

test('a look-up costs no more than its price, whatever the tweet replies to, quotes, names and holds', async () => {
  const { x, rich, social } = await start()
  const { id } = await x.tweet(rich)
  expect(await social.tweet(id)).toMatchObject({ kind: 'found', tweet: { media: 'present', photos: [{}] } })
  expect(x.bill().total).toBe(prices.tweetRead)
})

test('a sweep costs no more than its price for each mention that it lists', async () => {
  const { x, rich, mentions } = await start()
  for (const text of ['@hexbird one', '@hexbird two', '@hexbird three']) await x.tweet({ ...rich, text })
  expect(await mentions.since({ from: 0, most: 100 })).toMatchObject({ tweets: [{}, {}, {}] })
  expect(x.bill().total).toBe(3 * prices.ownedRead)
})

test("a look at the bot's own timeline costs an owned read for each tweet that it lists", async () => {
  const { x, rich, social } = await start()
  const { id } = await x.tweet(rich)
  for (let n = 0; n < 100; n++) await x.tweet({ as: 'hexbird', text: `number ${n}` })
  expect(await social.findOwnReply(id)).toEqual({ kind: 'absent' })
  expect(x.bill().total).toBe(100 * prices.ownedRead)
})
