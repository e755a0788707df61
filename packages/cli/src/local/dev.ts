import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Definition, Outcome, Tweet } from '@hexbird/core'
import { defined } from '@hexbird/core/util'
import type { Reloaded } from '../bot-file.js'
import { type BotChoice, type ChosenBot, chooseBot, looksAtPhotos } from '../chosen-bot.js'
import { foreign } from '../foreign.js'
import type { Dialect, LocalBot } from '../local-bot.js'
import { readSettings } from '../operate/settings.js'
import { outcomeInWords } from '../outcome-words.js'
import { startControl } from '../running/control.js'
import { aborted, stopSignal } from '../stop-signal.js'
import type { Terminal } from '../terminal.js'
import { thisCommand } from '../this-command.js'
import { UsageError } from '../usage-error.js'
import { chooseLabeler, type LabelerOptions } from './labeler.js'
import type { LabelerName } from './labeler-names.js'
import { question } from './mention.js'
import type { OnceOptions } from './once.js'
import { readPhotos } from './photo-file.js'
import { createFailureTeller, logAsLines, STILL_WORKING, troubleOf, tweetInWords } from './trouble.js'
import { readUserInput } from './user-file.js'

export interface DevOptions extends LabelerOptions, BotChoice {
  readonly once?: true
  readonly photo?: readonly string[]
  readonly text?: string
  readonly jsonEvents?: string
  readonly dialect: Dialect
  readonly port?: number
  /** The bot's name on the local X. */
  readonly name?: string
}

/** The `dev` command. Gives the exit code. */
export async function dev(options: DevOptions, terminal: Terminal): Promise<number> {
  if (options.once) return once(options, terminal)
  if (options.photo || options.text || options.jsonEvents) {
    throw new UsageError('--photo, --text and --json-events are for a single tweet. Add --once.')
  }
  return stayUp(options, terminal)
}

async function once(options: DevOptions, terminal: Terminal): Promise<number> {
  const { jsonEvents, dialect, port } = options
  const name = await nameOf(options)
  const { definition } = await chooseBot(options)
  const photos = await readPhotos(options.photo)
  const labeler = await chooseLabeler(options, terminal)
  // The model loads while all else does.
  if (photos.length > 0 && looksAtPhotos(definition)) labeler.warm()
  const { exitCodeOf, feedOnce, tweetOnce } = await import('./once.js')
  const lived: OnceOptions = { definition, labeler, dialect, name, ...defined({ port }) }
  const { text = question(name) } = options
  const reported =
    jsonEvents === undefined
      ? await tweetOnce(lived, { text, photos }, terminal)
      : await feedOnce(lived, { body: await readUserInput(jsonEvents, terminal), name: jsonEvents, photos }, terminal)
  // `--once` is asked for this line alone.
  terminal.json = true
  terminal.result(reported)
  return exitCodeOf(reported)
}

async function stayUp(options: DevOptions, terminal: Terminal): Promise<number> {
  const { port, dialect } = options
  const name = await nameOf(options)
  const bot = await chooseBot(options)
  const labeler = await chooseLabeler(options, terminal)
  const { startLocalBot } = await import('../local-bot.js')
  const tellFailure = createFailureTeller()
  const local = await startLocalBot({
    dialects: [dialect],
    definition: bot.definition,
    localX: { ...defined({ port }), bot: { username: name }, keepMetadata: labeler.readsKeywords },
    sweepEvery: SWEEP_EVERY,
    ports: ({ blobs }) => ({ labeler: labeler.over(blobs) }),
    log: logAsLines((line) => terminal.say(line)),
    onOutcome: (outcome, tweet) => terminal.say(describeOutcome(outcome, tweet)),
    onSlow: (tweet) => terminal.say(`${tweetInWords(tweet)}\n  → ${STILL_WORKING}`),
    onFailure(error, tweet, attempt) {
      const told = tellFailure(error, tweet, attempt)
      if (told !== undefined) terminal.say(terminal.colours.red(told))
    },
  })
  const ending: (() => Promise<void> | void)[] = [() => local.close(), () => labeler.close()]
  try {
    ending.unshift(await startControl(local))
    ending.unshift(bot.watch(reloading(local, terminal)))
    const stopping = stopSignal()
    terminal.say(welcome(local, bot, options))
    await aborted(stopping)
    return 0
  } finally {
    const ended = (async () => {
      for (const end of ending) await end()
    })()
    await terminal.during('Waiting for work in progress. Press Ctrl-C again to stop at once.', ended)
  }
}

