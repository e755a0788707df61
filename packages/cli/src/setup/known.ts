import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { parse } from 'dotenv'
import { unlessMissing, unreadable } from '../file-problem.js'
import { foreign } from '../foreign.js'
import { localXIn, SETTINGS, type SettingName } from '../operate/settings.js'
import type { Terminal } from '../terminal.js'

export type Values = Partial<Record<SettingName, string>>

/** What is known before anything is asked. */
export interface Known {
  /** All of it: the environment first, then `--from`, then the file that is there. */
  readonly values: Values
  /** What has to be written although nobody was asked. */
  readonly told: Values
  /** The keys of a local X: where they are, its address, and the flag that names another file. */
  readonly localKeys: LocalKeys | undefined
}

interface LocalKeys {
  readonly file: string
  readonly localX: string
  readonly flag: '--from' | '--env'
}

/** What the environment has is for this run; it is written only if a bot could not start without it. */
const FROM_ENVIRONMENT: readonly SettingName[] = [
  'HEXBIRD_CONSUMER_KEY',
  'HEXBIRD_CONSUMER_SECRET',
  'HEXBIRD_CLIENT_ID',
  'HEXBIRD_CLIENT_SECRET',
  'HEXBIRD_ACCESS_TOKEN',
  'HEXBIRD_ACCESS_SECRET',
  'HEXBIRD_WEBHOOK_URL',
  'HEXBIRD_INGRESS',
]

/**
 * Reads what is known.
 *
 * @param from a file of settings, or `-` for standard input
 * @throws UsageError where a file cannot be read
 */
export async function known(file: string, from: string | undefined, terminal: Terminal): Promise<Known> {
  const given = from === undefined ? '' : await read(from, terminal)
  const told = { ...settingsIn(given), ...inEnvironment() }
  const there = await readFile(file, 'utf8')
    .catch(unlessMissing(''))
    .catch(unreadable(foreign(file)))
  const source = from === '-' ? 'standard input' : foreign(from ?? '')
  const localKeys = localKeysIn(given, source, '--from') ?? localKeysIn(there, foreign(file), '--env')
  return { values: { ...settingsIn(there), ...told }, told, localKeys }
}

function localKeysIn(text: string, file: string, flag: LocalKeys['flag']): LocalKeys | undefined {
  const localX = localXIn(text)
  return localX === undefined ? undefined : { file, localX, flag }
}

function inEnvironment(): Values {
  return Object.fromEntries(FROM_ENVIRONMENT.flatMap((name) => entryOf(name, process.env[name])))
}

/** The names that this command knows. What else is in the file is not its business. */
function settingsIn(contents: string): Values {
  const parsed = parse(contents)
  return Object.fromEntries((Object.keys(SETTINGS) as SettingName[]).flatMap((name) => entryOf(name, parsed[name])))
}

function entryOf(name: SettingName, value: string | undefined): readonly (readonly [SettingName, string])[] {
  const trimmed = value?.trim() ?? ''
  return trimmed === '' ? [] : [[name, trimmed]]
}

async function read(from: string, { streams }: Terminal): Promise<string> {
  if (from === '-') return text(streams.stdin)
  return readFile(from, 'utf8').catch(unreadable(foreign(from)))
}
