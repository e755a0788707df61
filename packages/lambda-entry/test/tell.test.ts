import type { Event } from '@hexbird/core'
import type { Swept } from '@hexbird/core/host'
import { describe, expect, test } from '@jest/globals'
import { tellOutcome } from '../src/handlers/outcomes.js'
import { tellSwept } from '../src/handlers/sweep.js'
import { tellSetAside } from '../src/set-aside.js'
import { telling } from './observers.js'

const told = (swept: Swept) => {
  const seen = telling()
  tellSwept(seen, swept)
  return {
    refused: seen.counted('SweepRefused'),
    stopped: seen.counted('BreakerOpen'),
    levels: seen.lines.map(({ level }) => level),
    text: seen.text(),
  }
}

describe('a sweep', () => {
  test('that the budget refused is an error in the log, and is counted where an alarm looks', () => {
    const { refused, levels, text } = told({ kind: 'over-budget', detail: 'The window sweep:2026-11-23 has no room.' })
    expect([refused, levels]).toEqual([1, ['error']])
    expect(text).toContain('The window sweep:2026-11-23 has no room.')
  })

  test.each(['no-credits', 'unauthorized', 'unexplained'] as const)('that X refused (%s) is one too', (reason) => {
    expect(told({ kind: 'deferred', reason, detail: 'No.' })).toMatchObject({ refused: 1, levels: ['error'] })
  })

  test('that found a stopped bot counts it for the alarm of that', () => {
    expect(told({ kind: 'deferred', reason: 'stopped', detail: 'No.' })).toMatchObject({
      refused: 0,
      stopped: 1,
      levels: ['error'],
    })
  })

  test.each(['rate-limited', 'unreachable'] as const)('that waits (%s) wakes nobody', (reason) => {
    expect(told({ kind: 'deferred', reason, detail: 'Not now.' })).toMatchObject({ refused: 0, levels: ['warn'] })
  })

  test('that came about wakes nobody', () => {
    expect(told({ kind: 'swept', found: 2, unreadable: 0 })).toMatchObject({ refused: 0, levels: ['info'] })
  })
})

test('whatever stops the bot while it answers is counted where an alarm looks', () => {
  const seen = telling()
  for (const detail of ['X answered with code 326: locked.', 'X refused 5 replies in a row and named no reason.']) {
    tellOutcome(seen, { kind: 'deferred', reason: 'stopped', until: 1, detail }, { now: 0 })
  }
  expect(seen.counted('BreakerOpen')).toBe(2)
})

test('an event that is set aside is an error that names the tweet, and nothing that its author wrote', () => {
  const seen = telling()
  const tweet = { id: '1790000000000000001', text: 'what nobody sees' }
  tellSetAside(seen)({ kind: 'tweet', tweet } as Event, new Error('An event of 300000 bytes is too large.'))
  expect(seen.counted('SetAside')).toBe(1)
  expect(seen.lines).toMatchObject([{ level: 'error', details: { kind: 'tweet', tweetId: '1790000000000000001' } }])
  expect(seen.text()).not.toContain('nobody')
})
