import { existsSync } from 'node:fs'
import { stat, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { checkStore, SqliteError, type StoreFacts } from '@hexbird/adapters-sqlite'
import { timeOfId } from '@hexbird/core/adapter'
import { counted } from '../../counted.js'
import { toResume } from '../../run/remedy.js'
import { STORE } from '../../run/store-name.js'
import type { Settings } from '../settings.js'
import { type Finding, fail, ok, skipped, warn } from './finding.js'
import { allowedFinding, POSTING, RESOLVE } from './posting-finding.js'

/** A bot of `hexbird run` on this machine. */
export interface Machine {
  readonly store: string
  /** Whose the keys are. */
  readonly botId: string | undefined
  /** `undefined` if the settings don't turn the status page on. */
  readonly statusPort?: string | undefined
}

/** `undefined` where nothing says that the bot is one of `hexbird run`. */
export function machineOf(settings: Settings): Machine | undefined {
  const path = settings.find('HEXBIRD_STORE')
  const store = path ?? STORE
  if (path === undefined && settings.find('HEXBIRD_INGRESS') === undefined && !existsSync(store)) return undefined
  return {
    store,
    botId: settings.find('HEXBIRD_ACCESS_TOKEN')?.split('-')[0],
    statusPort: settings.find('HEXBIRD_STATUS_TOKEN') && settings.find('HEXBIRD_STATUS_PORT'),
  }
}

/** The store, and the disk that it is on. */
export async function checkMachine(machine: Machine, now: number): Promise<readonly Finding[]> {
  const { store, statusPort } = machine
  const disk = await diskFinding(dirname(resolve(store)))
  if (!existsSync(store)) return [skipped('store', `there is none at ${store} yet: \`hexbird run\` creates it`), disk]
  const file = await fileFinding(store)
  const facts = factsOf(store)
  if ('status' in facts) return [facts, file, disk]
  const work = [postingFinding(store, facts), pollFinding(facts, now), deadLettersFinding(facts, statusPort)]
  return [versionFinding(store, facts), botFinding(machine, facts), file, disk, ...work]
}

/** What the store says of itself, or why it cannot. */
function factsOf(store: string): StoreFacts | Finding {
  try {
    return checkStore(store)
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error
    return fail('store', error.message, '`hexbird restore <backup>` replaces it with a backup, and keeps the old file.')
  }
}

function versionFinding(store: string, { version, newestVersion, marks }: StoreFacts): Finding {
  const old = version < newestVersion ? `; the next start upgrades it to ${newestVersion}` : ''
  const restored = marks.restored === undefined ? '' : `; restored from a backup at ${timeText(marks.restored)}`
  return ok('store', `${store} is intact, version ${version}${old}${restored}`)
}

function botFinding({ botId }: Machine, facts: StoreFacts): Finding {
  const check = "the store's bot"
  if (facts.botId === undefined) return skipped(check, 'no bot has used it yet')
  if (botId === undefined) return skipped(check, 'settings are missing')
  if (facts.botId === botId) return ok(check, botId)
  const todo = 'Give each bot its own store, with --store or HEXBIRD_STORE.'
  return fail(check, `the store belongs to ${facts.botId}, but the keys belong to ${botId}`, todo)
}

async function fileFinding(store: string): Promise<Finding> {
  const check = 'store file'
  const { mode, uid } = await stat(store)
  // Windows has neither.
  const own = process.getuid?.()
  if (own === undefined) return skipped(check, 'this system has no file permissions to check')
  if (uid !== own) {
    return warn(check, `it belongs to another user (${uid})`, 'Run the bot and its commands as the same user.')
  }
  if ((mode & 0o077) !== 0) return fail(check, 'other users can read it', `chmod 600 ${store}`)
  return ok(check, 'only its owner can read it')
}

const [LITTLE, TOO_LITTLE] = [1_000_000_000, 100_000_000]

async function diskFinding(folder: string): Promise<Finding> {
  const check = 'disk'
  const free = await statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => undefined,
  )
  return freeFinding(check, free)
}

export function freeFinding(check: string, free: number | undefined): Finding {
  if (free === undefined) return skipped(check, 'the system does not report free space')
  const detail = `${Math.floor(free / 1_000_000).toLocaleString('en-US')} MB free`
  const todo = 'Free some space: with a full disk the bot accepts and answers nothing.'
  if (free < TOO_LITTLE) return fail(check, detail, todo)
  return free < LITTLE ? warn(check, detail, todo) : ok(check, detail)
}

function postingFinding(store: string, { stopped, strikes }: StoreFacts): Finding {
  if (stopped === undefined) return allowedFinding(strikes)
  const since = timeText(stopped.since).replace('T', ' ').slice(0, 16)
  return warn(POSTING, `stopped since ${since} UTC (${stopped.reason})`, `${RESOLVE}. ${toResume(store)}`)
}

/** Longer than the five minutes between two questions that a bot with a webhook asks. In milliseconds. */
const LONG_AGO = 15 * 60_000

function pollFinding({ marks, newestMentionId, stopped }: StoreFacts, now: number): Finding {
  const check = 'last poll'
  if (marks.polled === undefined) return skipped(check, 'the store has no record of one')
  const newest = newestMentionId === undefined ? undefined : timeOfId(newestMentionId)
  // A bot may have answered mentions that came by the stream or the webhook.
  const mention =
    newest === undefined
      ? 'it has found no mention yet'
      : `the newest mention that it found is from ${timeText(newest)}`
  const minutes = Math.floor((now - marks.polled) / 60_000)
  const ago = minutes < 1 ? 'less than a minute' : counted(minutes, 'minute')
  const detail = `${ago} ago; ${mention}`
  if (stopped !== undefined) return skipped(check, `${detail}; no mentions are listed until the bot is resumed`)
  return now - marks.polled > LONG_AGO
    ? warn(check, detail, 'Check that the bot is running, and check its log.')
    : ok(check, detail)
}

function deadLettersFinding({ deadLetters }: StoreFacts, statusPort: string | undefined): Finding {
  const check = 'dead letters'
  if (deadLetters === 0) return ok(check, 'none')
  return warn(
    check,
    `${deadLetters === 1 ? '1 event or job' : `${deadLetters} events or jobs`} failed five times`,
    `${whereToRetry(statusPort)} Retry within a day: the bot does not answer older tweets.`,
  )
}

function whereToRetry(statusPort: string | undefined): string {
  if (statusPort === undefined)
    return 'The status page shows the errors and retries: set HEXBIRD_STATUS_PORT and HEXBIRD_STATUS_TOKEN, and restart the bot.'
  // With port 0, `run` serves the page on any free port.
  if (Number(statusPort) === 0) return "See the errors and retry on the status page. The bot's log has its address."
  return `See the errors and retry at http://127.0.0.1:${statusPort}/status.`
}

const timeText = (time: number) => new Date(time).toISOString()
