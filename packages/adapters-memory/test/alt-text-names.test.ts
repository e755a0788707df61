import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { namesIn } from '../src/alt-text-names.js'
import { commonParents } from '../src/common-parents.js'

const kinds = new Map(Object.entries(commonParents))

describe('the kinds that an alt text names', () => {
  test.each([
    ['A dog on a beach', ['Dog']],
    ['Two DOGS, a Cat; and three foxes.', ['Dog', 'Cat', 'Fox']],
    ['my golden retriever and her dog friend', ['Golden Retriever', 'Dog']],
    ['a dog, the same dog, another dog', ['Dog']],
    ['a hot dog, a teddy bear and a computer mouse', ['Hot Dog', 'Teddy Bear', 'Computer Mouse']],
    ['a dogma, hotdogs and catalogues', []],
    ['', []],
    ['ein Hund', []],
    ['constructor __proto__ toString', []],
  ])('in %j are %j', (text, names) => expect(namesIn(text, kinds)).toEqual(names))

  test('are never others than those that are known, whatever the text', () => {
    const word = fc.oneof(fc.constantFrom(...kinds.keys(), 'and', '@dog', '#cat', 'https://dog.com'), fc.string())
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        const names = namesIn(words.join(' '), kinds)
        for (const name of names) expect(kinds.has(name.toLowerCase())).toBe(true)
        expect(new Set(names).size).toBe(names.length)
      }),
    )
  })
})
