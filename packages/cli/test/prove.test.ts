import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Broken, type Lab, type Progress, RULES, type Verdict } from '@hexbird/prove'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { type ProveOptions, prove } from '../src/local/prove.js'
import { createProgram, run } from '../src/program.js'
import { UsageError } from '../src/usage-error.js'
import { fakeTerminal } from './fake-terminal.js'
import { linkCore } from './link-core.js'

let folder: string
let bot: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hexbird-prove-'))
  await linkCore(folder)
  bot = join(folder, 'bot.ts')
  await writeFile(
    bot,
    "import { defineBot } from '@hexbird/core'\nexport default defineBot().command('roll', () => {})",
  )
})
afterAll(() => rm(folder, { recursive: true }))

const lab = {} as Lab
const held: Verdict = { runs: 1234, faults: 10_000, seed: 42, broken: [] }
const twice = {
  rule: 'one-reply',
  story: '12:00  alice: @hexbird roll\n12:01  the bot replies twice',
  replay: {
    v: 1,
    seed: 42,
    startsAt: '2026-11-22T12:00:00.000Z',
    conditions: { dialects: 'both' },
    conversation: [{ do: 'block', as: 'a\u2028b\u202e' }],
    faults: [],
  },
  isRepeatable: true,
} as const satisfies Broken
const failed: Verdict = { ...held, broken: [twice] }

/** Runs the command with an engine that finds this. */
async function proving(verdict: Verdict, options: ProveOptions = {}, json = false) {
  const { terminal, shown } = fakeTerminal()
  terminal.json = json
  const asked: { names: readonly string[]; options: object }[] = []
  const code = await prove({ bot, ...options }, terminal, {
    async prove(subject, { onProgress, ...given } = {}) {
      const { steps } = typeof subject === 'function' ? subject(lab) : subject
      asked.push({ names: steps.map((step) => (step.kind === 'command' ? step.name : step.kind)), options: given })
      return verdict
    },
  })
  return { code, asked, ...shown }
}

describe('prove', () => {
  test('puts the bot of the file to the proof, as it was told to', async () => {
    const { asked } = await proving(held, { quick: true, runs: 7, seed: 42 })
    expect(asked).toEqual([{ names: ['roll'], options: { quick: true, runs: 7, seed: 42 } }])
    expect((await proving(held)).asked).toEqual([{ names: ['roll'], options: {} }])
  })

  test('ends with 0 and says how much was tried where every promise holds', async () => {
    const { code, stdout } = await proving(held)
    expect([code, stdout]).toEqual([0, 'No promise was broken: 1,234 conversations, 10,000 faults, seed 42.\n'])
  })

  test('ends with 1 and tells the story where one is broken, and how to repeat it', async () => {
    const { code, stdout } = await proving(failed, { quick: true })
    expect(code).toBe(1)
    expect(stdout).toContain(`Broken: ${twice.story}\n`)
    expect(stdout).toMatch(/\n1 promise was broken: .*\nTo repeat this: .* prove \S+bot\.ts --quick --seed 42\n$/)
  })

  test.each([held, failed])('leaves one JSON object on the last line for a program', async (verdict) => {
    const { stdout, stderr } = await proving(verdict, {}, true)
    expect(JSON.parse(stdout)).toEqual(verdict)
    expect(stderr).toContain('seed 42')
  })

  test('names a file that cannot be a bot as a usage error, and proves nothing', async () => {
    await expect(proving(held, { bot: join(folder, 'none.ts') })).rejects.toThrow(UsageError)
    const { terminal } = fakeTerminal()
    for (const args of [['--seed', '-1'], ['--runs', '0'], ['--runs', '1e3'], ['--save']]) {
      expect([args, await run(createProgram(terminal), ['prove', bot, ...args], terminal)]).toEqual([args, 2])
    }
  })
})

