import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { copyOf } from '../src/copy-of.js'

describe('a copy', () => {
  test('is equal to what structuredClone makes, for all that JSON and JavaScript have as data', () => {
    const values = fc.tuple(
      fc.anything({
        withBigInt: true,
        withMap: true,
        withSet: true,
        withTypedArray: true,
        withNullPrototype: false,
        withSparseArray: false,
      }),
      // Jest takes no invalid date for equal to another.
      fc.date({ noInvalidDate: true }),
    )
    fc.assert(
      fc.property(values, (value) => {
        expect(copyOf(value)).toEqual(structuredClone(value))
      }),
    )
  })

  test('shares nothing with the original, at any depth', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const originals = new Set(objectsIn(value))
        expect(objectsIn(copyOf(value)).filter((one) => originals.has(one))).toEqual([])
      }),
    )
  })

  test('keeps a member named __proto__ as a member', () => {
    const copy = copyOf(JSON.parse('{"__proto__":{"isAdmin":true},"a":{"__proto__":[1]}}'))
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"isAdmin":true},"a":{"__proto__":[1]}}')
    expect(copy.isAdmin).toBeUndefined()
  })

  test('is refused for what is no data', () => {
    for (const value of [() => 'a function', Symbol('a symbol'), new WeakMap(), Promise.resolve()]) {
      expect(() => copyOf([{ value }])).toThrow(/could not be cloned/)
    }
  })

  test('is refused for what holds itself', () => {
    const ring: unknown[] = []
    ring.push(ring)
    expect(() => copyOf(ring)).toThrow(RangeError)
  })
})

function objectsIn(value: unknown): readonly object[] {
  if (typeof value !== 'object' || value === null) return []
  return [value, ...Object.values(value).flatMap(objectsIn)]
}
