import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** The whole program: the local X has a thread of its own, which runs from a bundle alone. */
function year(...words: readonly string[]) {
  const { status, stdout } = spawnSync(process.execPath, ['scripts/year.mjs', '--json', ...words], {
    cwd: root,
    encoding: 'utf8',
  })
  const lived = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, number>
  return { status, lived }
}

test('some days of a bot miss nothing, double nothing and leave nothing', () => {
  const { status, lived } = year('--days', '3', '--seed', '4', '--only', 'kills,the file is lost')
  expect(lived).toMatchObject({ days: 3, missed: 0, doubled: 0, photosLeft: 0, overspent: 0 })
  expect(status).toBe(0)
  expect(lived.kills).toBeGreaterThan(0)
  expect(lived.replies).toBeGreaterThan(40)
})

test.each([
  ['catch-up', 'doubled', 'the file is lost', '4'],
  ['ledger', 'doubled', 'kills', '4'],
  ['retry', 'missed', 'the disk is full', '2'],
  ['budget', 'overspent', 'a quiet day', '4'],
  ['photos', 'photosLeft', 'a quiet day', '4'],
])('without %s something is %s', (guard, broken, incident, seed) => {
  const { status, lived } = year('--days', '3', '--seed', seed, '--only', incident, '--break', guard)
  expect(status).toBe(1)
  expect(lived[broken]).toBeGreaterThan(0)
})
