import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BotNeeds } from '@hexbird/core/host'

/** A bot's bundled functions, and what the bot needs from its host. */
export interface BundledBot {
  readonly needs: BotNeeds
  /** Contains a folder named after each function, whose `index.mjs` exports the `handler`. */
  readonly folder: string
}

/** The bot's file cannot be bundled or loaded, or exports no bot. The message says which file, and why. */
export class BotFileError extends Error {
  override readonly name = 'BotFileError'
  readonly code = 'BOT_UNUSABLE'
}

/** So long a bot may take to load and to be bundled, in milliseconds. */
const PATIENCE = 60_000

/** From the sources too: a test runs on them, and another process runs JavaScript alone. */
const MAIN = fileURLToPath(new URL('../../dist/bundle/main.js', import.meta.url))

/** What the process writes in the folder when it is done. */
export type Written = { readonly needs: BotNeeds } | { readonly fault: string }
export const WRITTEN = 'bot.json'

/**
 * Bundles a bot's functions, and finds out what the bot needs by importing its file in a separate process. Blocks until
 * that is done, because a CDK construct cannot wait for a promise.
 *
 * @param bot path of the file with the bot as its default export, relative to the working directory
 * @param folder where the functions go; it is emptied first
 * @throws BotFileError if the bot cannot be loaded
 */
export function bundleBot(bot: string, folder: string): BundledBot {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const { error, signal } = spawnSync(process.execPath, [MAIN, resolve(bot), resolve(folder)], {
    // What the bot prints when it is loaded is not this process's own output.
    stdio: ['ignore', 2, 2],
    timeout: PATIENCE,
    killSignal: 'SIGKILL',
  })
  if (signal === 'SIGKILL' && error) {
    const seconds = PATIENCE / 1000
    throw new BotFileError(
      `${bot} did not load within ${seconds} seconds. Does it wait for something at its top level?`,
    )
  }
  if (error) throw error
  const written = writtenIn(folder)
  if (!written) throw new BotFileError(`${bot} exits the process that loads it.`)
  if ('fault' in written) throw new BotFileError(`${bot} ${written.fault}`)
  return { needs: written.needs, folder }
}

function writtenIn(folder: string): Written | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, WRITTEN), 'utf8')) as Written
  } catch {
    return undefined
  }
}
