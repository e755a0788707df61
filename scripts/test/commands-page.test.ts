import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

test('docs/commands.md says what the command itself says', () => {
  const script = fileURLToPath(new URL('../generate-commands-page.mjs', import.meta.url))
  const { stderr, status } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' })
  expect([stderr, status]).toEqual(['', 0])
})
