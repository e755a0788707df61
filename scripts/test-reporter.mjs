// Prints at the start which heavy tests are left out, and at the end which tests were skipped and why. Gives each run
// its own temporary folder, and fails the run if a test leaves anything in it.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

/** The variables that Node and Windows read. Workers inherit them. */
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
    if (names.length > 0) say(`Heavy tests left out: ${names.join(', ')}. To run them too: npm run test:all.`)
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

/** Returns a line for each reason. A skipped test has its reason in its name: `(skipped: no Chromium)`. */
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
