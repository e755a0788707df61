// Asks the registry for known vulnerabilities of the installed packages: npm run audit [-- --strict].
// It fails for each one that scripts/audit-explained.json doesn't explain, with a reason and an expiry date.
// If the registry doesn't answer, it only prints that; with --strict, as in the workflows, it fails.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { pnpm } from './pnpm.mjs'

const { values } = parseArgs({
  options: { strict: { type: 'boolean' }, registry: { type: 'string' }, explained: { type: 'string' } },
})
const explained = JSON.parse(readFileSync(values.explained ?? new URL('audit-explained.json', import.meta.url), 'utf8'))
const today = new Date().toISOString().slice(0, 10)

const { stdout, stderr } = pnpm(['audit', '--json', ...(values.registry ? ['--registry', values.registry] : [])], {
  stdio: 'pipe',
})
const report = parsed(stdout)
if (!report?.advisories) {
  const why = report?.error?.message ?? stderr.trim().split('\n').at(-1) ?? 'It gave no reason.'
  console.log(`The packages were not checked: the registry did not answer. ${why}`)
  process.exit(values.strict ? 1 : 0)
}

let failed = 0
for (const { github_advisory_id: id, module_name: name, severity, title, findings } of Object.values(
  report.advisories,
)) {
  const reason = explained[id]
  const isExplained = reason !== undefined && reason.until >= today
  if (!isExplained) failed += 1
  console.log(`${isExplained ? 'explained' : 'FOUND    '} ${severity} ${name} ${id}: ${title}`)
  if (reason) console.log(`          ${reason.until < today ? `expired on ${reason.until}: ` : ''}${reason.because}`)
  else
    console.log(
      `          ${findings
        .flatMap(({ paths }) => paths)
        .slice(0, 3)
        .join('\n          ')}`,
    )
}
const found = Object.values(report.advisories).map(({ github_advisory_id }) => github_advisory_id)
for (const id of Object.keys(explained)) {
  if (!found.includes(id)) console.log(`outdated  ${id} is explained, but no longer found. Remove the explanation.`)
}
console.log(failed === 0 ? 'No unexplained vulnerabilities.' : `${failed} to fix: update, replace or explain them.`)
process.exitCode = failed === 0 ? 0 : 1

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
