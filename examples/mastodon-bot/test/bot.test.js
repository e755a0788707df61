import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { animalRules } from '@hexbird/core'
import { startBot } from '../bot.js'
import { MastodonServer } from '../local/mastodon-server.js'

const photo = await readFile(new URL('../photos/dog.jpg', import.meta.url))

/** @param {import('node:test').TestContext} t */
async function start(t) {
  const server = await new MastodonServer().start()
  server.media.set('/media/dog.jpg', (/** @type {import('node:http').ServerResponse} */ response) =>
    response.end(photo),
  )
  const { url, accessToken } = server
  const bot = await startBot({ url, accessToken, mediaOrigin: url, rules: animalRules })
  t.after(async () => {
    await bot.close()
    await server.stop()
  })
  const ask = (/** @type {string} */ text, photos = [{ url: `${url}/media/dog.jpg` }]) =>
    server.toot(server.person('ada'), { text, photos })
  const answered = async () => {
    await bot.sweep()
    await bot.idle()
  }
  return { server, ask, answered }
}

test('who shows the bot a dog is told so, once, however often it looks', async (t) => {
  const { server, ask, answered } = await start(t)
  const { id } = ask('@petbot what is this?')
  await answered()
  await answered()
  assert.deepEqual(
    server.repliesTo(id).map(({ source }) => source),
    ['@ada Hi ada. On your image, I can recognize: Dog, Grass.'],
  )
})

test('who thanks the bot is met with silence', async (t) => {
  const { server, ask, answered } = await start(t)
  const { id } = ask('@petbot what is this?')
  await answered()
  const [reply] = server.repliesTo(id)
  const thanks = server.toot(server.person('ada'), { text: 'thanks!', inReplyToId: reply.id })
  await answered()
  assert.deepEqual(server.repliesTo(thanks.id), [])
})

test('a photo on a foreign host is not asked for, nor is a redirect followed', async (t) => {
  const { server, ask, answered } = await start(t)
  const other = await new MastodonServer().start()
  t.after(() => other.stop())
  server.media.set('/media/elsewhere.jpg', (/** @type {import('node:http').ServerResponse} */ response) =>
    response.writeHead(302, { location: `${other.url}/media/dog.jpg` }).end(),
  )
  for (const url of [`${other.url}/media/dog.jpg`, `${server.url}/media/elsewhere.jpg`]) {
    const { id } = ask('@petbot what is this?', [{ url }])
    await answered()
    assert.match(server.repliesTo(id)[0]?.source, /recognize anything/)
  }
  assert.equal(other.requests, 0)
})

test('core and its adapters in memory bring no client of X along', () => {
  const { resolve } = createRequire(import.meta.url)
  assert.throws(() => resolve('twitter-api-v2'), { code: 'MODULE_NOT_FOUND' })
  assert.ok(!existsSync(new URL('../node_modules/@hexbird/adapters-x', import.meta.url)))
})
