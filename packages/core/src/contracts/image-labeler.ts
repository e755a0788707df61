import type { Label } from '../domain/label.js'
import type { ImageLabeler, LabelOptions } from '../ports/image-labeler.js'
import { type Contract, ContractError, expectEqual, expectRejected, expectTrue } from './case.js'

/** A labeler, and a way to store photos for it. */
export interface ImageLabelerHarness {
  readonly labeler: ImageLabeler
  /**
   * Stores a photo that shows exactly this, or bytes that are not an image. Returns the key. A labeler without degrees
   * of confidence may be sure of every label.
   */
  store(photo: { readonly labels: readonly Label[] } | 'not-an-image'): Promise<string>
  /** From now on, the labeler or the store of its photos cannot be reached. */
  outage(): void
}

const OPTIONS: LabelOptions = { max: 5, minConfidence: 80 }

const label = (name: string, confidence: number, ...parents: string[]): Label => ({ name, confidence, parents })

/** The contract of `ImageLabeler`. */
export const imageLabelerContract: Contract<ImageLabelerHarness> = [
  {
    name: 'the labels of a photo come with their parents',
    async check(make) {
      const { labeler, store } = await make()
      const key = await store({ labels: [label('Okapi', 99, 'Animal', 'Mammal'), label('Grass', 98, 'Plant')] })
      const labels = await labelsOf(labeler, key)
      expectEqual(
        labels.map(({ name, parents }) => [name, [...parents].sort()]),
        [
          ['Okapi', ['Animal', 'Mammal']],
          ['Grass', ['Plant']],
        ],
        'labels and parents',
      )
    },
  },
  {
    name: 'a label without parents has none',
    async check(make) {
      const { labeler, store } = await make()
      const labels = await labelsOf(labeler, await store({ labels: [label('Doohickey', 99)] }))
      expectEqual(
        labels.map(({ name, parents }) => [name, parents]),
        [['Doohickey', []]],
        'labels and parents',
      )
    },
  },
  {
    name: 'each photo has its own labels',
    async check(make) {
      const { labeler, store } = await make()
      const teapot = await store({ labels: [label('Teapot', 99)] })
      const kettle = await store({ labels: [label('Kettle', 99)] })
      expectEqual(names(await labelsOf(labeler, teapot)), ['Teapot'], 'labels of the first photo')
      expectEqual(names(await labelsOf(labeler, kettle)), ['Kettle'], 'labels of the second photo')
    },
  },
  {
    name: 'confidence is a percentage',
    async check(make) {
      const { labeler, store } = await make()
      const key = await store({ labels: [label('Teapot', 99.5), label('Table', 91)] })
      const outside = (await labelsOf(labeler, key)).filter(({ confidence }) => !(confidence > 1 && confidence <= 100))
      expectEqual(outside, [], 'labels whose confidence is no percentage')
    },
  },
  {
    name: 'the surest label comes first',
    async check(make) {
      const { labeler, store } = await make()
      const key = await store({ labels: [label('Chair', 91), label('Teapot', 99), label('Ball', 95)] })
      const sureness = (await labelsOf(labeler, key)).map(({ confidence }) => confidence)
      expectEqual(sureness.length, 3, 'number of labels')
      expectEqual(
        sureness,
        [...sureness].sort((a, b) => b - a),
        'confidences',
      )
    },
  },
  {
    name: 'of more labels than were asked for the surest are given',
    async check(make) {
      const { labeler, store } = await make()
      const labels = ['Teapot', 'Table', 'Spoon', 'Cup'].map((name, index) => label(name, 99 - index))
      const key = await store({ labels })
      expectEqual(names(await labelsOf(labeler, key, { max: 2, minConfidence: 0 })), ['Teapot', 'Table'], 'labels')
    },
  },
  {
    name: 'no label is less sure than asked for',
    async check(make) {
      const { labeler, store } = await make()
      const key = await store({ labels: [label('Teapot', 99), label('Table', 85), label('Spoon', 84.9)] })
      const labels = await labelsOf(labeler, key, { max: 5, minConfidence: 85 })
      expectEqual(
        labels.filter(({ confidence }) => confidence < 85),
        [],
        'labels below the least confidence',
      )
      expectEqual(names(labels).slice(0, 2), ['Teapot', 'Table'], 'labels at or above the least confidence')
    },
  },
  {
    name: 'a photo on which nothing is recognised has no labels',
    async check(make) {
      const { labeler, store } = await make()
      expectEqual(await labeler.label(await store({ labels: [] }), OPTIONS), { kind: 'labels', labels: [] }, 'result')
    },
  },
  {
    name: 'what is no image is unreadable, not a photo of nothing',
    async check(make) {
      const { labeler, store } = await make()
      const result = await labeler.label(await store('not-an-image'), OPTIONS)
      expectEqual(result.kind, 'unreadable', 'result')
    },
  },
  {
    name: 'a photo that is not there is unreadable, not a photo of nothing',
    async check(make) {
      const { labeler, store } = await make()
      await store({ labels: [label('Teapot', 99)] })
      const result = await labeler.label('photos/1/1790000000000000000/3', OPTIONS)
      expectEqual(result.kind, 'unreadable', 'result')
    },
  },
  {
    name: 'an outage is a throw, never a photo of nothing',
    async check(make) {
      const { labeler, store, outage } = await make()
      const key = await store({ labels: [label('Teapot', 99)] })
      outage()
      const error = await expectRejected(labeler.label(key, OPTIONS), 'label during an outage')
      expectTrue(error instanceof Error, 'an outage is thrown as an Error')
    },
  },
]

const names = (labels: readonly Label[]) => labels.map(({ name }) => name)

async function labelsOf(labeler: ImageLabeler, key: string, options = OPTIONS): Promise<readonly Label[]> {
  const result = await labeler.label(key, options)
  if (result.kind === 'labels') return result.labels
  throw new ContractError(`the photo is readable, but the labeler says: ${result.detail}`)
}
