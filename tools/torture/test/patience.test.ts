import { expect, test } from '@jest/globals'
import { untilStill } from '../src/crash/settings.js'

const MINUTE = 60_000

/** How many minutes are waited, if the state of each minute is this. */
function waited(stateOf: (minute: number) => string, begun = 0): number {
  let minute = 0
  const isOver = untilStill(begun, () => minute * MINUTE)
  while (!isOver(stateOf(minute))) minute += 1
  return minute
}

test('a wait for killed bots ends once nothing has changed for two minutes', () => {
  expect(waited(() => 'one waits')).toBe(3)
  expect(waited((minute) => (minute < 2 ? 'two wait' : 'one waits'))).toBe(5)
})

test('a wait for bots that were killed for longer is longer', () => {
  expect(waited(() => 'one waits', -10 * MINUTE)).toBe(7)
})

test('a wait ends although something changes again and again', () => {
  expect(waited(String)).toBe(9)
})
