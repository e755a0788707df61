import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadBot, startLocalBot } from '@hexbird/cli'

const definition = await loadBot('bot.ts')

/**
 * Sends the bot a tweet on a local X, which refuses broken images, and returns the bot's replies.
 *
 * @param {import('node:test').TestContext} t
 * @param {string} text
 */
async function repliesTo(t, text) {
  const local = await startLocalBot({ definition })
  t.after(() => local.close())
  const { id } = await local.x.tweet({ as: 'alice', text })
  await local.idle()
  return local.x.repliesTo(id)
}

test('draws a chart of the numbers, and describes it in the alt text', async (t) => {
  const [reply, ...more] = await repliesTo(t, '@hexbird 3 5 8')
  assert.equal(reply?.displayText, '3 numbers, from 3 to 8.')
  assert.deepEqual(
    reply?.photos.map(({ altText }) => altText),
    ['A bar chart of 3 numbers: 3, 5, 8.'],
  )
  assert.deepEqual(more, [])
})

test('draws only whole numbers, and at most twenty', async (t) => {
  const numbers = Array.from({ length: 30 }, (_, at) => at)
  const [reply] = await repliesTo(t, `@hexbird 1.5 v2 -3 1234567 ${numbers.join(' ')}`)
  assert.equal(reply?.displayText, '20 numbers, from 0 to 19.')
})

test('does not reply to a tweet with fewer than two numbers', async (t) => {
  assert.deepEqual(await repliesTo(t, '@hexbird what about 42?'), [])
})
