import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LocalX } from '@hexbird/local-x'
import type { ServerName } from './server.js'

/** A process that is ready. */
export interface Started extends Running {
  /** The time from the start until it was ready, in milliseconds. */
  readonly time: number
}

interface Running {
  readonly child: ChildProcess
  /** Resolves when the process has ended. */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>
}

const running = (child: ChildProcess): Running => ({
  child,
  async end(signal) {
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
  },
})

/** Starts a Node program with these arguments. Resolves when it prints `ready`. */
export async function started(args: readonly string[], ready: RegExp): Promise<Started> {
  const began = performance.now()
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const time = await new Promise<number>((resolve, reject) => {
    const hear = (text: Buffer) => {
      said += text.toString()
      if (ready.test(said)) resolve(performance.now() - began)
    }
    for (const stream of [child.stdout, child.stderr]) stream.on('data', hear)
    child.once('exit', () => reject(new Error(`It ended without ${ready}: ${said}`)))
  })
  return { ...running(child), time }
}

/** Starts a server in a process of its own, which runs this same file. */
export async function startServer(name: ServerName, folder = ''): Promise<Running & { readonly url: string }> {
  const child = fork(fileURLToPath(import.meta.url), ['serve', name, folder])
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (origin) => resolve(origin as string))
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}.`)))
  })
  return { ...running(child), url }
}

/** The built command. */
export const hexbird = (root: URL): string => fileURLToPath(new URL('packages/cli/dist/main.js', root))

/**
 * Creates a folder beside the sources, because a temporary folder may be in memory instead of on disk. The caller
 * removes it.
 */
export function folderOnDisk(root: URL): string {
  const cache = fileURLToPath(new URL('.cache/', root))
  mkdirSync(cache, { recursive: true })
  return mkdtempSync(join(cache, 'bench-'))
}

/** Returns the settings of `hexbird run` for that X, plus others, as lines of a file. */
export function settingsOn({ bot, credentials }: LocalX, more: Readonly<Record<string, string>>): string {
  const values = {
    HEXBIRD_CONSUMER_KEY: credentials.consumerKey,
    HEXBIRD_CONSUMER_SECRET: credentials.consumerSecret,
    HEXBIRD_ACCESS_TOKEN: credentials.accessToken,
    HEXBIRD_ACCESS_SECRET: credentials.accessSecret,
    HEXBIRD_BOT_USERNAME: bot.username,
    ...more,
  }
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}
