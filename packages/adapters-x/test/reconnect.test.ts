import { describe, expect, test } from '@jest/globals'
import { type Outage, Reconnect } from '../src/reconnect.js'

const NOW = 1_790_000_000_000

const waits = (outage: Outage, count: number, random = 0) => {
  const reconnect = new Reconnect()
  return Array.from({ length: count }, () => reconnect.waitAfter(outage, NOW, () => random))
}

describe('the wait before a connection', () => {
  test('is none after the first network fault, and then 250 ms more each time, up to 16 s', () => {
    expect(waits({ kind: 'network' }, 70).slice(0, 4)).toEqual([0, 250, 500, 750])
    expect(waits({ kind: 'network' }, 70).slice(63)).toEqual([15_750, 16_000, 16_000, 16_000, 16_000, 16_000, 16_000])
  })

  test('doubles after each refusal, from 5 s up to 320 s', () => {
    expect(waits({ kind: 'http' }, 9)).toEqual([5, 10, 20, 40, 80, 160, 320, 320, 320].map((s) => s * 1000))
  })

  test('doubles after each 429, from a minute up to 15, where X names no time', () => {
    expect(waits({ kind: 'limited' }, 6)).toEqual([1, 2, 4, 8, 15, 15].map((minutes) => minutes * 60_000))
  })

  test('lasts until the time that X names', () => {
    expect(waits({ kind: 'limited', until: NOW + 700_000 }, 3)).toEqual([700_000, 700_000, 700_000])
    expect(waits({ kind: 'limited', until: NOW - 1 }, 1)).toEqual([0])
  })

  test('is longer by chance, by up to a quarter and never by more than 10 s, and never shorter', () => {
    expect(waits({ kind: 'network' }, 3, 0.5)).toEqual([0, 281, 563])
    expect(waits({ kind: 'http' }, 7, 0.999).at(-1)).toBe(329_990)
    expect(waits({ kind: 'limited', until: NOW + 900_000 }, 1, 0.5)).toEqual([905_000])
  })

  test('counts each kind by itself, and starts over once a connection has proved good', () => {
    const reconnect = new Reconnect()
    const after = (kind: Outage['kind']) => reconnect.waitAfter({ kind }, NOW, () => 0)
    expect([after('network'), after('http'), after('network'), after('http')]).toEqual([0, 5_000, 250, 10_000])
    reconnect.reset()
    expect([after('network'), after('http')]).toEqual([0, 5_000])
  })
})
