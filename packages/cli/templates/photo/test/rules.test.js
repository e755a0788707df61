import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkRules, composeReply, weightedLength } from '@hexbird/core'
import { labelsPerPhotoArbitrary, usernameArbitrary } from '@hexbird/core/testing'
import fc from 'fast-check'
import { rules } from '../rules.js'

const alice = { id: '42', username: 'alice' }
const robin = { name: 'Robin', confidence: 98, parents: ['Bird', 'Animal'] }
const tree = { name: 'Tree', confidence: 91, parents: ['Plant'] }

test('the rules are valid', () => {
  assert.deepEqual(checkRules(rules), rules)
})

test('a photo with a robin matches, and one with only a tree does not', () => {
  assert.equal(composeReply(rules, alice, [[robin, tree]]).kind, 'match')
  assert.equal(composeReply(rules, alice, [[tree]]).kind, 'other')
})

test('any reply to anybody about any photos fits into a tweet and mentions nobody', () => {
  fc.assert(
    fc.property(labelsPerPhotoArbitrary(), usernameArbitrary(), fc.nat(1000), (labels, username, variant) => {
      const { text } = composeReply(rules, { id: '42', username }, labels, { variant })
      assert.ok(weightedLength(text) <= 280, text)
      assert.ok(!/[@＠]/.test(text), text)
    }),
  )
})
