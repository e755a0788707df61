import { describe, expect, test } from '@jest/globals'
import type { ImageLabeler, LabelResult } from '../../src/index.js'
import { fallbackLabeler } from '../../src/index.js'

const labels = (...names: string[]): LabelResult => ({
  kind: 'labels',
  labels: names.map((name) => ({ name, confidence: 99, parents: [] })),
})
const UNREADABLE: LabelResult = { kind: 'unreadable', detail: 'no picture' }
const says = (result: LabelResult): ImageLabeler => ({ label: async () => result })
const isNotAsked: ImageLabeler = {
  label: async () => {
    throw new Error('asked')
  },
}
const ask = (...[first, ...others]: [ImageLabeler, ...ImageLabeler[]]) =>
  fallbackLabeler(first, ...others).label('photos/1/2/3-0', { max: 5, minConfidence: 85 })

describe('labelers one after the other', () => {
  test('the first that recognises something is believed, and the next is not asked', async () => {
    expect(await ask(says(labels('Dog')), isNotAsked)).toEqual(labels('Dog'))
    expect(await ask(says(labels()), says(labels('Cat')), isNotAsked)).toEqual(labels('Cat'))
  })

  test('a photo that one of them can read is readable', async () => {
    expect(await ask(says(UNREADABLE), says(labels('Cat')))).toEqual(labels('Cat'))
    expect(await ask(says(labels()), says(UNREADABLE))).toEqual(labels())
    expect(await ask(says(UNREADABLE), says(UNREADABLE))).toEqual(UNREADABLE)
  })

  test('an outage is thrown, and hides behind no other labeler', async () => {
    await expect(ask(isNotAsked, says(labels('Dog')))).rejects.toThrow('asked')
  })

  test('each is asked the same', async () => {
    const asked: unknown[] = []
    const noting: ImageLabeler = {
      label: async (...args) => {
        asked.push(args)
        return labels()
      },
    }
    const options = { max: 2, minConfidence: 90, altText: 'A dog' }
    await fallbackLabeler(noting, noting).label('photos/1/2/3-0', options)
    expect(asked).toEqual([
      ['photos/1/2/3-0', options],
      ['photos/1/2/3-0', options],
    ])
  })
})
