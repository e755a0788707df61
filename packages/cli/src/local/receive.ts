import { photoReplies } from '@hexbird/core'
import { foreign } from '../foreign.js'
import type { Terminal } from '../terminal.js'
import { UsageError } from '../usage-error.js'
import { chooseLabeler, type LabelerOptions } from './labeler.js'
import { exitCodeOf, feedOnce, type Report } from './once.js'
import { readPhotos } from './photo-file.js'
import { loadRules } from './rules-file.js'
import { readUserInput } from './user-file.js'

export interface ReceiveOptions extends LabelerOptions {
  readonly photo?: readonly string[]
  /** The path of a file of rules. */
  readonly rules?: string
  readonly dryRun?: true
  /** A bot's own webhook, in place of one started for this. */
  readonly url?: string
}

/** The `receive` command. Gives the exit code. */
export async function receive(file: string, options: ReceiveOptions, terminal: Terminal): Promise<number> {
  const { url, dryRun, rules, photo, labeler } = options
  if (url !== undefined && (dryRun || rules !== undefined || photo || labeler)) {
    throw new UsageError(
      '--dry-run, --rules, --labeler and --photo are for the bot that is started here; with --url another answers.',
    )
  }
  const photos = await readPhotos(photo)
  const recording = { body: await readUserInput(file, terminal), name: file === '-' ? 'Standard input' : file, photos }
  if (url !== undefined) {
    const { deliver } = await import('./deliver.js')
    return deliver(recording, { url, settings: options.settings }, terminal)
  }
  const lived = {
    labeler: await chooseLabeler(options, terminal),
    ...(dryRun && { dryRun }),
    ...(rules !== undefined && { definition: photoReplies(await loadRules(rules)) }),
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
