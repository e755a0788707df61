import { MemoryBudget, MemoryKillSwitch, MemoryReplyLedger, MemorySocialClient } from '@hexbird/adapters-memory'
import { defineBot } from '@hexbird/core'
import type { Deferral } from '@hexbird/core/adapter'
import { boundsOf } from '@hexbird/core/host'
import { expect, test } from '@jest/globals'
import { caughtUp } from '../../src/run/catch-up.js'
import type { Entry } from '../../src/run/log.js'

const BOT = { id: '900', username: 'petbot' }

/** A bot that starts, on an X that answers `deferrals` first. */
function starting(deferrals: readonly Deferral[] = []) {
  const social = new MemorySocialClient({ bot: BOT })
  const waiting = [...deferrals]
  const logged: Entry[] = []
  const stopping = new AbortController()
  const ports = {
    social,
    ownTweets: {
      ownTweets: async (query: Parameters<typeof social.ownTweets>[0]) => waiting.shift() ?? social.ownTweets(query),
    },
    ledger: new MemoryReplyLedger(),
    budget: new MemoryBudget(),
    killSwitch: new MemoryKillSwitch(),
    now: Date.now,
  }
  const start = () =>
    caughtUp(
      ports,
      { bot: BOT, ...boundsOf(defineBot()) },
      (entry) => logged.push(entry),
      stopping.signal,
      (reason) => `About ${reason}.`,
    )
  return { start, logged, stopping, social }
}

const away: Deferral = { kind: 'deferred', reason: 'unreachable', detail: 'no network' }

test('a store that knows every reply starts without a word', async () => {
  const { start, logged } = starting()
  expect([await start(), logged]).toEqual([true, []])
})

test('nothing starts while X cannot be asked, which is logged once, and then it starts', async () => {
  const { start, logged } = starting([away, away])
  expect(await start()).toBe(true)
  expect(logged).toMatchObject([
    {
      level: 'warn',
      message: expect.stringMatching(/Trying again\. About unreachable\.$/),
      fields: { reason: 'unreachable', detail: 'no network' },
    },
  ])
}, 30_000)

test('a signal ends the wait, and nothing starts', async () => {
  const { start, stopping } = starting(Array.from({ length: 100 }, () => away))
  const started = start()
  stopping.abort()
  expect(await started).toBe(false)
})
