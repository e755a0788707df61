import { describe, expect, test } from '@jest/globals'
import { limitsIn } from '../../src/host/index.js'

const read = (settings: Readonly<Record<string, string>>) => limitsIn((name) => settings[name])

describe('the limits among the settings', () => {
  test('are in dollars, to the micro-dollar, and leave alone what was not set', () => {
    expect(read({})).toEqual({ limits: {}, faults: [] })
    expect(read({ HEXBIRD_LIMIT_PER_DAY: ' 12.5 ', HEXBIRD_LIMIT_PER_AUTHOR_PER_DAY: '' })).toEqual({
      limits: { perDay: 12_500_000 },
      faults: [],
    })
    const all = {
      HEXBIRD_LIMIT_PER_DAY: '0',
      HEXBIRD_LIMIT_PER_AUTHOR_PER_DAY: '0.000001',
      HEXBIRD_LIMIT_SWEEP_PER_DAY: '0.29',
      HEXBIRD_LIMIT_REPLIES_PER_CONVERSATION: '3',
    }
    expect(read(all)).toEqual({
      limits: { perDay: 0, perAuthorPerDay: 1, sweepPerDay: 290_000, repliesPerConversation: 3 },
      faults: [],
    })
  })

  test.each(['-1', '1e3', '$5', '5,50', '.5', '5.', '0.1234567', 'lots', '99999999'])(
    'name every one that is not a limit, and not its value: %s',
    (value) => {
      const { limits, faults } = read({
        HEXBIRD_LIMIT_SWEEP_PER_DAY: value,
        HEXBIRD_LIMIT_REPLIES_PER_CONVERSATION: `${value}x`,
      })
      expect(limits).toEqual({})
      expect(faults).toEqual([
        'HEXBIRD_LIMIT_SWEEP_PER_DAY is wrong: it must be an amount in dollars, such as 5 or 0.20',
        'HEXBIRD_LIMIT_REPLIES_PER_CONVERSATION is wrong: it must be a whole number',
      ])
    },
  )
})
