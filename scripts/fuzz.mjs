// Fuzzes every public entry with at least the given number of cases, and prints what it tried: npm run fuzz.
//   npm run fuzz -- [cases = 10000] [words of the entry …]
// The last line is `N passed, N failed`. An entry whose tests no longer exist counts as failed.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))

/** Each entry, its test file under packages/, and the prefixes of the tests' names. */
const ENTRIES = [
  ['webhook behind each caller', 'lambda-entry/test/webhook-fuzz', 'a delivery with any of its bytes or values'],
  ['webhook, any request', 'http/test/webhook-app', 'whatever is sent, by whatever method'],
  ['Lambda event', 'lambda-entry/test/http', 'whatever the event is'],
  ['challenge', 'core/test/webhook/crc', 'never gets an answer that signs', 'is refused whenever it is a body'],
  ['signature header', 'core/test/webhook/signature', 'header of any kind', 'with any one character replaced'],
  ['delivery, bytes', 'core/test/webhook/decode.properties', 'answers any bytes'],
  ['delivery, values', 'core/test/webhook/decode.properties', 'answers soundly where any one value'],
  [
    'sign-in pages, callback',
    'http/test/sign-in-app.properties',
    'is never answered with a 5xx',
    'no secret gets into',
  ],
  ['sign-in forms', 'http/test/sign-in-app.properties', 'every field of a page', 'only a form of our own page'],
  ['sign-in options', 'http/test/sign-in-options', 'of any text are taken'],
  [
    'reply',
    'core/test/reply/compose.properties',
    'a reply is one that X takes',
    'a reply holds no mention',
    'a reply is one line',
  ],
  [
    'reply, any words',
    'core/test/reply/content.properties',
    'what is made to fit',
    'what fits is left',
    'a text without fault',
    'a variant is taken',
  ],
  ['rules', 'core/test/reply/rules', 'checkRules returns rules or throws'],
  ['photo, size', 'core/test/domain/photo-size', 'any bytes have two sides'],
  [
    'photo, keywords',
    'adapters-memory/test/keyword-image-labeler',
    'any bytes are labelled',
    'any photo with some bytes',
  ],
  ['photo, pixels', 'adapters-vision/test/detector/photo', 'bytes of any kind are a picture or none'],
  ['photo, address', 'adapters-x/test/media-fetcher', 'never makes a request to another host'],
  ['photo, answer', 'adapters-x/test/media-fetcher', 'any bytes for an answer'],
  [
    "vision server's answer",
    'adapters-vision/test/openai/hostile',
    'any bytes for an answer',
    'labels have',
    'a description',
  ],
  ["X's answer", 'adapters-x/test/answers', 'whatever the headers are', 'posted means a success', 'a look-up gives'],
  ['queue, event', 'adapters-aws/test/sqs/messages', 'any bytes are an event', 'an event with any of its letters'],
  ['queue, job', 'lambda-entry/test/job-keys', 'whatever the message is'],
  ['stored job', 'core/test/stored', 'with any of its bytes or values'],
  ['stored labels', 'core/test/stored', 'with any of their bytes or values'],
  ['sealed token', 'secret-box/test/secret-box', 'is refused, whatever it is', 'any text of UTF-16'],
  ['settings', 'lambda-entry/test/settings', 'whatever it is told'],
  ['arguments', 'cli/test/arguments', 'runs a command, or says'],
].map(([entry, file, ...names]) => ({ entry, file: `packages/${file}.test.ts`, names }))

const words = process.argv.slice(2)
const cases = /^[1-9][0-9]*$/.test(words[0] ?? '') ? Number(words.shift()) : 10_000
const chosen = ENTRIES.filter(({ entry }) => words.length === 0 || words.some((word) => entry.includes(word)))
if (chosen.length === 0) {
  console.error(`No entry matches. Choose from: ${ENTRIES.map(({ entry }) => entry).join('; ')}.`)
  process.exit(2)
}

const started = performance.now()
const results = run()
let failed = 0
console.log(`${'entry'.padEnd(28)}${'seconds'.padStart(8)}  tests`)
for (const { entry, file, names } of chosen) {
  const tests = results.filter((one) => one.file === file && names.some((name) => one.title.startsWith(name)))
  const isSound = tests.every(({ status }) => status === 'passed') && tests.length >= names.length
  if (!isSound) failed += 1
  const seconds = tests.reduce((sum, { duration }) => sum + duration, 0) / 1000
  const said = tests.length < names.length ? 'MISSING' : isSound ? `${tests.length} passed` : 'FAILED'
  console.log(`${entry.padEnd(28)}${seconds.toFixed(1).padStart(8)}  ${said}`)
  for (const { title, failureMessages } of tests)
    for (const text of failureMessages) console.log(`\n${title}\n${text}\n`)
}
console.log(`${cases} cases or more for each test, in ${Math.round((performance.now() - started) / 1000)} s`)
console.log(`${chosen.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

/** Returns jest's results by test file. */
function run() {
  const folder = mkdtempSync(join(tmpdir(), 'hexbird-fuzz-'))
  const report = join(folder, 'report.json')
  const named = chosen.flatMap(({ names }) => names).map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const args = [
    ...['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'],
    ...['--ci', '--silent', '--json', `--outputFile=${report}`, '--testTimeout=3600000'],
    ...['-t', named.join('|'), ...new Set(chosen.map(({ file }) => file))],
  ]
  const env = { ...process.env, HEXBIRD_FUZZ_RUNS: String(cases) }
  spawnSync(process.execPath, args, { cwd: root, env, stdio: 'ignore' })
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'))
  rmSync(folder, { recursive: true })
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status !== 'pending')
      .map((one) => ({ ...one, file: name.slice(root.length), duration: one.duration ?? 0 })),
  )
}
