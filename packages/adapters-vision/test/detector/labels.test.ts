import { animalRules, composeReply } from '@hexbird/core'
import { labelArbitrary } from '@hexbird/core/testing'
import { runs } from '@hexbird/testkit/runs'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { commonParents } from '../../../adapters-memory/src/common-parents.js'
import { COCO } from '../../src/detector/coco.js'
import { confidenceOf, labelsOf, mayBeBird, thingsOf } from '../../src/detector/labels.js'

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

test('animals that the model is sure of are called by their names', () => {
  expect(labels({ 18: 0.8, 16: 0.7, 47: 0.75 }).map(({ name }) => name)).toEqual(['Dog', 'Cup', 'Bird'])
})

test('of mammals that the model is not sure of one is told, as a mammal, which is an animal to the animal rules', () => {
  const told = labels({ 18: 0.79, 17: 0.6 })
  expect(told).toEqual([{ name: 'Mammal', parents: ['Animal'], confidence: confidenceOf(0.79) }])
  const { kind, text } = composeReply(animalRules, { id: '1', username: 'alice' }, [told])
  expect([kind, text]).toEqual(['match', 'Hi alice. On your image, I can recognize: Mammal.'])
  expect(labels({ 18: 0.8, 17: 0.79 }).map(({ name }) => name)).toEqual(['Dog'])
})

test('a bird that the model is not sure of is not told, and a toy is no animal', () => {
  expect(labels({ 16: 0.69, 88: 0.6 }).map(({ name }) => name)).toEqual(['Teddy Bear'])
})

test('a bird that the model is not certain of has to be one from afar, too', () => {
  const told = (near: number, far?: number) =>
    labelsOf(thingsOf(scores({ 16: near }), far === undefined ? undefined : scores({ 16: far })), {
      max: 5,
      minConfidence: 85,
    }).map(({ name }) => name)
  expect([0.69, 0.7, 0.949, 0.95].map((score) => mayBeBird(scores({ 16: score })))).toEqual([false, true, true, false])
  expect([told(0.9, 0.29), told(0.9, 0.3), told(0.96)]).toEqual([[], ['Bird'], ['Bird']])
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
