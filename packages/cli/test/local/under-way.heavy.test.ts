import { setTimeout as after } from 'node:timers/promises'
import { defineBot } from '@hexbird/core'
import { afterEach, expect, test } from '@jest/globals'
import { type LocalBot, startLocalBot } from '../../src/local-bot.js'

let local: LocalBot | undefined
afterEach(() => local?.close())

test('a sweep of dev leaves alone a tweet that a handler still has', async () => {
  let calls = 0
  const definition = defineBot().use(async (ctx) => {
    calls += 1
    await after(8000)
    await ctx.reply('At last.')
  })
  local = await startLocalBot({ definition, sweepEvery: 500 })
  const { id } = await local.x.tweet({ as: 'alice', text: '@hexbird hello' })
  await local.idle()
  expect([calls, local.x.repliesTo(id).length]).toEqual([1, 1])
})
