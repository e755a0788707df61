import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { agentTo, XWebhooks } from '@hexbird/adapters-x'
import { startLocalX } from '@hexbird/local-x'
import { startServer } from '../bot.js'

const photo = { bytes: await readFile(new URL('../photos/dog.jpg', import.meta.url)) }

test('a photo that came in before the bot was stopped is answered after it is back, once', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'hexbird-node-'))
  const x = await startLocalX({ keepMetadata: true })
  const agent = agentTo({ port: x.port })
  const { consumerKey, consumerSecret, accessToken, accessSecret, bearerToken } = x.credentials
  const credentials = { consumerKey, consumerSecret, accessToken, accessSecret }
  /** @type {import('node:http').RequestListener} */
  const site = (_, response) => response.end('Your own site.')
  const settings = { store: join(folder, 'bot.sqlite'), credentials, bot: x.bot, site, agent, backoff: 1 }
  t.after(async () => {
    await x.close()
    agent.destroy()
    rmSync(folder, { recursive: true })
  })

  const asked = new EventEmitter()
  const broken = {
    label: async () => {
      asked.emit('label')
      throw new Error('The labeler is away.')
    },
  }
  const first = await startServer({ ...settings, labeler: broken })
  const webhooks = new XWebhooks({ bearerToken, userCredentials: credentials, agent })
  const registered = await webhooks.register(first.webhookUrl)
  assert.equal(registered.kind, 'registered')
  if (registered.kind !== 'registered') return
  await webhooks.subscribe({ dialect: 'account-activity', webhookId: registered.webhook.id, botId: x.bot.id })
  const isAsked = once(asked, 'label')
  const { id } = await x.tweet({ as: 'alice', text: `@${x.bot.username} what is this?`, photos: [photo] })
  await isAsked
  await first.close()
  assert.deepEqual(x.repliesTo(id), [])

  const second = await startServer({ ...settings, port: Number(new URL(first.webhookUrl).port) })
  t.after(() => second.close())
  await second.idle()
  const texts = () => x.repliesTo(id).map(({ displayText }) => displayText)
  assert.deepEqual(texts(), ['Hi alice. On your image, I can recognize: Dog, Grass.'])

  assert.equal(await (await fetch(second.origin)).text(), 'Your own site.')
  assert.equal((await fetch(`${second.origin}/health`)).status, 200)

  // X delivers the same again.
  for (const { id } of x.deliveries()) assert.equal((await x.redeliver(id)).status, 200)
  await second.idle()
  assert.equal(texts().length, 1)
})
