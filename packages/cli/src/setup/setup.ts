import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { defined } from '@hexbird/core/util'
import { WEBHOOK_PATH } from '@hexbird/http'
import { foreign } from '../foreign.js'
import { type Finding, shown } from '../operate/doctor/finding.js'
import { Endpoint } from '../operate/endpoint.js'
import { putSettings } from '../operate/rotate/settings-file.js'
import { addressOfX, flagsOf, localXCommand, strayKeys, type XAddress } from '../operate/x.js'
import { INGRESSES, type IngressName } from '../run/ingress-names.js'
import { quiet, type Terminal } from '../terminal.js'
import { thisCommand } from '../this-command.js'
import { UsageError } from '../usage-error.js'
import { CLIENT_KEYS, KEYS, type Key } from './keys.js'
import { known, type Values } from './known.js'
import { type Tried, tryKeys } from './try-keys.js'

export interface SetupGiven {
  /** A file of settings, or `-` for standard input. */
  readonly from?: string
  /** The file that is written. */
  readonly env: string
  readonly ingress?: IngressName
  readonly webhookUrl?: string
  /** The address of a local X. */
  readonly x?: string
  /** The port of the loopback address that a sign-in leads back to. */
  readonly callbackPort: number
  /** Whether a browser is opened. */
  readonly open: boolean
}

/** The `setup` command: asks for keys, tries them against X, and writes them down. Gives the exit code. */
export async function setup(given: SetupGiven, terminal: Terminal): Promise<number> {
  const x = addressOfX(given.x)
  const { values, told, localKeys } = await known(given.env, given.from, terminal)
  const stray = localKeys && strayKeys(localKeys, x)
  if (stray !== undefined) {
    throw new UsageError(`${stray}, or pass ${localKeys?.flag} with another file to set up a bot on X.`)
  }
  const { findings, found, isUsable } = await keysThatWork(given, values, x, terminal)
  if (!isUsable) {
    terminal.say('\nNothing was written. Correct what failed, and run this again.')
    terminal.result({ written: [], findings })
    return 1
  }
  const ingress = await ingressOf(given, values, terminal)
  const url = ingress === 'webhook' ? await webhookUrlOf(given, values, terminal) : undefined
  const keys = { ...told, ...pick(values, [...KEYS, ...CLIENT_KEYS]), ...found }
  // Ways in that worked before stay until this one works.
  const { HEXBIRD_INGRESS: _, HEXBIRD_WEBHOOK_URL, HEXBIRD_PORT, ...first } = keys
  const port = url === undefined ? undefined : loopbackPortOf(url)
  const wayIn = defined({
    HEXBIRD_INGRESS: ingress,
    HEXBIRD_WEBHOOK_URL: url ?? HEXBIRD_WEBHOOK_URL,
    HEXBIRD_PORT: port === undefined ? HEXBIRD_PORT : String(port),
  })
  await putSettings(given.env, first, x.local)
  terminal.say(`\nThe keys are now in ${foreign(given.env)}. Only you can read the file.`)
  const refused = await connect({ ...given, ingress, url, port }, terminal)
  if (refused === 0) await putSettings(given.env, wayIn, x.local)
  const reminders = refused === 0 && ingress !== 'webhook' ? await leftBehind(given, terminal) : []
  for (const reminder of reminders) terminal.say(shown(reminder, terminal))
  const failed = findings.some(({ status }) => status === 'fail') || refused !== 0
  terminal.say(failed ? '\nCorrect what failed, and run this again.' : `\nNext: ${nextOf(given, x)}`)
  terminal.result({
    file: resolve(given.env),
    written: Object.keys({ ...first, ...(refused === 0 && wayIn) }),
    ingress,
    ...(ingress !== 'poll' && { subscribed: refused === 0 }),
    findings: [...findings, ...reminders],
  })
  return failed ? 1 : 0
}

/** Asks for what is missing, and again for what X does not take if somebody is there. */
async function keysThatWork(
  { env, x: local }: SetupGiven,
  values: Values,
  x: XAddress,
  terminal: Terminal,
): Promise<Tried> {
  const missing = KEYS.flatMap(({ name }) => (values[name] === undefined ? [name] : []))
  if (local !== undefined && x.local !== undefined && missing.length > 0) {
    throw new UsageError(
      `The keys of the local X are missing: ${missing.join(', ')}.\nTo start one that writes them: ${localXCommand(x.local, env)}`,
    )
  }
  for (;;) {
    await ask(KEYS, values, terminal)
    const tried = await terminal.during('Asking X', tryKeys(values, x, env))
    for (const finding of tried.findings) terminal.say(shown(finding, terminal))
    if (tried.wrong.length === 0 || local !== undefined || !terminal.streams.stdin.isTTY) return tried
    for (const name of tried.wrong) delete values[name]
  }
}

