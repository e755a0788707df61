import type { Swept } from '@hexbird/core/host'
import { expect, test } from '@jest/globals'
import { type Asked, keepAsking } from '../../src/run/asking.js'
import { testClock } from '../clock.js'

const SWEPT: Swept = { kind: 'swept', found: 0, unreadable: 0 }
const PACE = { every: 30_000, lookBackEvery: 600_000 }

/** Answers in turn, the last one again and again, and notes when it was asked, in seconds, and whether to look back. */
function asking(answers: readonly (Swept | Error)[], pace = PACE) {
  const start = 1_800_000_000_000
  const clock = testClock(start)
  const asked: [seconds: number, lookBack: boolean][] = []
  const told: Asked[] = []
  const stop = keepAsking(
    async (lookBack) => {
      const answer = answers[Math.min(asked.length, answers.length - 1)] ?? SWEPT
      asked.push([(clock.now() - start) / 1000, lookBack])
      if (answer instanceof Error) throw answer
      return answer
    },
    pace,
    (one) => told.push(one),
    clock,
  )
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
  const pass = async (seconds: number) => {
    for (let passed = 0; passed < seconds; passed++) {
      await turn()
      clock.advance(1000)
    }
    await turn()
  }
  return { asked, told, stop, pass, times: () => asked.map(([seconds]) => seconds) }
}

test('X is asked at once, then at the pace, and now and then about the last minutes again', async () => {
  const { asked, pass, stop } = asking([SWEPT])
  await pass(1230)
  const again = asked.filter(([, lookBack]) => lookBack).map(([seconds]) => seconds)
  expect(asked.map(([seconds]) => seconds)).toEqual(Array.from({ length: 42 }, (_, n) => 30 * n))
  expect(again).toEqual([0, 600, 1200])
  await stop()
})

test('after failures of any kind it waits longer and longer, at most five minutes, then goes on at the pace', async () => {
  const failures: (Swept | Error)[] = [
    new Error('The connection was cut.'),
    { kind: 'deferred', reason: 'rate-limited', detail: '' },
    { kind: 'over-budget', detail: '' },
    { kind: 'deferred', reason: 'no-credits', detail: '' },
    { kind: 'deferred', reason: 'unreachable', detail: '' },
  ]
  const { times, told, pass, stop } = asking([...failures, SWEPT])
  await pass(1200)
  expect(times().slice(0, 8)).toEqual([0, 60, 180, 420, 720, 1020, 1050, 1080])
  expect(told[0]).toEqual({ kind: 'failed', error: failures[0] })
  await stop()
})

test('what was not looked at again for a failure is looked at again the next time', async () => {
  const { asked, pass, stop } = asking([new Error('The connection was cut.'), SWEPT])
  await pass(90)
  expect(asked).toEqual([
    [0, true],
    [60, true],
    [90, false],
  ])
  await stop()
})

test('while posting is stopped the pace stays, for X is not asked and to resume should show', async () => {
  const { times, pass, stop } = asking([{ kind: 'deferred', reason: 'stopped', detail: '' }])
  await pass(90)
  expect(times()).toEqual([0, 30, 60, 90])
  await stop()
})

test('to stop waits for the open question, and asks no more', async () => {
  const clock = testClock()
  let answer = (_: Swept) => {}
  let questions = 0
  const stop = keepAsking(
    () => {
      questions++
      return new Promise<Swept>((resolve) => {
        answer = resolve
      })
    },
    PACE,
    () => {},
    clock,
  )
  let isStopped = false
  const stopped = stop().then(() => {
    isStopped = true
  })
  await new Promise<void>((resolve) => setImmediate(resolve))
  expect(isStopped).toBe(false)
  answer(SWEPT)
  await stopped
  clock.advance(3_600_000)
  expect(questions).toBe(1)
})
