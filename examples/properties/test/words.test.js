import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { checkRules, composeReply, weightedLength } from '@hexbird/core'
import { findUrls } from '@hexbird/core/adapter'
import { labelsPerPhotoArbitrary, usernameArbitrary } from '@hexbird/core/testing'
import fc from 'fast-check'

const rules = checkRules(JSON.parse(await readFile(new URL('../rules.json', import.meta.url), 'utf8')))

/** Any reply that these rules can make. Among the labels are mentions, links and far too long ones. */
const reply = fc
  .record({ username: usernameArbitrary(), photos: labelsPerPhotoArbitrary(), variant: fc.nat(10_000) })
  .map(({ username, photos, variant }) => ({
    username,
    photos,
    ...composeReply(rules, { id: '42', username }, photos, { variant }),
  }))
/** @param {(made: typeof reply extends fc.Arbitrary<infer T> ? T : never) => void} holds */
const always = (holds) => fc.assert(fc.property(reply, holds))

describe('whatever is on the photos, whoever asks', () => {
  test('the reply fits into a tweet', () => always(({ text }) => assert.ok(weightedLength(text) <= 280)))

  test('it mentions who asked, and nobody else', () =>
    always(({ text, username }) => assert.deepEqual(text.match(/[@＠]\w*/g), [`@${username}`])))

  test('it has no link, which X would charge for', () => always(({ text }) => assert.deepEqual(findUrls(text), [])))

  test('it says that there is a dog only where there is one', () =>
    always(({ kind, photos }) => {
      const names = photos.flat().flatMap(({ name, parents }) => [name, ...parents])
      if (kind === 'match') assert.ok(names.some((name) => name.trim().toLowerCase() === 'dog'))
    }))

  test('two variants are never the same', () =>
    fc.assert(
      fc.property(labelsPerPhotoArbitrary(), fc.nat(1000), fc.nat(1000), (labels, one, two) => {
        fc.pre(one !== two)
        const [first, second] = [one, two].map((variant) =>
          composeReply(rules, { id: '42', username: 'ada' }, labels, { variant }),
        )
        assert.notEqual(first?.text, second?.text)
      }),
    ))
})
