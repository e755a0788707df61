import type { ChildProcess } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type LocalX, startLocalX } from '@hexbird/local-x'
import { inTurn, median, ratioOf } from '../pairs.js'
import { folderOnDisk, hexbird, settingsOn, started } from '../processes.js'
import type { Bench, Row } from '../row.js'

/** The limits of `hexbird run`, as a ratio to a bare bot. */
const MOST = { start: 2, memory: 1.5 }

/**
 * Compares `hexbird run`, when it is ready and before its first photo, with a bare Node program that has the same HTTP
 * server and X client. Both call a local X once, which answers immediately. The store already exists.
 */
export async function run({ root, rounds, say }: Bench): Promise<readonly Row[]> {
  const folder = folderOnDisk(root)
  const x = await startLocalX({ rateLimits: false })
  try {
    const memory = { ours: [] as number[], bare: [] as number[] }
    const commands = { ours: oursOn(x, root, folder), bare: bareOn(x, root) }
    const timed = (name: 'ours' | 'bare') => async () => {
      const { child, time, end } = await started(commands[name], /The bot is running/)
      memory[name].push(residentBytes(child))
      await end('SIGKILL')
      return time
    }
    const times = await inTurn({ ours: timed('ours'), bare: timed('bare') }, rounds)
    // As with the times, the first round creates the store and doesn't count.
    const [ours, bare] = [memory.ours.slice(1), memory.bare.slice(1)]
    const told = (times: readonly number[], bytes: readonly number[]) =>
      `${median(times).toFixed(0)} ms, ${(median(bytes) / 1e6).toFixed(0)} MB`
    say(`hexbird run until it is ready: ${told(times.ours, ours)}; bare: ${told(times.bare, bare)}`)
    const against = 'a bare Node with the same HTTP server and client of X'
    return [
      {
        row: 'hexbird run: from the start until it is ready',
        against,
        ...ratioOf(times.ours, times.bare),
        limit: MOST.start,
        better: 'lower',
      },
      {
        row: 'hexbird run: memory before the first photo',
        against,
        ...ratioOf(ours, bare),
        limit: MOST.memory,
        better: 'lower',
      },
    ]
  } finally {
    await x.close()
    rmSync(folder, { recursive: true })
  }
}

function oursOn(x: LocalX, root: URL, folder: string): readonly string[] {
  const settings = join(folder, '.env')
  const more = { HEXBIRD_STORE: join(folder, 'store.sqlite'), HEXBIRD_PORT: '0', HEXBIRD_INGRESS: 'webhook' }
  writeFileSync(settings, settingsOn(x, more), { mode: 0o600 })
  return [hexbird(root), 'run', '--x', x.url, '--settings', settings]
}

function bareOn({ port, credentials }: LocalX, root: URL): readonly string[] {
  const { consumerKey, consumerSecret, accessToken, accessSecret } = credentials
  const file = fileURLToPath(new URL('tools/bench/bare-bot.mjs', root))
  return [file, `${port}`, consumerKey, consumerSecret, accessToken, accessSecret]
}

/** Returns the resident memory of a process, as Linux reports it. */
function residentBytes({ pid }: ChildProcess): number {
  const [, kB] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kB) * 1024
}
