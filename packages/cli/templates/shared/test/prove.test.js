import { test } from 'node:test'
import { bundleBot } from '@hexbird/cli'
import { assertProven } from '@hexbird/prove'

// The fixed seed repeats the same conversations. `npm run prove` tries many more, and different ones each time.
test('keeps its promises despite faults, crashes and hostile people', async () => {
  await assertProven(await bundleBot('bot.ts'), { quick: true, seed: 1 })
})
