import { readFile } from 'node:fs/promises'
import { defined } from '@hexbird/core/util'
import { SIGN_IN_PATHS } from '@hexbird/http'
import { type LocalX, LocalXError, startLocalX } from '@hexbird/local-x'
import { parse } from 'dotenv'
import { unlessMissing } from '../file-problem.js'
import { foreign } from '../foreign.js'
import { botIdOf, LOCAL_X_FILE, ofLocalX } from '../operate/settings.js'
import { replaceFile } from '../private-file.js'
import { usageErrorOf } from '../server.js'
import { aborted, stopSignal } from '../stop-signal.js'
import type { Terminal } from '../terminal.js'
import { thisCommand } from '../this-command.js'
import { UsageError } from '../usage-error.js'

export interface LocalXCommandOptions {
  readonly port?: number
  /** The file for its keys. */
  readonly env?: string
  readonly callback?: readonly string[]
  /** The bot's name. */
  readonly name?: string
}

/** The `local-x` command. Gives the exit code. */
export async function localX({ port, env, callback, name }: LocalXCommandOptions, terminal: Terminal): Promise<number> {
  const stopping = stopSignal()
  const known: Known = env === undefined ? { bot: {}, rest: [] } : await botIn(env)
  const username = name?.replace(/^@/, '') ?? known.bot.username ?? 'hexbird'
  // Keywords stay in photos, so that the bot sees what the sample photos show without a model.
  const x = await startLocalX({
    ...defined({ port }),
    keepMetadata: true,
    // A sign-in lets the person choose who they are.
    people: ['alice', 'bob'].filter((one) => one !== username.toLowerCase()).map((one) => ({ username: one })),
    callbacks: callback ?? [`http://127.0.0.1:8080${SIGN_IN_PATHS.callback}`],
    bot: { ...known.bot, username },
  }).catch((error: unknown) => {
    if (error instanceof LocalXError) throw new UsageError(foreign(error.message), { cause: error })
    throw usageErrorOf(error, '127.0.0.1', port ?? 0) ?? error
  })
  try {
    if (env !== undefined) await replaceFile(env, textOf(x, known.rest))
    terminal.say(welcome(x, env))
    await aborted(stopping)
    return 0
  } finally {
    await x.close()
  }
}

/**
 * The bot of the local X that wrote the file before: the next one has the same, so that the bot's store stays its own.
 *
 * @throws UsageError if the file holds anything else, such as the keys of a real bot
 */
async function botIn(path: string): Promise<Known> {
  const text = await readFile(path, 'utf8').catch(unlessMissing(undefined))
  if (text === undefined) return { bot: {}, rest: [] }
  if (text.startsWith(LOCAL_X_FILE.firstLine)) {
    const { HEXBIRD_ACCESS_TOKEN: token = '', HEXBIRD_BOT_USERNAME: username } = parse(text)
    return { bot: { id: botIdOf(token), ...defined({ username }) }, rest: othersIn(text) }
  }
  throw new UsageError(
    `${path} was not written by this command, so it is left as it is. Pass the name of another file to --env.`,
  )
}

interface Known {
  /** The bot of the local X that wrote the file before. */
  readonly bot: { readonly id?: string; readonly username?: string }
  /** Lines that somebody has added. */
  readonly rest: readonly string[]
}

const VALUES = {
  HEXBIRD_CONSUMER_KEY: ({ credentials }) => credentials.consumerKey,
  HEXBIRD_CONSUMER_SECRET: ({ credentials }) => credentials.consumerSecret,
  HEXBIRD_ACCESS_TOKEN: ({ credentials }) => credentials.accessToken,
  HEXBIRD_ACCESS_SECRET: ({ credentials }) => credentials.accessSecret,
  HEXBIRD_BEARER_TOKEN: ({ credentials }) => credentials.bearerToken,
  HEXBIRD_BOT_USERNAME: ({ bot }) => bot.username,
} as const satisfies Readonly<Record<string, (x: LocalX) => string>>

/** The lines of such a file that this command does not write itself. */
const othersIn = (text: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .slice(1)
    .filter(
      (line) =>
        !line.startsWith(LOCAL_X_FILE.usage) && !Object.keys(VALUES).some((name) => line.startsWith(`${name}=`)),
    )

function textOf(x: LocalX, rest: readonly string[]): string {
  const lines = Object.entries(VALUES).map(([name, value]) => `${name}=${value(x)}`)
  return ofLocalX(`${[...lines, ...rest].join('\n')}\n`, x.url)
}

function welcome({ url, port, bot }: LocalX, env: string | undefined): string {
  const next =
    env === undefined
      ? 'Pass --env <file> to write its keys, for hexbird run.'
      : `Its keys are in ${env}. From other terminals:

  ${thisCommand()} run --x ${url}${env === '.env' ? '' : ` --settings ${env}`}
  ${thisCommand()} tweet --port ${port} --text "@${bot.username} hello" --wait

The first runs the photo bot; to run your own, add bot.ts after run.`
  return `
A local X is running at ${url}. Its bot is @${bot.username}.
${next}

Press Ctrl-C to stop.
`
}
