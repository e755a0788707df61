import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { growth } from '../src/year/growth.js'

const MB = 2 ** 20
const days = (size: (day: number) => number) => Array.from({ length: 90 }, (_, day) => size(day) * MB)

let said: string[]
beforeEach(() => {
  said = []
  jest.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line))
})
afterEach(() => void jest.restoreAllMocks())

test('what levels off is told with its sizes, and what still grows is a fault', () => {
  expect(
    growth(
      'The file',
      days((day) => Math.min(day, 20)),
    ),
  ).toBeUndefined()
  expect(
    growth(
      'The heap',
      days((day) => day),
    ),
  ).toBe('The heap grows.')
  expect(said).toEqual([
    'The file: 20.0 MB in the second third, 20.0 MB in the last.',
    'The heap: 45.0 MB in the second third, 75.0 MB in the last.',
  ])
})

test('a run of a month says nothing of it', () => {
  expect(growth('The file', days((day) => day).slice(0, 30))).toBeUndefined()
  expect(said).toEqual([])
})
