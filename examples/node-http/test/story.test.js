import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { agentTo, XWebhooks } from '@hexbird/adapters-x'
import { startLocalX } from '@hexbird/local-x'
import { startBot } from '../bot.js'

const photo = { bytes: await readFile(new URL('../photos/dog.jpg', import.meta.url)) }

test('a photo that came in before the bot was stopped is answered after it is back, once', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'hexbird-node-'))
  const x = await startLocalX({ keepMetadata: true })
  const agent = agentTo({ port: x.port })
  const { consumerKey, consumerSecret, accessToken, accessSecret, bearerToken } = x.credentials
  const credentials = { consumerKey, consumerSecret, accessToken, accessSecret }
  const settings = { database: join(folder, 'bot.sqlite'), credentials, bot: x.bot, agent, backoff: 1 }
  t.after(async () => {
    await x.close()
    agent.destroy()
    rmSync(folder, { recursive: true })
  })

  const asked = Promise.withResolvers()
  const broken = {
    label: async () => {
      asked.resolve(undefined)
      throw new Error('The labeler is away.')
    },
  }
  const first = await startBot({ ...settings, labeler: broken })
  const webhooks = new XWebhooks({ bearerToken, userCredentials: credentials, agent })
  const registered = await webhooks.register(first.webhookUrl)
  assert.equal(registered.kind, 'registered')
  if (registered.kind !== 'registered') return
  await webhooks.subscribe({ dialect: 'account-activity', webhookId: registered.webhook.id, botId: x.bot.id })
  const { id } = await x.tweet({ as: 'alice', text: `@${x.bot.username} what is this?`, photos: [photo] })
  await asked.promise
  await first.close()
  assert.deepEqual(x.repliesTo(id), [])

  const second = await startBot({ ...settings, port: Number(new URL(first.webhookUrl).port) })
  t.after(() => second.close())
  await second.idle()
  const texts = () => x.repliesTo(id).map(({ displayText }) => displayText)
  assert.deepEqual(texts(), ['Hi alice. On your image, I can recognize: Dog, Grass.'])

  // X delivers the same again.
  for (const { id } of x.deliveries()) assert.equal((await x.redeliver(id)).status, 200)
  await second.idle()
  assert.equal(texts().length, 1)
})
