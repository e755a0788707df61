import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadBot, startLocalBot } from '@hexbird/cli'

const definition = await loadBot('bot.ts')

/**
 * Sends the bot a tweet on a local X and returns its replies: real HTTP, real signatures, no account.
 *
 * @param {import('node:test').TestContext} t
 * @param {string} text
 */
async function repliesTo(t, text) {
  const local = await startLocalBot({ definition })
  t.after(() => local.close())
  const { id } = await local.x.tweet({ as: 'alice', text })
  await local.idle()
  return local.x.repliesTo(id).map(({ displayText }) => displayText)
}

test('rolls a die', async (t) => {
  const [reply = '', ...more] = await repliesTo(t, '@hexbird roll')
  assert.match(reply, /^You rolled [1-6]\.$/)
  assert.deepEqual(more, [])
})

test('rolls several dice and adds them up', async (t) => {
  const [reply = ''] = await repliesTo(t, '@hexbird Roll 3d20')
  assert.match(reply, /^You rolled \d+ \+ \d+ \+ \d+ = \d+\.$/)
  const [one, two, three, sum] = reply.match(/\d+/g) ?? []
  assert.equal(Number(one) + Number(two) + Number(three), Number(sum))
})

test('flips a coin', async (t) => {
  const [reply = ''] = await repliesTo(t, '@hexbird flip')
  assert.match(reply, /^(Heads|Tails)\.$/)
})

test('does not reply to a tweet without a command', async (t) => {
  assert.deepEqual(await repliesTo(t, '@hexbird thanks!'), [])
})

test('answers each person at most once a minute', async (t) => {
  const local = await startLocalBot({ definition })
  t.after(() => local.close())
  const tweets = []
  for (const text of ['@hexbird roll', '@hexbird flip']) {
    tweets.push(await local.x.tweet({ as: 'alice', text }))
    await local.idle()
  }
  assert.deepEqual(
    tweets.map(({ id }) => local.x.repliesTo(id).length),
    [1, 0],
  )
})
