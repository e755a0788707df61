import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import TestReporter from '../test-reporter.mjs'

let rootDir: string
let said: string
beforeEach(() => {
  rootDir = mkdtempSync(join(tmpdir(), 'hexbird-reporter-'))
  mkdirSync(join(rootDir, 'bird/test/pages'), { recursive: true })
  for (const name of ['nest.test.ts', 'pages/egg.heavy.test.ts']) writeFileSync(join(rootDir, 'bird/test', name), '')
  said = ''
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += text
    return true
  })
})
afterEach(() => {
  jest.restoreAllMocks()
  rmSync(rootDir, { recursive: true })
})

function run(
  fullNames: readonly string[],
  { patterns = [] as string[], isAll = false, write = (_folder: string) => {} } = {},
) {
  const reporter = new TestReporter({ rootDir, testPathPatterns: { patterns } }, { folders: ['bird', 'none'], isAll })
  reporter.onRunStart()
  write(process.env.TMPDIR ?? '')
  const testResults = fullNames.map((fullName) => ({ fullName, status: 'pending' }))
  reporter.onRunComplete(undefined, { testResults: [{ testResults }] })
  return reporter.getLastError()?.message
}

test('a run says which heavy tests of what was asked for it leaves out', () => {
  run([])
  expect(said).toBe('Heavy tests left out: egg. To run them too: npm run test:all.\n')
  said = ''
  run([], { patterns: ['bird/test/nest'] })
  run([], { isAll: true })
  expect(said).toBe('')
})

test('a run says how many tests were skipped for which reason, and which gave none', () => {
  run(['a (skipped: no nest) b', 'c (skipped: no nest)', 'd'], { isAll: true })
  expect(said).toBe('Skipped: 2 tests: no nest\nSkipped: 1 test: no reason given (d)\n')
})

test('a run fails if a test leaves something in the temporary folder', () => {
  const before = process.env.TMPDIR
  expect(run([], { write: (folder) => writeFileSync(join(folder, 'feather'), '') })).toBe(
    'Tests left in the temporary folder: feather',
  )
  expect(run([])).toBeUndefined()
  expect(process.env.TMPDIR).toBe(before)
})