describe('what is going on', () => {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] }))
  afterEach(() => void jest.useRealTimers())

  test('is said each second in which it changed', async () => {
    const { terminal, shown } = fakeTerminal()
    let finish: (verdict: Verdict) => void = () => {}
    let tell: (progress: Progress) => void = () => {}
    const begun = new Promise<void>((resolve) => {
      const engine = {
        prove: (_: unknown, options: { onProgress?: typeof tell } = {}) => {
          tell = options.onProgress ?? tell
          resolve()
          return new Promise<Verdict>((end) => {
            finish = end
          })
        },
      }
      ending = prove({}, terminal, engine)
    })
    await begun
    tell({ done: 3, of: 1200, faults: 4567, waitedMs: 5000 })
    await jest.advanceTimersByTimeAsync(999)
    expect(shown.stderr).toBe('')
    await jest.advanceTimersByTimeAsync(1001)
    expect(shown.stderr).toBe('3 of 1,200 conversations, 4,567 faults\n')
    tell({ done: 4, of: 1200, faults: 4568, waitedMs: 6000 })
    await jest.advanceTimersByTimeAsync(1000)
    expect(shown.stderr).toMatch(/\n4 of 1,200 conversations, 4,568 faults, 6 s waiting in real time\n$/)
    finish(held)
    expect(await ending).toBe(0)
    expect(shown.stderr).toMatch(/\nThe bot waited 6 s in real time, for example in setTimeout\..*\n$/)
  })
  let ending: Promise<number>
})

test('the page on prove names each rule that is judged', async () => {
  const page = await readFile(new URL('../../../docs/prove.md', import.meta.url), 'utf8')
  const [, rows = ''] = /^\| Rule \|.*\n((?:\|.*\n)+)/m.exec(page) ?? []
  const named = [...rows.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name)
  expect(new Set(named)).toEqual(new Set(RULES.map(({ name }) => name)))
})

describe('prove --save', () => {
  /** Runs it with a folder of its own; gives the one test that is there then. */
  async function saving(broken: Broken, save: string) {
    const { stdout } = await proving({ ...failed, broken: [broken] }, { save })
    const [name = '', ...others] = await readdir(save)
    expect(others).toEqual([])
    return { stdout, name, path: join(save, name), code: await readFile(join(save, name), 'utf8') }
  }

  test('writes a test that replays the story, and says where it is', async () => {
    const { stdout, name, code } = await saving(twice, join(folder, 'test'))
    expect(name).toMatch(/^prove-one-reply-[0-9a-f]{8}\.test\.js$/)
    expect(stdout).toContain(`${name}, a test that fails until this is fixed.`)
    expect(code).toMatch(/^\/\/ Found by `hexbird prove`:\n\/\/\n\/\/ 12:00 {2}alice: @hexbird roll\n\/\/ 12:01 /)
    expect(code).toContain('test("one-reply", async () => {')
    expect(code).toContain('bundleBot(new URL("../bot.ts", import.meta.url))')
    expect(code).toContain('"as": "a\\u2028b\\u202e"')
  })

  test('never replaces a file that is there', async () => {
    const { name, path } = await saving(twice, join(folder, 'again'))
    await writeFile(path, 'changed')
    const { stdout, code } = await saving(twice, join(folder, 'again'))
    expect(stdout).toMatch(new RegExp(`Already saved as .*${name}\\.`))
    expect(code).toBe('changed')
  })

  test('writes no test that would pass: of a story that does not repeat alone', async () => {
    const save = join(folder, 'alone')
    const broken = [{ ...twice, isRepeatable: false }]
    const { stdout } = await proving({ ...failed, broken }, { save }, true)
    expect(JSON.parse(stdout)).toEqual({ ...failed, broken, saved: [] })
    expect(await readdir(folder)).not.toContain('alone')
    expect((await proving({ ...failed, broken }, { save })).stdout).toContain(
      '\nNot saved as a test: on its own, this conversation breaks no promise.\n',
    )
  })

  test('writes nothing where nothing is broken', async () => {
    const { stdout } = await proving(held, { save: join(folder, 'none') }, true)
    expect(JSON.parse(stdout)).toEqual({ ...held, saved: [] })
    expect(await readdir(folder)).not.toContain('none')
  })

  test('lets no story end its comment', async () => {
    const story = 'bob: */ \u2028process.exit(1)\r\nassert()'
    const { code } = await saving({ ...twice, rule: '"); process.exit("' as 'length', story }, join(folder, 'forging'))
    const [comment = ''] = code.split('import assert')
    for (const line of comment.trimEnd().split(/[\n\r\u2028\u2029]/)) expect(line).toMatch(/^\/\//)
    expect(code).toContain('test("\\"); process.exit(\\"", async')
  })

  test('wants a bot file, which the test can load', async () => {
    const { terminal } = fakeTerminal()
    const proving = prove({ save: 'test' }, terminal, { prove: async () => held })
    await expect(proving).rejects.toThrow(/--save needs a bot file/)
  })
})
