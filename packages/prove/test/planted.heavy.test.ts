import { defineBot } from '@hexbird/core'
import { expect, test } from '@jest/globals'
import { prove, replay } from '../src/index.js'
import { PLANTED } from './planted.js'

test.each(PLANTED)('a bot that breaks a rule is found out: $rule, it $name', async ({ rule, bot, tells, budget }) => {
  const { broken } = await prove(bot, { runs: 400, seed: 1, ...(budget && { budget }) })
  const found = broken.find((one) => one.rule === rule)
  expect(broken.map((one) => one.rule)).toContain(rule)
  expect(found?.story).toMatch(tells)
  expect(found?.story.split('\n').length).toBeLessThan(16)
  expect(found?.replay.faults.length).toBeLessThanOrEqual(1)
  if (!found) return
  const again = await replay(bot, JSON.parse(JSON.stringify(found.replay)), { ...(budget && { budget }) })
  expect(again?.story).toContain(found.story.split('\n')[2])
})

test('a bot whose links are allowed and paid for breaks no rule, also where an author asks for more than their share', async () => {
  const limits = { perAuthorPerDay: 1_000_000 }
  const bot = defineBot({ allow: { links: true }, limits }).command('roll', (ctx) =>
    ctx.reply(`You rolled ${ctx.random(6) + 1}. Scores: https://dice.example.com/scores`),
  )
  expect(await prove(bot, { runs: 400, seed: 1 })).toMatchObject({ broken: [] })
})
