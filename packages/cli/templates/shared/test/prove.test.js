import { test } from 'node:test'
import { bundleBot } from '@hexbird/cli'
import { assertProven } from '@hexbird/prove'

// The same conversations each time. `npm run prove` tries many more, and others each time.
test('breaks no promise, whatever fails and whoever writes', async () => {
  await assertProven(await bundleBot('bot.ts'), { quick: true, seed: 1 })
})
