import { relative } from 'node:path'
import { defined } from '@hexbird/core/util'
import type { Subject, Verdict } from '@hexbird/prove'
import { bundleBot } from '../bot-file.js'
import { type BotChoice, chooseBot } from '../chosen-bot.js'
import type { Terminal } from '../terminal.js'
import { thisCommand } from '../this-command.js'
import { UsageError } from '../usage-error.js'
import { type SavedTest, saveTest } from './saved-test.js'

export interface ProveOptions extends BotChoice {
  readonly quick?: true
  readonly runs?: number
  readonly seed?: number
  /** The folder for tests. */
  readonly save?: string
}

/** What does the work, unless a test brings another. */
type Engine = Pick<typeof import('@hexbird/prove'), 'prove'>

/** The `prove` command. Gives the exit code. */
export async function prove(options: ProveOptions, terminal: Terminal, engine?: Engine): Promise<number> {
  const { bot, quick, runs, seed, save } = options
  if (save !== undefined && bot === undefined) {
    throw new UsageError('--save needs a bot file: the tests that it writes load the bot from there.')
  }
  const subject = await subjectOf(options)
  const { prove: start } = engine ?? (await import('@hexbird/prove'))
  let progress = 'Starting'
  const proving = start(subject, {
    ...defined({ quick, runs, seed }),
    onProgress({ done, of, faults }) {
      progress = `${count(done)} of ${count(of)} conversations, ${count(faults)} faults`
    },
  })
  const verdict = await terminal.during(() => progress, proving)
  const saved: SavedTest[] = []
  if (save !== undefined && bot !== undefined) {
    for (const broken of verdict.broken) saved.push(await saveTest(save, bot, broken))
  }
  terminal.say(report(verdict, saved, options, terminal))
  terminal.result({ ...verdict, ...(save !== undefined && { saved: saved.map(({ path }) => path) }) })
  return verdict.broken.length === 0 ? 0 : 1
}

/** A bot file is loaded again for each start, so that a crash loses what the bot kept in memory. */
async function subjectOf({ bot, rules }: BotChoice): Promise<Subject> {
  if (bot !== undefined && rules === undefined) return bundleBot(bot)
  return (await chooseBot({ bot, rules })).definition
}

function report(verdict: Verdict, saved: readonly SavedTest[], options: ProveOptions, { colours }: Terminal): string {
  const { runs, faults, seed, broken } = verdict
  const { red, green } = colours
  const tried = `${count(runs)} conversations, ${count(faults)} faults, seed ${seed}`
  if (broken.length === 0) return green(`No promise was broken: ${tried}.`)
  const found = broken.map(({ story }, nth) =>
    [`${red('Broken:')} ${story.trimEnd()}`, ...savedLines(saved[nth]), ''].join('\n'),
  )
  const sum = broken.length === 1 ? '1 promise was broken' : `${broken.length} promises were broken`
  return [...found, `${red(`${sum}:`)} ${tried}.`, `To repeat this: ${again(seed, options)}`].join('\n')
}

function savedLines(saved: SavedTest | undefined): readonly string[] {
  if (!saved) return []
  const path = relative('.', saved.path)
  return [saved.isNew ? `Saved as ${path}, a test that fails until this is fixed.` : `Already saved as ${path}.`]
}

/** The command that runs the same again. */
function again(seed: number, { bot, rules, quick, runs }: ProveOptions): string {
  const words = [
    ...(bot === undefined ? [] : [quoted(bot)]),
    ...(rules === undefined ? [] : ['--rules', quoted(rules)]),
    ...(quick ? ['--quick'] : []),
    ...(runs === undefined ? [] : ['--runs', String(runs)]),
  ]
  return [thisCommand(), 'prove', ...words, '--seed', String(seed)].join(' ')
}

const quoted = (path: string) => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`)

const count = (number: number) => number.toLocaleString('en')
