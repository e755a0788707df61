import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadBot, startLocalBot } from '@hexbird/cli'

const definition = await loadBot('bot.ts')

/**
 * What the bot replies to a tweet. It runs on a local X, which takes no image that is not one.
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

test('takes whole numbers alone, and twenty at most', async (t) => {
  const numbers = Array.from({ length: 30 }, (_, at) => at)
  const [reply] = await repliesTo(t, `@hexbird 1.5 v2 -3 1234567 ${numbers.join(' ')}`)
  assert.equal(reply?.displayText, '20 numbers, from 0 to 19.')
})

test('stays silent where there is nothing to draw', async (t) => {
  assert.deepEqual(await repliesTo(t, '@hexbird what about 42?'), [])
})
