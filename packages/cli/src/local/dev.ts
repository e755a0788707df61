import { basename, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Outcome, Tweet } from '@hexbird/core'
import { photoReplies } from '@hexbird/core'
import { defined } from '@hexbird/core/util'
import { foreign } from '../foreign.js'
import type { Dialect, LocalBot } from '../local-bot.js'
import { startControl } from '../running/control.js'
import { aborted, stopSignal } from '../stop-signal.js'
import type { Terminal } from '../terminal.js'
import { UsageError } from '../usage-error.js'
import { chooseLabeler, type LabelerOptions } from './labeler.js'
import type { LabelerName } from './labeler-names.js'
import type { OnceOptions } from './once.js'
import { readPhotos } from './photo-file.js'
import { loadRules, type Reloaded, watchRules } from './rules-file.js'
import { troubleOf } from './trouble.js'
import { readUserInput } from './user-file.js'

export interface DevOptions extends LabelerOptions {
  readonly once?: true
  readonly photo?: readonly string[]
  readonly text: string
  readonly jsonEvents?: string
  readonly dialect: Dialect
  readonly port?: number
  /** The path of a file of rules. */
  readonly rules?: string
}

/** The `dev` command. Gives the exit code. */
export async function dev(options: DevOptions, terminal: Terminal): Promise<number> {
  if (options.once) return once(options, terminal)
  if (options.photo || options.jsonEvents) throw new UsageError('--photo and --json-events go with --once.')
  return stayUp(options, terminal)
}

async function once(options: DevOptions, terminal: Terminal): Promise<number> {
  const { rules: path, jsonEvents, text, dialect, port } = options
  const photos = await readPhotos(options.photo)
  const labeler = await chooseLabeler(options, terminal)
  // The model loads while all else does.
  if (photos.length > 0) labeler.warm()
  const { exitCodeOf, feedOnce, tweetOnce } = await import('./once.js')
  const lived: OnceOptions = { labeler, dialect, ...defined({ port }) }
  const bot = path === undefined ? {} : { definition: photoReplies(await loadRules(path)) }
  const reported =
    jsonEvents === undefined
      ? await tweetOnce({ ...lived, ...bot }, { text, photos }, terminal)
      : await feedOnce(
          { ...lived, ...bot },
          { body: await readUserInput(jsonEvents, terminal), name: jsonEvents, photos },
          terminal,
        )
  // `--once` is asked for this line alone.
  terminal.json = true
  terminal.result(reported)
  return exitCodeOf(reported)
}

async function stayUp(options: DevOptions, terminal: Terminal): Promise<number> {
  const { port, dialect, rules: path } = options
  const rules = path === undefined ? undefined : await loadRules(path)
  const labeler = await chooseLabeler(options, terminal)
  const { startLocalBot } = await import('../local-bot.js')
  const local = await startLocalBot({
    dialects: [dialect],
    ...(rules && { definition: photoReplies(rules) }),
    localX: { ...defined({ port }), keepMetadata: labeler.readsKeywords },
    ports: ({ blobs }) => ({ labeler: labeler.over(blobs) }),
    onOutcome: (outcome, tweet) => terminal.say(describeOutcome(outcome, tweet)),
    onFailure: (error) => terminal.say(terminal.colours.red(troubleOf(error))),
  })
  const ending: (() => Promise<void> | void)[] = [() => local.close(), () => labeler.close()]
  try {
    ending.unshift(await startControl(local))
    if (path !== undefined && rules) ending.unshift(watchRules(path, rules, reloading(path, local, terminal)))
    const stopping = stopSignal()
    terminal.say(welcome(local, options))
    await aborted(stopping)
    return 0
  } finally {
    for (const end of ending) await end()
  }
}

/** A tweet and what became of it, as two lines. */
export function describeOutcome(outcome: Outcome, { author, text }: Tweet): string {
  const what = outcome.kind === 'replied' ? `replied: ${foreign(outcome.text)}` : outcome.kind
  const why = 'reason' in outcome ? ` (${outcome.reason})` : ''
  return `@${foreign(author.username ?? author.id)}: ${foreign(text)}\n  → ${what}${why}`
}

/** Takes rules up as they change, and says which the bot goes by. */
function reloading(path: string, local: LocalBot, terminal: Terminal): (reloaded: Reloaded) => void {
  const clock = () => new Date().toTimeString().slice(0, 8)
  let since = clock()
  return (reloaded) => {
    const { green, red } = terminal.colours
    if (reloaded.kind === 'broken') {
      terminal.say(`${reloaded.problem}\n${red(`The rules of ${since} stay.`)}`)
      return
    }
    local.use(photoReplies(reloaded.rules))
    since = clock()
    terminal.say(green(`New rules from ${path}, from the next tweet on (${since}).`))
  }
}

/** What looks at the photos, by the name of the labeler. */
const LOOKS: Readonly<Record<LabelerName | 'usual', string>> = {
  keywords: 'what the author wrote counts: alt text, and keywords in the file',
  detector: 'a model on this machine, which knows 80 kinds of things',
  openai: 'your vision server, to which the photos go',
  rekognition: 'Amazon Rekognition, to which the photos go',
  usual: 'what the author wrote; else a model on this machine, which knows 80 kinds of things',
}

function welcome({ x, webhookUrl, signInUrl }: LocalBot, { rules, labeler }: DevOptions): string {
  const isAlone = labeler !== 'openai' && labeler !== 'rekognition'
  const sample = relative(
    process.cwd(),
    fileURLToPath(new URL('../samples/photos/dog.jpg', import.meta.resolve('@hexbird/local-x'))),
  )
  return `
hexbird is up. ${isAlone ? 'Nothing' : 'Nothing but the photos'} leaves this machine.

  local X   ${x.url}
  webhook   ${webhookUrl}
  sign-in   ${signInUrl}
  bot       @${x.bot.username}
  rules     ${rules === undefined ? 'those for animals; your own with --rules <file>' : `${rules}, read anew when it changes`}
  photos    ${LOOKS[labeler ?? 'usual']}

Open ${x.url} in a browser, pick a photo, press Post, and see the reply come in.
Open ${signInUrl} to sign in with X, as anybody you like.

Or tweet from another terminal:

  ${thisCommand()} tweet --photo ${sample} --wait

Ctrl-C stops it.
`
}

/** How the person has called this command, and can call it again. */
function thisCommand(): string {
  const [, path = ''] = process.argv
  if (basename(path) !== 'hexbird') return `node ${relative(process.cwd(), path)}`
  return path.includes('node_modules') ? 'npx hexbird' : 'hexbird'
}
