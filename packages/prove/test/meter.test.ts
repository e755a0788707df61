import { defaultLimits, selfServe2026 } from '@hexbird/core'
import { expect, test } from '@jest/globals'
import { startProcess } from '../src/harness/faults.js'
import { createMeter } from '../src/harness/meter.js'

test('the meter charges a tweet that is looked up twice once, as X does, and again the next day', async () => {
  let time = Date.UTC(2026, 10, 22, 12)
  const meter = createMeter({ limits: defaultLimits, now: () => time, billed: () => 0 })
  const unused = () => Promise.reject(new Error('not asked for'))
  const x = { reply: unused, uploadImage: unused, findOwnReply: unused, me: unused }
  const social = meter
    .of(startProcess('one'))
    .social({ ...x, tweet: async () => ({ kind: 'found', tweet: {} }) as never })
  await social.tweet('1')
  await social.tweet('1')
  await social.tweet('2')
  expect(meter.spent.get('day 2026-11-22')).toBe(2 * selfServe2026.prices.tweetRead)
  time += 24 * 60 * 60 * 1000
  await social.tweet('1')
  expect(meter.spent.get('day 2026-11-23')).toBe(selfServe2026.prices.tweetRead)
})
