import fc from 'fast-check'
import type { Cursor, CursorState } from '../ports/cursor.js'
import { type Contract, expectEqual, expectTrue, tries } from './case.js'

/** The contract of `Cursor`. */
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
        await cursor.advance({ id, seen: [] })
        expectEqual(await cursor.read(), { id, seen: [] }, `read after ${id}`)
      }
    },
  },
  {
    name: 'what was seen goes along, every digit and the order kept',
    async check(make) {
      const cursor = await make()
      const many = Array.from({ length: 800 }, (_, index) => `${1_999_999_999_999_999_999n - BigInt(index)}`)
      for (const [id, seen] of [
        ['9007199254740993', ['9007199254740992', '10', '9']],
        ['1999999999999999999', many],
        ['2000000000000000000', []],
      ] as const) {
        await cursor.advance({ id, seen })
        expectEqual(await cursor.read(), { id, seen }, `read after ${id}`)
      }
    },
  },
  {
    name: 'it never goes back, and a state that is behind leaves nothing',
    async check(make) {
      const cursor = await make()
      const state = { id: '9007199254740993', seen: ['8'] }
      await cursor.advance(state)
      for (const id of ['9007199254740992', '9', '1000000000000000']) {
        await cursor.advance({ id, seen: ['7'] })
        expectEqual(await cursor.read(), state, `read after ${id}`)
      }
    },
  },
  {
    name: 'of two states with one id the later stays',
    async check(make) {
      const cursor = await make()
      for (const seen of [['8'], ['8', '7'], []]) {
        await cursor.advance({ id: '9007199254740993', seen })
        expectEqual(await cursor.read(), { id: '9007199254740993', seen }, 'read')
      }
    },
  },
  {
    name: 'of many at once the greatest stays, with what it has seen',
    async check(make) {
      const cursor = await make()
      const ids = Array.from({ length: 20 }, (_, index) => `${1_999_999_999_999_999_980n + BigInt((index * 7) % 20)}`)
      await Promise.all(ids.map((id) => cursor.advance({ id, seen: [`1${id}`] })))
      const greatest = '1999999999999999999'
      expectEqual(await cursor.read(), { id: greatest, seen: [`1${greatest}`] }, 'read after 20 at once')
    },
  },
  {
    name: 'changing a state that was put in or given out changes nothing inside',
    async check(make) {
      const cursor = await make()
      const seen = ['8']
      await cursor.advance({ id: '9', seen })
      seen.push('7')
      expectEqual(await cursor.read(), { id: '9', seen: ['8'] }, 'read')
      const state = await cursor.read()
      if (Array.isArray(state?.seen)) state.seen.push('6')
      expectEqual(await cursor.read(), { id: '9', seen: ['8'] }, 'read again')
    },
  },
  {
    name: 'after any sequence it is at the greatest of them, as it was told last',
    async check(make) {
      const id = fc.oneof(fc.bigInt(1n, 10n ** 18n), fc.constantFrom(10n ** 18n, 10n ** 18n + 1n))
      const property = fc.asyncProperty(fc.array(id, { maxLength: 6 }), async (ids) => {
        const cursor = await make()
        let model: CursorState | undefined
        for (const [index, each] of ids.entries()) {
          const state = { id: `${each}`, seen: [`${index}`] }
          await cursor.advance(state)
          if (model === undefined || each >= BigInt(model.id)) model = state
          expectEqual(await cursor.read(), model, `read after ${each}`)
        }
      })
      const run = await fc.check(property, tries())
      expectTrue(!run.failed, `${fc.defaultReportMessage(run)}`)
    },
  },
]
