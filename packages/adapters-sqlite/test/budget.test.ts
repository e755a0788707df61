import { expect, test } from '@jest/globals'
import { opened } from './temporary.js'

test('a refused reservation stays charged to no window, and keeps what an earlier one reserved', async () => {
  const { budget } = opened().ports
  const roomy = { kind: 'author', window: 'roomy', call: 'a', amount: 1, limit: 3, endsAt: 1_000 } as const
  const full = { ...roomy, kind: 'day', window: 'full', limit: 0 } as const
  const refused = { kind: 'refused', charge: full, until: 1_000 }
  await budget.reserve([roomy], 0)
  const more = [{ ...roomy, amount: 2 }, { ...roomy, call: 'b' }, full]
  expect(await budget.reserve(more, 0)).toEqual(refused)
  const { call: _, ...without } = roomy
  expect(await budget.reserve([without, full], 0)).toEqual(refused)
  expect(await budget.reserve([{ ...roomy, call: 'c', amount: 2 }], 0)).toEqual({ kind: 'granted' })
  expect(await budget.reserve([roomy], 0)).toEqual({ kind: 'granted' })
  expect(await budget.reserve([{ ...roomy, call: 'b' }], 0)).toMatchObject({ kind: 'refused' })
})

test('what a window holds can be looked at, settled or not, and a window that is not there holds nothing', async () => {
  const { budget } = opened().ports
  const charge = { kind: 'day', window: 'day', amount: 8, limit: 10, endsAt: 1_000 } as const
  expect(await budget.spent('day')).toBe(0)
  await budget.reserve([charge, { ...charge, call: 'a', amount: 2 }], 0)
  expect(await budget.spent('day')).toBe(10)
  await budget.settle([{ ...charge, call: 'a', amount: 1 }], 0)
  expect(await budget.spent('day')).toBe(9)
})
