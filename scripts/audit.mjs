// Asks the registry for known faults of what is installed: npm run audit [-- --strict].
// A fault fails it, unless scripts/audit-explained.json says why it does no harm, and until when that is to be believed.
// A registry that does not answer is said; with --strict, as in the workflows, it fails too.
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
  const why = report?.error?.message ?? stderr.trim().split('\n').at(-1) ?? 'it said nothing'
  console.log(`Nothing is known: the registry did not answer. ${why}`)
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
  if (reason)
    console.log(`          ${reason.until < today ? `believed until ${reason.until}: ` : ''}${reason.because}`)
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
  if (!found.includes(id)) console.log(`outdated  ${id} is explained and not found any more: remove it.`)
}
console.log(failed === 0 ? 'Clean, or explained.' : `${failed} to update, to replace, or to explain.`)
process.exitCode = failed === 0 ? 0 : 1

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
