// The process in which a person's module of rules is loaded: see rules-file.ts. What is thrown here is shown to them.
import type { Said } from './rules-file.js'

const say = (said: Said) =>
  process.send?.(said, () => {
    // Whatever the module left running.
    process.exit()
  })

const { rules, default: byDefault } = (await import(String(process.argv[2]))) as Readonly<Record<string, unknown>>
const exported = rules ?? byDefault
try {
  if (exported === undefined) say({ problem: 'exports no rules. Export them as `rules`, or by default.' })
  else say({ rules: structuredClone(exported) })
} catch (error) {
  if (!(error instanceof DOMException)) throw error
  say({ problem: `exports something that is not plain data: ${error.message}` })
}
