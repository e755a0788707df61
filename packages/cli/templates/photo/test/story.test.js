import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { loadBot, startLocalBot } from '@hexbird/cli'

const definition = await loadBot('bot.ts')

// The whole bot on a local X: real HTTP, real signatures, no account.
test('a photo of a bird gets one reply that names the bird', async (t) => {
  const local = await startLocalBot({ definition })
  t.after(() => local.close())
  const photo = { bytes: await readFile(new URL('../photos/bird.jpg', import.meta.url)) }
  const { id } = await local.x.tweet({ as: 'alice', text: '@hexbird what is this?', photos: [photo] })
  await local.idle()
  const replies = local.x.repliesTo(id).map(({ displayText }) => displayText)
  assert.equal(replies.length, 1)
  assert.match(replies[0] ?? '', /bird, alice.*: Bird, Branch/)
})

test('a tweet without a photo gets a reply that asks for one', async (t) => {
  const local = await startLocalBot({ definition })
  t.after(() => local.close())
  const { id } = await local.x.tweet({ as: 'alice', text: '@hexbird hello' })
  await local.idle()
  assert.match(local.x.repliesTo(id)[0]?.displayText ?? '', /photo/)
})
