import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { loadBot, startLocalBot } from '@hexbird/cli'

const definition = await loadBot('bot.ts')
const bytes = await readFile(new URL('../photos/dog.jpg', import.meta.url))

/**
 * What the bot replies where bob asks under a tweet of alice's with these photos.
 *
 * @param {import('node:test').TestContext} t
 * @param {readonly (string | undefined)[]} altTexts
 */
async function repliesUnder(t, altTexts) {
  const local = await startLocalBot({ definition, localX: { bot: { username: 'altbot' } } })
  t.after(() => local.close())
  const photos = altTexts.map((altText) => ({ bytes, ...(altText !== undefined && { altText }) }))
  const shown = await local.x.tweet({ as: 'alice', text: 'Look!', photos })
  const { id } = await local.x.tweet({ as: 'bob', text: '@altbot what does it say?', inReplyTo: shown.id })
  await local.idle()
  return local.x.repliesTo(id).map(({ displayText }) => displayText)
}

test('says the alt text of the photo that it is asked about', async (t) => {
  assert.deepEqual(await repliesUnder(t, ['A dog on a beach.']), ['The alt text: A dog on a beach.'])
})

test('says that there is none', async (t) => {
  assert.deepEqual(await repliesUnder(t, [undefined]), ['This photo has no alt text.'])
})

test('tells several photos apart', async (t) => {
  assert.deepEqual(await repliesUnder(t, ['A dog.', undefined]), ['Photo 1: A dog.\nPhoto 2: no alt text'])
})

test('says that there is no photo', async (t) => {
  const [reply = ''] = await repliesUnder(t, [])
  assert.match(reply, /^There is no photo here\./)
})

test('repeats neither a link nor a mention, and cuts what does not fit into a reply', async (t) => {
  const [reply = ''] = await repliesUnder(t, [`See https://example.com by @alice. ${'A long story. '.repeat(60)}`])
  assert.match(reply, /^The alt text: See /)
  assert.doesNotMatch(reply, /https?:\/\/|@alice/)
})

test('stays silent when it is thanked', async (t) => {
  const local = await startLocalBot({ definition, localX: { bot: { username: 'altbot' } } })
  t.after(() => local.close())
  const photo = { bytes, altText: 'A dog.' }
  const { id } = await local.x.tweet({ as: 'alice', text: '@altbot read this', photos: [photo] })
  await local.idle()
  const [reply] = local.x.repliesTo(id)
  assert.equal(reply?.displayText, 'The alt text: A dog.')
  const thanks = await local.x.tweet({ as: 'alice', text: '@altbot thanks!', inReplyTo: reply?.id ?? '' })
  await local.idle()
  assert.deepEqual(local.x.repliesTo(thanks.id), [])
})
