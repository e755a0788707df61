// Mutates the sources with Stryker, one change at a time, and expects a test to fail for each: `npm run mutate`.
// docs/mutation.md has the results and explains them.
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Stryker } from '@stryker-mutator/core'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../', import.meta.url))
/** Stryker's folder: it has the sources unchanged, and the tests as modules that Mocha loads once. */
const workshop = `${root}.cache/mutation/`
const figures = `${root}docs/mutation.md`
const LEAST = 90

/**
 * The files of each group and their tests. A file in several groups belongs to the first. Example tests come before
 * property tests, which take longer to notice the same mutant.
 */
const GROUPS = {
  webhook: {
    sources: /^core\/src\/webhook\//,
    tests: [/^core\/test\/webhook\/[^.]+\.test/, /^core\/test\/webhook\/.+\.properties\.test/],
  },
  reply: {
    sources: /^core\/src\/use-cases\/(reply-|dispatch|run-job|stored-jobs)/,
    tests: [/^core\/test\/((use-cases\/(?!crashes|catch-up)|bot\/)[^.]+|create-bot|known-faults)\.test/],
  },
  words: {
    sources: /^core\/src\/reply\//,
    tests: [
      /^core\/test\/(reply\/(compose|content|rules|safe-text|weighted-length)|bot\/reply-images)\.test/,
      /^core\/test\/reply\/.+\.properties\.test/,
    ],
  },
  ledger: {
    sources: /^(adapters-memory\/src\/memory-reply-ledger|core\/src\/policy\/reply-row)/,
    tests: [/^adapters-memory\/test\/reply-ledger\.test/, /^core\/test\/policy\/reply-row\.test/],
  },
  session: {
    sources:
      /^(core\/src\/(domain\/(session|account)\.ts$|sign-in\/|use-cases\/(start-session|complete-auth|disconnect))|adapters-memory\/src\/memory-(session|account)-)/,
    tests: [
      /^(core\/test\/use-cases\/(start-session|complete-auth|disconnect)|adapters-memory\/test\/(session|account)-.+\.test)/,
    ],
  },
  policy: {
    sources: /^(core\/src\/((domain|policy|use-cases|util)\/)?[^/]+$|adapters-memory\/src\/memory-budget)/,
    tests: [
      /^core\/test\/((use-cases\/(?!crashes)|(bot|domain|policy|util)\/)[^.]+|create-bot|known-faults|stored)\.test/,
      /^adapters-memory\/test\/budget\.test/,
    ],
  },
}
/** Not mutated: generated tables, types, and replaced modules. The contracts have broken adapters instead. */
const LEFT_OUT = /^core\/src\/(contracts|testing|ports)\/|\/(index|lazy|weighted-length-tables)\.ts$|\.d\.ts$/

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { force: { type: 'boolean', default: false }, concurrency: { type: 'string', default: '2' } },
})
// Read only these folders: the packages installed in each package link to each other in circles.
const files = readdirSync(`${root}packages`)
  .flatMap((name) => [`${name}/src`, `${name}/test`])
  .filter((folder) => existsSync(`${root}packages/${folder}`))
  .flatMap((folder) =>
    readdirSync(`${root}packages/${folder}`, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
  )
  .map((file) => file.replaceAll(sep, '/'))
  .filter((file) => file.endsWith('.ts'))
  .sort()
const mutated = files.filter((file) => groupOf(file) && !LEFT_OUT.test(file))
const asked =
  positionals.length === 0
    ? mutated
    : mutated.filter((file) => positionals.some((part) => file.includes(part) || groupOf(file) === part))
if (asked.length === 0) {
  console.error(`No group and no mutated file matches ${positionals.join(', ')}.`)
  process.exit(2)
}

prepareSources()
await buildTests()
process.chdir(workshop)
// This many cases of a property are enough to notice a mutant.
process.env.HEXBIRD_FUZZ_RUNS ??= '25'
for (const group of Object.keys(GROUPS)) await mutate(group)
process.exitCode = report(resultsOf(Object.keys(GROUPS)))

function groupOf(file) {
  return Object.keys(GROUPS).find((name) => GROUPS[name].sources.test(file))
}

function testsOf(group) {
  return [...new Set(GROUPS[group].tests.flatMap((pattern) => files.filter((file) => pattern.test(file))))]
}

function prepareSources() {
  for (const old of ['packages', 'tests']) rmSync(`${workshop}${old}`, { recursive: true, force: true })
  for (const file of files.filter(isSource)) {
    cpSync(`${root}packages/${file}`, `${workshop}packages/${file}`)
  }
  const imports = { '#built/*': './built/packages/*' }
  writeFileSync(`${workshop}package.json`, JSON.stringify({ type: 'module', imports }))
}

/** The contracts and the generators of test data count as tests. */
function isSource(file) {
  return /^core\/src\/(?!contracts\/|testing\/)/.test(file) || mutated.includes(file)
}

/**
 * Bundles the tests with everything that they import, except the sources. Shared parts are named by their contents, so
 * a change in an import changes the test's own file too. That tells Stryker which results are out of date.
 */
async function buildTests() {
  await build({
    absWorkingDir: root,
    entryPoints: [...new Set(Object.keys(GROUPS).flatMap(testsOf))].map((file) => `packages/${file}`),
    outdir: `${workshop}tests`,
    outbase: 'packages',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['expect', 'jest-each'],
    plugins: [{ name: 'tests-only', setup: apart }],
    logLevel: 'warning',
  })
}

function apart({ onResolve, onLoad }) {
  onResolve({ filter: /^@jest\/globals$/ }, () => ({ path: `${root}scripts/mutation/jest-on-mocha.mjs` }))
  // Tests that check a contract with broken adapters don't test the sources.
  onResolve({ filter: /\/contract-tests\.js$/ }, () => ({ path: 'contract-tests', namespace: 'left-out' }))
  onLoad({ filter: /./, namespace: 'left-out' }, () => ({
    contents: 'export const testAgainstFaults = () => undefined',
  }))
  onResolve({ filter: /^@hexbird\/core/ }, ({ path }) =>
    sourceOr(`core/src${path.slice('@hexbird/core'.length)}/index.ts`),
  )
  onResolve({ filter: /^\..*\.js$/ }, ({ path, resolveDir }) => {
    const [, file] = resolve(resolveDir, path).replaceAll(sep, '/').split('/packages/')
    return file && /\/src\//.test(file) ? sourceOr(file.replace(/\.js$/, '.ts')) : undefined
  })
}

function sourceOr(file) {
  if (!isSource(file)) return { path: `${root}packages/${file}` }
  return { path: `#built/${file.replace(/\.ts$/, '.mjs')}`, external: true }
}

async function mutate(group) {
  const sources = asked.filter((file) => groupOf(file) === group)
  if (sources.length === 0) return
  console.log(`\n${group}`)
  const stryker = new Stryker({
    mutate: sources.map((file) => `packages/${file}`),
    testRunner: 'mocha',
    plugins: ['@stryker-mutator/mocha-runner'],
    mochaOptions: { spec: testsOf(group).map((file) => `tests/${file.replace(/\.ts$/, '.mjs')}`) },
    coverageAnalysis: 'perTest',
    // Relative to the sandbox in Stryker's folder.
    buildCommand: 'node ../../../../scripts/mutation/build-sources.mjs',
    incremental: true,
    incrementalFile: `${group}.json`,
    force: values.force,
    concurrency: Number(values.concurrency),
    // On a busy machine, a slow test isn't yet an endless one.
    timeoutMS: 10_000,
    dryRunTimeoutMinutes: 30,
    disableTypeChecks: false,
    allowConsoleColors: false,
    reporters: ['progress-append-only', 'html'],
    htmlReporter: { fileName: `${group}.html` },
    tempDirName: 'sandbox',
    cleanTempDir: 'always',
  })
  await stryker.runMutationTest()
}

/** The results of this run, and earlier results for the files that it left out. A file may have changed its group. */
function resultsOf(groups) {
  const results = groups
    .filter((group) => existsSync(`${group}.json`))
    .flatMap((group) =>
      Object.entries(JSON.parse(readFileSync(`${group}.json`, 'utf8')).files).filter(
        ([path]) => groupOf(path.replace(/^packages\//, '')) === group,
      ),
    )
  return Object.fromEntries(results)
}

/** Prints the surviving mutants, then the figures. Returns 0 if every group reaches its score. */
function report(results) {
  const found = Object.entries(results)
    .map(([path, { mutants, source }]) => {
      const file = path.replace(/^packages\//, '')
      return { file, group: groupOf(file), counts: countsOf(mutants), alive: mutants.filter(isAlive), source }
    })
    .filter(({ file }) => mutated.includes(file))
  for (const { file, alive, source } of found) for (const mutant of alive) console.log(inWords(file, source, mutant))
  const groups = Object.keys(GROUPS)
    .map((group) => [group, sumOf(found.filter((each) => each.group === group))])
    .filter(([, { killed, late, alive }]) => killed + late + alive > 0)
  const all = sumOf(found)
  const table = tableOf([
    ...[...groups, ['all', all]].map(([name, counts]) => [`**${name}**`, counts]),
    ...found.map(({ file, counts }) => [`\`${file}\``, counts]),
  ])
  console.log(`\n${table}`)
  writeFigures(
    table,
    Object.keys(GROUPS).filter((group) => !groups.some(([name]) => name === group)),
  )
  const behind = [...groups, ['all', all]].filter(([, counts]) => scoreOf(counts) < LEAST).map(([name]) => name)
  if (behind.length > 0) console.error(`Below ${LEAST} %: ${behind.join(', ')}.`)
  return behind.length === 0 ? 0 : 1
}

function inWords(file, source, { location: { start, end }, mutatorName, replacement, status }) {
  const lines = source.split('\n').slice(start.line - 1, end.line)
  const was =
    start.line === end.line ? lines[0].slice(start.column - 1, end.column - 1) : `${lines[0].slice(start.column - 1)} …`
  const short = (text) => text.replaceAll(/\s+/g, ' ').slice(0, 100)
  const never = status === 'NoCoverage' ? ' (no test reaches this)' : ''
  return `${file}:${start.line}:${start.column} ${mutatorName}${never}: ${short(was)} → ${short(replacement)}`
}

function isAlive({ status }) {
  return status === 'Survived' || status === 'NoCoverage'
}

function countsOf(mutants) {
  const of = (wanted) => mutants.filter(({ status }) => status === wanted).length
  return { killed: of('Killed'), late: of('Timeout'), alive: mutants.filter(isAlive).length }
}

function sumOf(found) {
  const sum = { killed: 0, late: 0, alive: 0 }
  for (const { counts } of found) for (const name of Object.keys(sum)) sum[name] += counts[name]
  return sum
}

/** The percentage of mutants that a test noticed, timeouts included. */
function scoreOf({ killed, late, alive }) {
  const all = killed + late + alive
  return all === 0 ? 100 : (100 * (killed + late)) / all
}

function tableOf(rows) {
  const lines = rows.map(([name, counts]) =>
    [name, scoreOf(counts).toFixed(1), counts.killed, counts.late, counts.alive].join(' | '),
  )
  const head = '| | % | killed | timed out | survived |'
  return [head, '|---|--:|--:|--:|--:|', ...lines.map((line) => `| ${line} |`)].join('\n')
}

function writeFigures(table, unknown) {
  const text = readFileSync(figures, 'utf8')
  const [before, after] = [text.split('<!-- figures -->')[0], text.split('<!-- /figures -->')[1]]
  const date = new Date().toISOString().slice(0, 10)
  const missing = unknown.length === 0 ? '' : ` Not run yet: ${unknown.join(', ')}.`
  writeFileSync(figures, `${before}<!-- figures -->\nAs of ${date}.${missing}\n\n${table}\n<!-- /figures -->${after}`)
}
