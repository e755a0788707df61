import { readFile } from 'node:fs/promises'
import { defined } from '@hexbird/core/util'
import { SIGN_IN_PATHS } from '@hexbird/http'
import { type LocalX, startLocalX } from '@hexbird/local-x'
import { parse } from 'dotenv'
import { botIdOf } from '../operate/settings.js'
import { replaceFile } from '../private-file.js'
import { aborted, stopSignal } from '../stop-signal.js'
import type { Terminal } from '../terminal.js'
import { UsageError } from '../usage-error.js'

export interface LocalXCommandOptions {
  readonly port?: number
  /** The file for its keys. */
  readonly env?: string
  readonly callback?: readonly string[]
}

/** The `local-x` command. Gives the exit code. */
export async function localX({ port, env, callback }: LocalXCommandOptions, terminal: Terminal): Promise<number> {
  const stopping = stopSignal()
  const id = env === undefined ? undefined : await botIdIn(env)
  // Keywords stay in photos, so that the bot sees what the sample photos show without a model.
  const x = await startLocalX({
    ...defined({ port }),
    keepMetadata: true,
    callbacks: callback ?? [`http://127.0.0.1:8080${SIGN_IN_PATHS.callback}`],
    bot: defined({ id }),
  }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new UsageError(`Port ${port} is already in use. Pass --port to choose another.`, { cause: error })
  })
  try {
    if (env !== undefined) await replaceFile(env, textOf(x))
    terminal.say(welcome(x, env))
    await aborted(stopping)
    return 0
  } finally {
    await x.close()
  }
}

const FIRST_LINE = '# Keys of a local X, by `hexbird local-x`. They are of no use anywhere else.'

/**
 * The bot of the local X that wrote the file before: the next one has the same, so that the bot's store stays its own.
 *
 * @throws UsageError if the file holds anything else, such as the keys of a real bot
 */
async function botIdIn(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  if (text.startsWith(FIRST_LINE)) return botIdOf(parse(text).HEXBIRD_ACCESS_TOKEN ?? '')
  throw new UsageError(`${path} is there and was not written by this command. Pass --env to choose another file.`)
}

function textOf({ url, bot, credentials }: LocalX): string {
  const values = {
    HEXBIRD_CONSUMER_KEY: credentials.consumerKey,
    HEXBIRD_CONSUMER_SECRET: credentials.consumerSecret,
    HEXBIRD_ACCESS_TOKEN: credentials.accessToken,
    HEXBIRD_ACCESS_SECRET: credentials.accessSecret,
    HEXBIRD_BEARER_TOKEN: credentials.bearerToken,
    HEXBIRD_BOT_USERNAME: bot.username,
  }
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}`)
  return `${[FIRST_LINE, `# hexbird run --x ${url}`, ...lines].join('\n')}\n`
}

function welcome({ url, port, bot }: LocalX, env: string | undefined): string {
  const next =
    env === undefined
      ? 'Pass --env <file> to write its keys, for hexbird run.'
      : `Its keys are in ${env}. From other terminals:

  hexbird run --x ${url}${env === '.env' ? '' : ` --settings ${env}`}
  hexbird tweet --port ${port} --photo dog.jpg --wait`
  return `
A local X is up at ${url}. Its bot is @${bot.username}.
${next}

Ctrl-C stops it.
`
}
