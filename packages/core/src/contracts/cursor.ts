import fc from 'fast-check'
import type { Cursor } from '../ports/cursor.js'
import { type Contract, expectEqual, expectTrue } from './case.js'

/** What every `Cursor` promises. */
export const cursorContract: Contract<Cursor> = [
  {
    name: 'before the first tweet it knows none',
    async check(make) {
      expectEqual(await (await make()).read(), undefined, 'read')
    },
  },
  {
    name: 'it goes forward, every digit kept',
    async check(make) {
      const cursor = await make()
      for (const id of ['9', '10', '9007199254740992', '9007199254740993', '1999999999999999999']) {
        await cursor.advance(at(id))
        expectEqual(await cursor.read(), at(id), `read after ${id}`)
      }
    },
  },
  {
    name: 'it never goes back',
    async check(make) {
      const cursor = await make()
      await cursor.advance(at('9007199254740993'))
      for (const id of ['9007199254740992', '9', '1000000000000000', '9007199254740993']) {
        await cursor.advance(at(id))
        expectEqual(await cursor.read(), at('9007199254740993'), `read after ${id}`)
      }
    },
  },
  {
    name: 'the ids that it has seen go with it, and of two states with one id the later stays',
    async check(make) {
      const cursor = await make()
      const states = [
        { id: '103', seen: ['101', '9007199254740993'] },
        { id: '103', seen: ['102', '101', '9007199254740993'] },
        { id: '103', seen: [] },
        { id: '104', seen: Array.from({ length: 800 }, (_, index) => `${1_999_999_999_999_999_000n + BigInt(index)}`) },
      ]
      for (const state of states) {
        await cursor.advance(state)
        expectEqual(await cursor.read(), state, `read after ${state.seen.length} seen`)
      }
      await cursor.advance({ id: '103', seen: ['1'] })
      expectEqual(await cursor.read(), states.at(-1), 'read after a state behind it')
    },
  },
  {
    name: 'of many at once the greatest stays',
    async check(make) {
      const cursor = await make()
      const ids = Array.from({ length: 20 }, (_, index) => `${1_999_999_999_999_999_980n + BigInt((index * 7) % 20)}`)
      await Promise.all(ids.map((id) => cursor.advance(at(id))))
      expectEqual(await cursor.read(), at('1999999999999999999'), 'read after 20 at once')
    },
  },
  {
    name: 'after any sequence it is at the greatest of them',
    async check(make) {
      const property = fc.asyncProperty(fc.array(fc.bigInt(1n, 10n ** 18n), { maxLength: 6 }), async (ids) => {
        const cursor = await make()
        let greatest: bigint | undefined
        for (const id of ids) {
          await cursor.advance(at(`${id}`))
          if (greatest === undefined || id > greatest) greatest = id
          expectEqual(await cursor.read(), at(`${greatest}`), `read after ${id}`)
        }
      })
      const run = await fc.check(property, { numRuns: 25, includeErrorInReport: true })
      expectTrue(!run.failed, `${fc.defaultReportMessage(run)}`)
    },
  },
]

/** A state that differs with its id. */
const at = (id: string) => ({ id, seen: [`${BigInt(id) - 1n}`] })
