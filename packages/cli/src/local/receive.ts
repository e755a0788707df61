import { type BotChoice, chooseBot } from '../chosen-bot.js'
import { foreign } from '../foreign.js'
import type { Terminal } from '../terminal.js'
import { UsageError } from '../usage-error.js'
import { chooseLabeler, type LabelerOptions } from './labeler.js'
import { exitCodeOf, feedOnce, type Report } from './once.js'
import { readPhotos } from './photo-file.js'
import { readUserInput } from './user-file.js'

export interface ReceiveOptions extends LabelerOptions, BotChoice {
  readonly photo?: readonly string[]
  readonly dryRun?: true
  /** A bot's own webhook, in place of one started for this. */
  readonly url?: string
}

/** The `receive` command. Gives the exit code. */
export async function receive(file: string, options: ReceiveOptions, terminal: Terminal): Promise<number> {
  const { url, dryRun, bot, rules, photo, labeler } = options
  if (url !== undefined && (dryRun || (bot ?? rules) !== undefined || photo || labeler)) {
    throw new UsageError(
      '--dry-run, --bot, --rules, --labeler and --photo are for a bot that this command starts. Leave them out, or leave out --url.',
    )
  }
  const photos = await readPhotos(photo)
  const recording = { body: await readUserInput(file, terminal), name: file === '-' ? 'Standard input' : file, photos }
  if (url !== undefined) {
    const { deliver } = await import('./deliver.js')
    return deliver(recording, { url, settings: options.settings }, terminal)
  }
  const { definition } = await chooseBot(options)
  const lived = {
    definition,
    labeler: await chooseLabeler(options, terminal),
    ...(dryRun && { dryRun }),
  }
  const reported = await feedOnce(lived, recording, terminal)
  for (const report of reported.tweets ?? [reported]) terminal.say(inWords(report))
  terminal.result(reported)
  return exitCodeOf(reported)
}

function inWords({ outcome, reason, reply, userId }: Report): string {
  const what = { replied: 'It replied', 'would-reply': 'It would reply' }[outcome]
  if (what !== undefined) return `${what}: ${foreign(reply ?? '')}`
  return `${outcome}${reason === undefined ? '' : ` (${reason})`}${userId === undefined ? '' : ` (user ${userId})`}`
}
