import type { BotPorts, Limits } from '@hexbird/core'
import { selfServe2026 } from '@hexbird/core'
import type { Mentions, XCall } from '@hexbird/core/adapter'
import type { AllPorts, Process } from './faults.js'

/**
 * What calls to X and the labeler really cost, counted where they are made, whatever the bot's own budget says; and
 * whether they were made too early.
 *
 * A time that X names for a kind of call binds everybody from the moment on at which it is written down, or, where that is
 * left undone, at which whoever heard it goes on to something else: its next call to X, or its end. Who died, or could
 * not write, told nobody. A call is early where it is made before the latest time that bound when its process last began
 * to read the kill switch; one reading is good for one call.
 */
export interface Meter {
  /** Takes note of when a process began. */
  born(process: Process): void
  /** The process has come to its end, alive. */
  ended(process: Process): void
  /** Something went wrong with a call to the stores: what the process had heard may be lost. */
  failed(process: Process): void
  /** Whose tweet that is. */
  knows(tweetId: string, authorId: string): void
  of(process: Process): {
    social(port: BotPorts['social']): BotPorts['social']
    labeler(port: AllPorts['labeler']): AllPorts['labeler']
    mentions(port: Mentions): Mentions
    killSwitch(port: BotPorts['killSwitch']): BotPorts['killSwitch']
  }
  /** The windows in which more was spent than the limit allows: by the bot's prices, and by X's own bill. */
  overspent(): number
  /** Calls that X had asked to wait with, or that were begun after it locked the account. */
  early(): number
  /** How often each kind of thing was asked of X. */
  readonly asked: ReadonlyMap<XCall, number>
  /** How often each tweet was replied to, or tried to, in words that X had not seen. */
  readonly posts: ReadonlyMap<string, number>
  /** When X last answered a kind of call with 5xx, or not at all; virtual. */
  readonly lastFailed: ReadonlyMap<XCall, number>
  /** A person has looked: X takes calls again. */
  unlock(): void
  readonly spent: ReadonlyMap<string, number>
}

/** Is told of calls to X. */
export interface CallListener {
  /** A call comes before the time until which X had asked the bot to wait. `Infinity` if X had locked the account. */
  readonly onEarly: (call: string, until: number, process: Process | undefined) => void
  /** X has answered a call, or cut the connection. */
  readonly onAnswer: (call: string, answer: Answer, process: Process | undefined) => void
}

/** What X answered. */
export interface Answer {
  /** Undefined if X cut the connection. */
  readonly status: number | undefined
  /** Until when X asked the bot to wait, in epoch milliseconds. */
  readonly until?: number | undefined
  /** What the bot took the answer for: the `kind` of a port's result. */
  readonly kind?: string
}

export interface MeterOptions {
  readonly limits: Limits
  readonly now: () => number
  /** What X has billed so far for what was asked of it, in micro-dollars. */
  readonly billed: () => number
  readonly calls?: CallListener | undefined
  /** The status of X's last answer. Undefined if X cut the connection. */
  readonly status?: () => number | undefined
}

/** By whom a time was heard, and since which moment it binds the others. */
interface Wait {
  readonly call: XCall
  readonly until: number
  readonly heardBy: Process
  binds?: number
  lost?: true
}