/** So often, in milliseconds, the bot asks for mentions that were not delivered. */
const SWEEP_EVERY = 5_000

/** The bot's name: that of the flag, else that of the settings. */
async function nameOf({ name, settings }: DevOptions): Promise<string> {
  return name?.replace(/^@/, '') ?? (await readSettings(settings)).find('HEXBIRD_BOT_USERNAME') ?? 'hexbird'
}

/** A tweet and what became of it, as two lines. */
export function describeOutcome(outcome: Outcome, tweet: Tweet): string {
  const what = outcome.kind === 'replied' ? `replied: ${foreign(outcome.text)}` : outcomeInWords(outcome, tweet)
  const next = 'reason' in outcome && outcome.reason === 'ambiguous' ? 'checking' : 'next try'
  const when = outcome.kind === 'deferred' ? `; ${next} at ${clock(outcome.until)}` : ''
  return `${tweetInWords(tweet)}\n  → ${foreign(what)}${when}`
}

const clock = (time = Date.now()) => new Date(time).toTimeString().slice(0, 8)

/** Puts a changed bot to work, and says which one answers. */
function reloading(local: LocalBot, terminal: Terminal): (reloaded: Reloaded) => void {
  let since = clock()
  /** Puts the bot to work, and returns why it cannot be. */
  const problemOf = (definition: Definition) => {
    try {
      local.use(definition)
      return undefined
    } catch (error) {
      return troubleOf(error)
    }
  }
  return (reloaded) => {
    const { green, red } = terminal.colours
    const problem = reloaded.kind === 'broken' ? reloaded.problem : problemOf(reloaded.definition)
    if (problem !== undefined) {
      terminal.say(`${problem}\n${red(`The bot loaded at ${since} keeps running.`)}`)
      return
    }
    since = clock()
    terminal.say(green(`Reloaded at ${since}. The new version answers from the next tweet on.`))
  }
}

/** What looks at the photos, by the name of the labeler. */
const LOOKS: Readonly<Record<LabelerName | 'usual', string>> = {
  keywords: 'labeled from alt text, and keywords in the file',
  detector: 'labeled by a model on this machine, which knows 80 kinds of things',
  openai: 'sent to your vision server',
  rekognition: 'sent to Amazon Rekognition',
  usual: 'labeled from alt text and keywords, or by a local model that recognizes 80 kinds of things',
}

function welcome(
  { x, webhookUrl, signInUrl }: LocalBot,
  { definition }: ChosenBot,
  { bot, rules, labeler }: DevOptions,
): string {
  const looks = looksAtPhotos(definition)
  const isAlone = labeler !== 'openai' && labeler !== 'rekognition'
  const sample = relative(
    process.cwd(),
    fileURLToPath(new URL('../samples/photos/dog.jpg', import.meta.resolve('@hexbird/local-x'))),
  )
  const file = bot ?? rules
  return `
hexbird is up. ${isAlone || !looks ? 'Nothing' : 'Nothing but the photos'} leaves this machine.

  local X   ${x.url}
  webhook   ${webhookUrl}
  sign-in   ${signInUrl}
  bot       @${x.bot.username}
  runs      ${file === undefined ? 'a bot that names animals in photos (to run your own: hexbird dev bot.ts)' : `${file}, reloaded when it changes`}
${looks ? `  photos    ${LOOKS[labeler ?? 'usual']}\n` : ''}
Open ${x.url} in a browser, ${looks ? 'pick a photo' : `write to @${x.bot.username}`}, press Post, and see the reply come in.
Open ${signInUrl} to sign in with X, as anybody you like.

Or tweet from another terminal:

  ${thisCommand()} tweet --port ${x.port} ${looks ? `--photo ${sample}` : `--text "@${x.bot.username} hello"`} --wait

Press Ctrl-C to stop.
`
}
