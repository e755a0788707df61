import { textArbitrary } from '@hexbird/core/testing'
import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import type { Command } from 'commander'
import fc from 'fast-check'
import { createProgram, run } from '../src/program.js'
import { fakeTerminal } from './fake-terminal.js'

/** Every command, itself included. */
const allOf = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(allOf)]

const all = allOf(createProgram(fakeTerminal().terminal))
const words = [...new Set(all.flatMap((command) => [command.name(), ...command.aliases()]))]
const flags = [
  ...new Set(
    all.flatMap(({ options }) =>
      options.flatMap(({ short, long }) => [short, long].filter((flag) => flag !== undefined)),
    ),
  ),
]

const odd = fc.oneof(
  textArbitrary({ maxLength: 20 }),
  fc.constantFrom(
    '',
    '-',
    '--',
    '---',
    '-x',
    '--no-such',
    '--=',
    '=',
    '__proto__',
    '--__proto__',
    '--constructor',
    '--toString=1',
  ),
  fc.constantFrom('\0', '\x1b[31m', '\u202e', '\ud83d', '99999', '-1', '1e3', '../../etc/passwd', 'a'.repeat(60_000)),
)
const one = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...words) },
  { weight: 3, arbitrary: fc.constantFrom(...flags) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...flags), odd).map(([flag, value]) => `${flag}=${value}`) },
  { weight: 2, arbitrary: odd },
)

describe('whatever is typed', () => {
  test('runs a command, or says in words what is wrong with it: exit code 0 or 2, and never a stack trace', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(one, { maxLength: 6 }), async (args) => {
        const { terminal, shown } = fakeTerminal()
        const program = createProgram(terminal)
        // What a command does has tests of its own; here it is what leads to it.
        for (const command of allOf(program)) if (command.commands.length === 0) command.action(() => {})
        const code = await run(program, args, terminal)
        expect([0, 2]).toContain(code)
        expect(shown.stderr).not.toMatch(/^\s+at .*:\d+:\d+/m)
        expect(shown.stderr).not.toContain('should not have happened')
        if (code === 2) expect(shown.stderr).not.toBe('')
        const last = shown.stdout.trimEnd().split('\n').at(-1) ?? ''
        if (terminal.json && code === 2) expect(JSON.parse(last)).toHaveProperty('error.code', 'USAGE')
      }),
      { numRuns: runs() },
    )
  })
})