/** @throws UsageError that names every key that is missing, if nobody is there to be asked */
async function ask(keys: readonly Key[], values: Values, terminal: Terminal): Promise<void> {
  const missing = keys.filter(({ name }) => values[name] === undefined)
  if (!terminal.streams.stdin.isTTY) {
    const needed = missing.filter(({ isOptional }) => !isOptional)
    if (needed.length === 0) return
    const listed = needed.map(({ name, title, where }) => `  ${name}  the ${title}: ${where}`).join('\n')
    throw new UsageError(
      `Keys are missing. Set them in the environment, or put them into a file and pass --from <file>:\n${listed}`,
    )
  }
  for (const { name, title, where, isSecret, isOptional } of missing) {
    terminal.note(`\n${title}: ${where}.`)
    const question = `${title}: `
    let answer = ''
    do {
      answer = (await (isSecret ? terminal.askSecret(question, FROM) : terminal.ask(question, FROM))).trim()
    } while (answer === '' && !isOptional)
    if (answer !== '') values[name] = answer
  }
}

const FROM = 'Set the keys in the environment, or pass --from <file>.'

async function ingressOf(given: SetupGiven, values: Values, terminal: Terminal): Promise<IngressName> {
  const known = given.ingress ?? values.HEXBIRD_INGRESS
  if (known === undefined && terminal.streams.stdin.isTTY) {
    terminal.note('\nHow do tweets reach the bot? "poll" asks X every 30 seconds and needs no public address.')
    terminal.note('"stream" opens a connection over which X sends them within seconds, at a higher price.')
    terminal.note('"webhook" lets X deliver them to your https address within seconds, at a higher price.')
  }
  const answer =
    known ??
    (terminal.streams.stdin.isTTY
      ? (await terminal.ask('[poll] ', 'Pass --ingress poll, stream or webhook.')).trim()
      : '')
  const name = INGRESSES.find((one) => one === (answer || 'poll'))
  if (name === undefined)
    throw new UsageError(`"${foreign(answer)}" is not a way for tweets to reach a bot. Choose ${INGRESSES.join(', ')}.`)
  return name
}

async function webhookUrlOf(given: SetupGiven, values: Values, terminal: Terminal): Promise<string> {
  await ask(CLIENT_KEYS, values, terminal)
  const question = `The public address of the webhook, such as https://bot.example${WEBHOOK_PATH}: `
  const url =
    given.webhookUrl ?? values.HEXBIRD_WEBHOOK_URL ?? (await terminal.ask(question, 'Pass --webhook-url <url>.')).trim()
  // Throws for an address that X would not take.
  new Endpoint(url, undefined, '0')
  return url
}

/** Has X send what the bot needs; nothing of the kind where it is asked. */
async function connect(
  given: SetupGiven & {
    readonly ingress: IngressName
    readonly url: string | undefined
    readonly port: number | undefined
  },
  terminal: Terminal,
): Promise<number> {
  const { ingress, url, env: settings } = given
  if (url !== undefined) {
    const { connectWebhook } = await import('./webhook.js')
    return connectWebhook({ ...given, url, settings }, terminal)
  }
  if (ingress !== 'stream') return 0
  const { subscribe } = await import('../operate/subscriptions.js')
  return subscribe({ ...given, settings, dialect: 'x-activity', stream: true }, quiet(terminal))
}

async function leftBehind(given: SetupGiven, terminal: Terminal): Promise<readonly Finding[]> {
  const left = await import('./left.js')
  return left.leftBehind({ ...given, settings: given.env }, terminal)
}

const pick = (values: Values, keys: readonly Key[]): Values =>
  Object.fromEntries(keys.flatMap(({ name }) => (values[name] === undefined ? [] : [[name, values[name]]])))

/** The port of a webhook on this machine, where nothing is in front of the bot. */
function loopbackPortOf(url: string): number | undefined {
  const { protocol, port } = new URL(url)
  return protocol === 'http:' ? Number(port || 80) : undefined
}

const nextOf = ({ env }: SetupGiven, x: XAddress): string =>
  `${thisCommand()} run${existsSync('bot.ts') ? ' bot.ts' : ''}${flagsOf(x, env)}`