export function createMeter({ limits, now, billed, calls, status = () => 200 }: MeterOptions): Meter {
  const { prices } = selfServe2026
  const spent = new Map<string, number>()
  const authors = new Map<string, string>()
  /** Each tweet that was looked up, with the day: X bills it once a day. */
  const lookedUp = new Set<string>()
  const births = new Map<Process, number>()
  /** When each process began to read the kill switch, for its next call. */
  const readings = new Map<Process, number>()
  const waits = new Set<Wait>()
  const asked = new Map<XCall, number>()
  const posts = new Map<string, number>()
  const lastFailed = new Map<XCall, number>()
  let moment = 0
  let lockedAt: number | undefined
  let early = 0

  const dayOf = () => new Date(now()).toISOString().slice(0, 10)

  function add(window: string, amount: number): void {
    spent.set(window, (spent.get(window) ?? 0) + amount)
  }

  function charge(amount: number, authorId: string | undefined): void {
    add(`day ${dayOf()}`, amount)
    if (authorId !== undefined) add(`author ${authorId} ${dayOf()}`, amount)
  }

  function bind(process: Process, call?: XCall): void {
    moment += 1
    for (const wait of waits) {
      if (wait.heardBy !== process || (call !== undefined && wait.call !== call)) continue
      if (!wait.lost) wait.binds ??= moment
    }
  }

  /** Until when X had asked that process to wait; `Infinity` if it had locked the account. */
  function waitOf(process: Process, call: XCall): number {
    const read = readings.get(process) ?? moment
    readings.delete(process)
    if (lockedAt !== undefined && (births.get(process) ?? 0) > lockedAt) return Number.POSITIVE_INFINITY
    const known = [...waits].filter((wait) => wait.call === call && wait.binds !== undefined && wait.binds <= read)
    return Math.max(0, ...known.map(({ until }) => until))
  }

  /** Asks, unless the call comes too early, which is counted and made all the same. */
  async function ask<Result extends { readonly kind: string }>(
    process: Process,
    what: XCall,
    call: () => Promise<Result>,
  ): Promise<Result> {
    bind(process)
    const until = waitOf(process, what)
    if (now() < until) {
      early += 1
      calls?.onEarly(what, until, process)
    }
    asked.set(what, (asked.get(what) ?? 0) + 1)
    const [before, day] = [billed(), dayOf()]
    const result = await call()
    add(`X's bill ${day}`, billed() - before)
    moment += 1
    const named = 'until' in result && result.until !== undefined ? Number(result.until) : undefined
    if (result.kind === 'deferred' && named !== undefined) waits.add({ call: what, until: named, heardBy: process })
    if (
      result.kind === 'ambiguous' ||
      (result.kind === 'deferred' && 'reason' in result && result.reason === 'unreachable')
    ) {
      lastFailed.set(what, now())
    }
    if (result.kind === 'locked') lockedAt ??= moment
    calls?.onAnswer(what, { status: status(), until: named, kind: result.kind }, process)
    return result
  }

  return {
    spent,
    asked,
    posts,
    lastFailed,
    knows: (tweetId, authorId) => void authors.set(tweetId, authorId),
    born(process) {
      moment += 1
      births.set(process, moment)
    },
    ended(process) {
      if (!process.isDead()) bind(process)
    },
    failed(process) {
      for (const wait of waits) if (wait.heardBy === process && wait.binds === undefined) wait.lost = true
    },
    of: (process) => ({
      social: (port) => ({
        async reply(id, text, mediaIds) {
          const result = await ask(process, 'post', () => port.reply(id, text, mediaIds))
          // Other words are another post.
          if (result.kind !== 'duplicate') posts.set(id, (posts.get(id) ?? 0) + 1)
          if (result.kind === 'posted') charge(prices.reply, authors.get(id))
          return result
        },
        uploadImage: (image) => ask(process, 'upload', () => port.uploadImage(image)),
        async tweet(id) {
          const result = await ask(process, 'tweet', () => port.tweet(id))
          const read = `${id} ${dayOf()}`
          if (result.kind === 'found' && !lookedUp.has(read)) {
            charge(prices.tweetRead, authors.get(id))
            lookedUp.add(read)
          }
          return result
        },
        async findOwnReply(id) {
          const result = await ask(process, 'timeline', () => port.findOwnReply(id))
          if (result.kind === 'found' || result.kind === 'absent') charge(prices.ownedRead, authors.get(id))
          return result
        },
        me: () => port.me(),
      }),
      labeler: (port) => ({
        async label(key, asked) {
          const result = await port.label(key, asked)
          charge(prices.label, key.split('/')[1])
          return result
        },
      }),
      mentions: (port) => ({
        async since(after) {
          const result = await ask(process, 'mentions', () => port.since(after))
          if (result.kind === 'found') charge(prices.ownedRead * (result.tweets.length + result.unreadable), undefined)
          return result
        },
      }),
      killSwitch: (port) => ({
        async state() {
          moment += 1
          readings.set(process, moment)
          return port.state()
        },
        async wait(call, until) {
          await port.wait(call, until)
          bind(process, call)
        },
        trip: (reason, at) => port.trip(reason, at),
        strike: (tweetId) => port.strike(tweetId),
        forgive: () => port.forgive(),
        reset: () => port.reset(),
        answerFrom: (time) => port.answerFrom(time),
        claimStore: (botId) => port.claimStore(botId),
      }),
    }),
    overspent() {
      const over = [...spent].filter(
        ([window, amount]) => amount > (window.startsWith('author ') ? limits.perAuthorPerDay : limits.perDay),
      )
      return over.length
    },
    early: () => early,
    unlock() {
      lockedAt = undefined
    },
  }
}
