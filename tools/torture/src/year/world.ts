import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'

/** How X is, for whoever asks it. */
export type Weather =
  /** The network is down, or X is. */
  | { readonly kind: 'cut' }
  /** The answer to a post is lost, so many times. */
  | { readonly kind: 'lost'; readonly posts: number }
  | {
      readonly kind: 'status'
      readonly status: 401 | 403 | 429 | 503
      readonly until?: number
      readonly times?: number
    }

/** A tweet to make. `photos` are names of samples. */
export interface Draft {
  readonly as: string
  readonly text: string
  readonly photos: readonly string[]
  readonly inReplyTo?: string
  readonly edits?: string
  /** Whether the bot owes a reply, or a reason. */
  readonly asks: boolean
  /** X lists it later than others. */
  readonly late?: boolean
}

/** What X costs, as parts of what it costs at first. */
export interface Prices {
  readonly reply: number
  readonly postRead: number
  readonly ownedRead: number
}

export interface Credentials {
  readonly consumerKey: string
  readonly consumerSecret: string
  readonly accessToken: string
  readonly accessSecret: string
}

export interface Opened {
  readonly port: number
  readonly bot: { readonly id: string; readonly username: string }
  readonly credentials: Credentials
}

/** What came of it all, as X has it. */
export interface Verdict {
  readonly tweets: number
  /** Tweets that have one. */
  readonly replies: number
  readonly refused: number
  /** Those for whom X was out of reach for as long as they could be answered. */
  readonly excused: number
  readonly missed: number
  readonly doubled: number
  readonly overspent: number
  /** Micro-dollars for reading the timeline on days on which the store was lost: on top of the limit, if all of it was spent. */
  readonly onTop: number
  readonly reasons: Readonly<Record<string, number>>
  readonly findings: readonly string[]
}

/** The local X and what it has on record, in a thread of its own: what it keeps for a year is none of the bot's memory. */
export interface World {
  open(options: { readonly seed: number; readonly perDay: number; readonly labelPrice: number }): Promise<Opened>
  tweet(draft: Draft): Promise<string>
  list(id: string): Promise<void>
  weather(weather: Weather | undefined): Promise<void>
  credits(left: number | undefined): Promise<void>
  regenerateKeys(): Promise<Credentials>
  /** From now on X can be reached by the bot, or not. */
  reach(isReached: boolean): Promise<void>
  prices(prices: Prices): Promise<void>
  /** The store is not what it was: reading the timeline after that comes on top of what it has forgotten. */
  storeLost(): Promise<void>
  /** The bot begins to read its timeline, or is done. */
  catchUp(isBegun: boolean): Promise<void>
  /** A UTC day has ended, in which so many photos were labelled. Gives what the day cost, in micro-dollars. */
  endDay(labels: number): Promise<number>
  /** What the bot says became of a tweet. */
  reason(firstId: string, reason: string): Promise<void>
  /** Tweets of that time that have neither a reply nor a reason. */
  unanswered(from: number, until: number): Promise<readonly string[]>
  /** Of the tweets before that time. */
  judge(until: number): Promise<Verdict>
  close(): Promise<void>
}

export interface Call {
  readonly id: number
  readonly method: keyof World
  readonly args: readonly unknown[]
}

export interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}

export interface WorkerData {
  readonly time: Float64Array
  readonly port: MessagePort
}

export interface Started {
  readonly world: World
  /** Tells X the time. */
  readonly tick: () => void
  readonly end: () => Promise<void>
}

/** `now` is X's time. */
export function startWorld(script: string, now: () => number): Started {
  const time = new Float64Array(new SharedArrayBuffer(8))
  const { port1: port, port2 } = new MessageChannel()
  const worker = new Worker(script, { workerData: { time, port: port2 } satisfies WorkerData, transferList: [port2] })
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>()
  let made = 0
  const fail = (error: Error) => {
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  worker.on('error', fail)
  port.on('message', ({ id, result, error }: Answer) => {
    const call = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) call?.resolve(result)
    else call?.reject(new Error(error))
  })
  const tick = () => {
    time[0] = now()
  }
  const world = new Proxy({} as World, {
    get:
      (_, method: keyof World) =>
      (...args: readonly unknown[]) => {
        tick()
        made += 1
        const id = made
        port.postMessage({ id, method, args } satisfies Call)
        return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }))
      },
  })
  return {
    world,
    tick,
    async end() {
      await world.close()
      port.close()
      await worker.terminate()
    },
  }
}
