import fc from 'fast-check'
import type { Breaker, BreakerState } from '../ports/breaker.js'
import { type Contract, expectEqual, expectTrue } from './case.js'

/** What every `Breaker` promises. */
export const breakerContract: Contract<Breaker> = [
  {
    name: 'posting is allowed at first',
    async check(make) {
      const breaker = await make()
      expectEqual(await breaker.state(), undefined, 'the state')
    },
  },
  {
    name: 'a tripped breaker says why and since when, every time',
    async check(make) {
      const breaker = await make()
      await breaker.trip('X says 326: é 日本語 🐦 "locked"\n', NOW)
      const expected = { reason: 'X says 326: é 日本語 🐦 "locked"\n', since: NOW }
      expectEqual(await breaker.state(), expected, 'the state')
      expectEqual(await breaker.state(), expected, 'the state asked again')
    },
  },
  {
    name: 'a breaker tripped without words is tripped',
    async check(make) {
      const breaker = await make()
      await breaker.trip('', 0)
      expectEqual(await breaker.state(), { reason: '', since: 0 }, 'the state')
    },
  },
  {
    name: 'the first reason is kept until the reset',
    async check(make) {
      const breaker = await make()
      await breaker.trip('first', NOW)
      await breaker.trip('second', NOW + 1)
      await breaker.trip('from a clock behind', NOW - 1)
      expectEqual(await breaker.state(), { reason: 'first', since: NOW }, 'the state')
    },
  },
  {
    name: 'after the reset posting is allowed, and the next reason is a first one',
    async check(make) {
      const breaker = await make()
      await breaker.trip('first', NOW)
      await breaker.reset()
      expectEqual(await breaker.state(), undefined, 'the state after the reset')
      await breaker.trip('second', NOW + 1)
      expectEqual(await breaker.state(), { reason: 'second', since: NOW + 1 }, 'the state after another trip')
    },
  },
  {
    name: 'resetting what is not tripped does nothing',
    async check(make) {
      const breaker = await make()
      await breaker.reset()
      expectEqual(await breaker.state(), undefined, 'the state after the reset')
      await breaker.trip('first', NOW)
      expectEqual(await breaker.state(), { reason: 'first', since: NOW }, 'the state after a trip')
    },
  },
  {
    name: 'of many that trip at once the reason and the time of one are kept',
    async check(make) {
      const breaker = await make()
      const trips = Array.from({ length: 20 }, (_, index) => ({ reason: `reason ${index}`, since: NOW + index }))
      const seen = await Promise.all(
        trips.map(async ({ reason, since }) => {
          await breaker.trip(reason, since)
          return breaker.state()
        }),
      )
      const kept = trips.find(({ reason }) => reason === seen[0]?.reason)
      expectTrue(kept !== undefined, 'a breaker that was tripped has no reason')
      expectEqual(seen, Array(20).fill(kept), 'the state that each of 20 saw after its trip')
      expectEqual(await breaker.state(), kept, 'the state in the end')
    },
  },
  {
    name: 'changing the state that was given changes nothing inside',
    async check(make) {
      const breaker = await make()
      await breaker.trip('first', NOW)
      Object.assign((await breaker.state()) ?? {}, { reason: 'changed', since: 0 })
      expectEqual(await breaker.state(), { reason: 'first', since: NOW }, 'the state')
    },
  },
  {
    name: 'any sequence of trips and resets keeps the first reason since the last reset',
    async check(make) {
      const property = fc.asyncProperty(fc.array(command, { maxLength: 8 }), async (commands) => {
        const breaker = await make()
        let model: BreakerState | undefined
        for (const [index, command] of commands.entries()) {
          if (command === 'trip') {
            model ??= { reason: `reason ${index}`, since: NOW + index }
            await breaker.trip(`reason ${index}`, NOW + index)
          } else {
            model = undefined
            await breaker.reset()
          }
          expectEqual(await breaker.state(), model, `the state after ${command}`)
        }
      })
      const run = await fc.check(property, RUNS)
      expectTrue(!run.failed, `${fc.defaultReportMessage(run)}`)
    },
  },
]

const RUNS = { numRuns: 25, includeErrorInReport: true }

/** Ahead of any clock: 2060-01-01. */
const NOW = 2_840_140_800_000

const command = fc.constantFrom('trip', 'trip', 'reset')
