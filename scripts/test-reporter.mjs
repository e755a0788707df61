// Says at the start which heavy tests are left out, and at the end what was skipped and why. Gives each run a temporary
// folder of its own; a test that leaves something there fails the run.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

/** What Node and Windows read: workers inherit it. */
const NAMES = ['TMPDIR', 'TEMP', 'TMP']

export default class TestReporter {
  constructor({ rootDir, testPathPatterns, testNamePattern }, { folders, isAll }) {
    this.patterns = testPathPatterns?.patterns ?? []
    this.isWhole = !testNamePattern
    this.leftOut = isAll ? [] : folders.flatMap((folder) => heavyIn(join(rootDir, folder, 'test')))
  }

  onRunStart() {
    const isAsked = (path) => this.patterns.length === 0 || this.patterns.some((each) => path.includes(each))
    const names = this.leftOut.filter(isAsked).map((path) => basename(path, '.heavy.test.ts'))
    if (names.length > 0) say(`Left out, for they are heavy: ${names.join(', ')}. npm run test:all runs them too.`)
    this.before = NAMES.map((name) => [name, process.env[name]])
    this.folder = mkdtempSync(join(tmpdir(), 'hexbird-test-'))
    for (const name of NAMES) process.env[name] = this.folder
  }

  onRunComplete(_, { testResults }) {
    for (const [name, value] of this.before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
    this.left = readdirSync(this.folder)
    rmSync(this.folder, { recursive: true, force: true })
    if (this.isWhole) for (const line of skipped(testResults)) say(line)
  }

  getLastError() {
    if (this.left?.length > 0) return new Error(`Tests left in the temporary folder: ${this.left.join(', ')}`)
  }
}

const say = (line) => process.stderr.write(`${line}\n`)

function heavyIn(folder) {
  if (!existsSync(folder)) return []
  const paths = readdirSync(folder, { recursive: true }).map((path) => join(folder, path))
  return paths.filter((path) => path.endsWith('.heavy.test.ts'))
}

/** A line for each reason: a skipped test says it in its name, as `(skipped: no Chromium)`. */
function skipped(files) {
  const reasons = files
    .flatMap(({ testResults }) => testResults)
    .filter(({ status }) => status === 'pending' || status === 'todo')
    .map(({ fullName }) => /\(skipped: (.*?)\)/.exec(fullName)?.[1] ?? `no reason given (${fullName})`)
  return [...new Set(reasons)].map((reason) => {
    const count = reasons.filter((each) => each === reason).length
    return `Skipped: ${count} ${count === 1 ? 'test' : 'tests'}: ${reason}`
  })
}
