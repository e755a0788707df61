import { MemoryBudget } from '@hexbird/adapters-memory'
import { defineBot } from '@hexbird/core'
import { boundsOf } from '@hexbird/core/host'
import { freePort } from '@hexbird/testkit/free-port'
import { expect, test } from '@jest/globals'
import { readSettings } from '../../src/operate/settings.js'
import { accountOf } from '../../src/run/account.js'
import type { Entry } from '../../src/run/log.js'
import { planOf } from '../../src/run/plan.js'

const KEYS = {
  HEXBIRD_CONSUMER_KEY: 'key',
  HEXBIRD_CONSUMER_SECRET: 'secret',
  HEXBIRD_ACCESS_TOKEN: '42-token',
  HEXBIRD_ACCESS_SECRET: 'access-secret',
}

test('a local X that does not answer is named once, with its address', async () => {
  const x = `http://127.0.0.1:${await freePort()}`
  const plan = planOf(await readSettings(undefined, KEYS), { x })
  const stopping = new AbortController()
  const told: Entry[] = []
  const log = (entry: Entry) => {
    told.push(entry)
    stopping.abort()
  }
  expect(await accountOf(plan, boundsOf(defineBot()), new MemoryBudget(), log, stopping.signal)).toBeUndefined()
  expect(told).toEqual([
    {
      level: 'warn',
      message: expect.stringMatching(new RegExp(`${x} does not .* local-x --port ${new URL(x).port} --env .env`)),
      fields: { detail: expect.any(String) },
    },
  ])
})
