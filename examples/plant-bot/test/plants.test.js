import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { loadBot, startLocalBot } from '@hexbird/cli'
import { checkRules, composeReply } from '@hexbird/core'
import { rules } from '../rules.js'

const definition = await loadBot('bot.ts')

const ada = { id: '42', username: 'ada' }
const fern = { name: 'Fern', confidence: 91, parents: ['Plant'] }
const dog = { name: 'Dog', confidence: 98, parents: ['Mammal', 'Animal'] }

test('the words have no fault, in either language', () => {
  assert.deepEqual(checkRules(rules), rules)
  for (const texts of Object.values(rules.texts)) {
    for (const language of Object.values(rules.texts)) {
      assert.deepEqual(Object.keys(texts), Object.keys(language))
    }
  }
})

test('who tweets in German is answered in German, and everybody else in English', () => {
  const answerTo = (/** @type {string} */ lang) => composeReply(rules, ada, [[fern]], { lang }).text
  assert.equal(answerTo('de'), 'Wie das grünt, ada! Ich sehe: Fern.')
  assert.equal(answerTo('de-AT'), answerTo('de'))
  assert.equal(answerTo('en'), 'That is green, ada! I can see: Fern.')
  assert.equal(answerTo('fr'), answerTo('en'))
})

test('a dog is no plant', () => {
  assert.deepEqual(composeReply(rules, ada, [[dog]]).kind, 'other')
  assert.deepEqual(composeReply(rules, ada, [[dog], [fern]]).labels, ['Fern'])
})

test('a photo of a plant gets its reply, over the local X', async (t) => {
  const local = await startLocalBot({ definition, localX: { bot: { username: 'plantbot' } } })
  t.after(() => local.close())
  const photo = { bytes: await readFile(new URL('../photos/plant.jpg', import.meta.url)) }
  const { id } = await local.x.tweet({ as: 'ada', text: '@plantbot what grows here?', photos: [photo] })
  await local.idle()
  assert.deepEqual(
    local.x.repliesTo(id).map(({ displayText }) => displayText),
    ['That is green, ada! I can see: Potted Plant, Window.'],
  )
})

test('a command is answered with words, over the local X', async (t) => {
  const local = await startLocalBot({ definition, localX: { bot: { username: 'plantbot' } } })
  t.after(() => local.close())
  const { id } = await local.x.tweet({ as: 'ada', text: '@plantbot languages?' })
  const other = await local.x.tweet({ as: 'bob', text: '@plantbot /languages' })
  await local.idle()
  assert.match(local.x.repliesTo(id)[0]?.displayText ?? '', /photo|plant/)
  assert.equal(local.x.repliesTo(other.id)[0]?.displayText, 'I speak English, und Deutsch.')
})
