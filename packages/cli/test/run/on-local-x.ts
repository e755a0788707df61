import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openStore } from '@hexbird/adapters-sqlite'
import { freePort } from '@hexbird/testkit/free-port'
import { hexbird, type Running, starts } from '@hexbird/testkit/hexbird'

const photoOf = (name: string) => fileURLToPath(new URL(`../../../local-x/samples/${name}.jpg`, import.meta.url))
export const sample = photoOf('dog')

type Env = Readonly<Record<string, string>>

/** A folder with the keys of a local X that a process of its own is. */
export interface Place {
  readonly folder: string
  readonly url: string
  run(args?: readonly string[], env?: Env): Running
  /** Starts another command there, which ends with the place at the latest. */
  start(args: readonly string[], env?: Env, cwd?: string): Running
  /** Runs another command there, to its end. */
  hexbird(args: readonly string[], env?: Env): ReturnType<typeof hexbird>
  /** Tweets a photo, and gives the id of the tweet. */
  tweet(as: string, photo?: 'dog' | 'bird' | 'plant' | 'nothing'): Promise<string>
  /** Resolves when it is so. `what` is told if a test takes too long. */
  until(what: string, isSo: () => Promise<boolean>): Promise<void>
  /** Resolves when the bot's ledger has one of these for each of the tweets. */
  recorded(ids: readonly string[], ...kinds: readonly ('claimed' | 'settled')[]): Promise<void>
  /** What the local X knows of the bot. */
  bot(): Promise<{ readonly id: string; readonly paused?: boolean }>
  /** How many replies each of the tweets has. */
  replies(ids: readonly string[]): Promise<readonly number[]>
  /** Sets switches of the local X. */
  set(switches: object): Promise<void>
  /** @throws Error that says what a test still waited for */
  close(): Promise<void>
}

export async function placeOnLocalX(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'hexbird-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const running: Running[] = []
  let isClosed = false
  const untrue = new Set<string>()
  const here = { TMPDIR: folder }
  const start = (args: readonly string[], env: Env = {}, cwd = folder) => {
    const one = starts(args, { ...here, ...env }, cwd)
    running.push(one)
    return one
  }
  const until: Place['until'] = async (what, isSo) => {
    untrue.add(what)
    while (!isClosed && !(await isSo())) await setTimeout(20)
    untrue.delete(what)
  }
  const bot: Place['bot'] = async () => (await fetch(`${url}/_local/bot`)).json() as ReturnType<Place['bot']>
  await start(['local-x', '--port', String(port), '--env', '.env']).shows(/Ctrl-C/)
  return {
    folder,
    url,
    start,
    until,
    bot,
    run: (args = [], env = {}) => start(['run', '--x', url, '--every', '1', '--labeler', 'keywords', ...args], env),
    hexbird: (args, env = {}) => hexbird(args, { ...here, HEXBIRD_LOCAL_X: url, ...env }, folder),
    async tweet(as, photo = 'dog') {
      const form = new FormData()
      form.set('as', as)
      form.set('text', '@hexbird what is this?')
      form.set('photo', new Blob([await readFile(photoOf(photo))], { type: 'image/jpeg' }), 'photo.jpg')
      const made = await fetch(`${url}/_local/tweets`, { method: 'POST', body: form })
      return ((await made.json()) as { readonly id: string }).id
    },
    async recorded(ids, ...kinds) {
      const { id: botId } = await bot()
      const { ports, close } = openStore(join(folder, 'hexbird.sqlite'), { shared: true })
      const kindOf = async (about: string) => (await ports.ledger.find({ botId, about }))?.kind
      const wanted: readonly unknown[] = kinds
      try {
        await until(`a reply that is ${kinds.join(' or ')} to each of ${ids.join(', ')}`, async () =>
          (await Promise.all(ids.map(kindOf))).every((kind) => wanted.includes(kind)),
        )
      } finally {
        close()
      }
    },
    async replies(ids) {
      const tweets = (await (await fetch(`${url}/_local/tweets`)).json()) as readonly {
        readonly inReplyTo?: { readonly id: string }
      }[]
      return ids.map((id) => tweets.filter(({ inReplyTo }) => inReplyTo?.id === id).length)
    },
    async set(switches) {
      const headers = { 'content-type': 'application/json' }
      await fetch(`${url}/_local/switches`, { method: 'PUT', headers, body: JSON.stringify(switches) })
    },
    async close() {
      isClosed = true
      const awaited = [...untrue, ...running.flatMap((one) => one.awaited())]
      for (const { child } of running) child.kill('SIGKILL')
      const ran = await Promise.all(running.map(({ ended }) => ended))
      await rm(folder, { recursive: true })
      const shown = ran.map(({ stdout, stderr }) => stdout + stderr)
      if (awaited.length > 0) throw new Error(`Still waited for ${awaited.join(', ')}. Shown:\n${shown.join('\n')}`)
    },
  }
}

/** Resolves when the log says that this became of each of the tweets. */
export const becomes = (running: Running, ids: readonly string[], outcome: string) =>
  Promise.all(ids.map((id) => running.shows(new RegExp(`"tweet":"${id}".*"outcome":"${outcome}"`))))
