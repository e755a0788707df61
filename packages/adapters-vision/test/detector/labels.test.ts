import { animalRules, composeReply } from '@hexbird/core'
import { labelArbitrary } from '@hexbird/core/testing'
import { runs } from '@hexbird/testkit/runs'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { commonParents } from '../../../adapters-memory/src/common-parents.js'
import { COCO } from '../../src/detector/coco.js'
import { confidenceOf, labelsOf, thingsOf } from '../../src/detector/labels.js'

const scores = (given: Readonly<Record<number, number>>) => Array.from({ length: 91 }, (_, id) => given[id] ?? 0)
const labels = (given: Readonly<Record<number, number>>, minConfidence = 85) =>
  labelsOf(thingsOf(scores(given)), { max: 5, minConfidence })

test('the table has 80 kinds, each name once, and none is a parent of itself', () => {
  const kinds = [...COCO.values()]
  expect(kinds).toHaveLength(80)
  expect(new Set(kinds.map(({ name }) => name)).size).toBe(80)
  expect(kinds.filter(({ name, parents }) => parents.includes(name))).toEqual([])
})

test('a kind has the same parents here as where photos are labeled by their keywords', () => {
  for (const { name, parents } of COCO.values()) {
    const common = commonParents[name.toLowerCase()]
    if (common) expect([name, parents]).toEqual([name, common])
  }
})

test('all ten animals of the table, and no other kind, are animals to the animal rules', () => {
  const animals = [...COCO.values()].filter(({ name, parents }) => {
    const label = { name, confidence: 99, parents }
    return composeReply(animalRules, { id: '1', username: 'alice' }, [[label]]).kind === 'match'
  })
  expect(animals.map(({ name }) => name)).toEqual('Bird Cat Dog Horse Sheep Cow Elephant Bear Zebra Giraffe'.split(' '))
})

test('a score of 0.5 is a confidence of 85, and 1 is 100', () => {
  expect([0, 0.5, 1].map(confidenceOf)).toEqual([70, 85, 100])
  expect(labels({ 47: 0.5 }).map(({ name }) => name)).toEqual(['Cup'])
  expect(labels({ 47: 0.499 })).toEqual([])
})

test('labels are distinct, the surest first, no more and none less sure than asked for', () => {
  const things = fc.array(
    fc
      .record({ label: labelArbitrary(), score: fc.double({ min: 0, max: 1, noNaN: true }) })
      .map(({ label, score }) => ({
        ...label,
        score,
      })),
  )
  fc.assert(
    fc.property(
      things,
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 0, max: 100 }),
      (all, max, minConfidence) => {
        const given = labelsOf(all, { max, minConfidence })
        expect(given.length).toBeLessThanOrEqual(max)
        expect(new Set(given.map(({ name }) => name)).size).toBe(given.length)
        expect(given.every(({ confidence }) => confidence >= minConfidence && confidence <= 100)).toBe(true)
        expect(given.map(({ confidence }) => confidence)).toEqual(
          given.map(({ confidence }) => confidence).toSorted((a, b) => b - a),
        )
      },
    ),
    { numRuns: runs() },
  )
})
