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

/** What became of a story that was to be saved. */
type Saved = SavedTest | 'not-repeatable'

/** What does the work, unless a test brings another. */
type Engine = Pick<typeof import('@hexbird/prove'), 'prove'>

/** The `prove` command. Gives the exit code. */
export async function prove(options: ProveOptions, terminal: Terminal, engine?: Engine): Promise<number> {
  const { bot, quick, runs, seed, save } = options
  if (save !== undefined && bot === undefined) {
    throw new UsageError('--save needs a bot file, because the tests that it writes load the bot from that file.')
  }
  const subject = await subjectOf(options)
  const { prove: start } = engine ?? (await import('@hexbird/prove'))
  let progress = 'Starting'
  let [waited, most] = [0, 0]
  const proving = start(subject, {
    ...defined({ quick, runs, seed }),
    onProgress({ done, of, faults, waitedMs }) {
      waited = waitedMs
      most = Math.max(most, of)
      progress = [
        `${count(done)} of ${count(of)} conversations, ${count(faults)} faults`,
        ...(of < most ? ['a promise is broken, so the run ends early'] : []),
        ...(isLong(waited) ? [`${seconds(waited)} waiting in real time`] : []),
      ].join(', ')
    },
  })
  const verdict = await terminal.during(() => progress, proving)
  const saved: Saved[] = []
  if (save !== undefined && bot !== undefined) {
    for (const broken of verdict.broken) {
      saved.push(broken.isRepeatable ? await saveTest(save, bot, broken) : 'not-repeatable')
    }
  }
  terminal.say(report(verdict, saved, options, terminal))
  if (isLong(waited)) {
    terminal.note(
      `The bot waited ${seconds(waited)} in real time, for example in setTimeout. This makes the run slow. Give the bot a stub that doesn't wait.`,
    )
  }
  const paths = saved.flatMap((one) => (one === 'not-repeatable' ? [] : [one.path]))
  terminal.result({ ...verdict, ...(save !== undefined && { saved: paths }) })
  return verdict.broken.length === 0 ? 0 : 1
}

/** A bot file is loaded again for each start, so that a crash loses what the bot kept in memory. */
async function subjectOf({ bot, rules }: BotChoice): Promise<Subject> {
  if (bot !== undefined && rules === undefined) return bundleBot(bot)
  return (await chooseBot({ bot, rules })).definition
}

function report(verdict: Verdict, saved: readonly Saved[], options: ProveOptions, { colours }: Terminal): string {
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

function savedLines(saved: Saved | undefined): readonly string[] {
  if (!saved) return []
  if (saved === 'not-repeatable') return ['Not saved as a test: on its own, this conversation breaks no promise.']
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

/** Whether a wait is long enough to mention, in milliseconds. */
const isLong = (waited: number) => waited > 5_000

const seconds = (milliseconds: number) => `${count(Math.round(milliseconds / 1000))} s`

const count = (number: number) => number.toLocaleString('en')
