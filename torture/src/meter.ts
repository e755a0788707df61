import type { BotPorts, Limits, Mentions, Ports } from '@hexbird/core'
import { selfServe2026 } from '@hexbird/core'
import type { Process } from './faults.js'

/** What calls to X and the labeler really cost, counted where they are made, whatever the bot's own budget says. */
export interface Meter {
  /** Takes note of when a process began. */
  born(process: Process): void
  /** Whose tweet that is. */
  knows(tweetId: string, authorId: string): void
  of(process: Process): {
    social(port: BotPorts['social']): BotPorts['social']
    labeler(port: BotPorts['labeler']): BotPorts['labeler']
    mentions(port: Mentions): Mentions
  }
  /** The windows in which more was spent than the limit allows. */
  overspent(): number
  /** Calls that X had asked to wait with, or that were begun after it locked the account. */
  early(): number
  /** A person has looked: X takes calls again. */
  unlock(): void
  readonly spent: ReadonlyMap<string, number>
}

export function createMeter({ limits, now }: { readonly limits: Limits; readonly now: () => number }): Meter {
  const { prices } = selfServe2026
  const spent = new Map<string, number>()
  const authors = new Map<string, string>()
  const notBefore = new Map<string, number>()
  const births = new Map<Process, number>()
  let moment = 0
  let lockedAt: number | undefined
  let early = 0

  function charge(amount: number, authorId: string | undefined): void {
    const day = new Date(now()).toISOString().slice(0, 10)
    for (const window of [`day ${day}`, ...(authorId === undefined ? [] : [`author ${authorId} ${day}`])])
      spent.set(window, (spent.get(window) ?? 0) + amount)
  }

  /** Asks, unless the call comes too early, which is counted and made all the same. */
  async function ask<Result extends { readonly kind: string }>(
    process: Process,
    what: string,
    call: () => Promise<Result>,
  ): Promise<Result> {
    if ((notBefore.get(what) ?? 0) > now()) early += 1
    if (lockedAt !== undefined && (births.get(process) ?? 0) > lockedAt) early += 1
    const result = await call()
    moment += 1
    if (result.kind === 'later' && 'until' in result) notBefore.set(what, Number(result.until))
    if (result.kind === 'locked') lockedAt ??= moment
    return result
  }

  return {
    spent,
    knows: (tweetId, authorId) => void authors.set(tweetId, authorId),
    born(process) {
      moment += 1
      births.set(process, moment)
    },
    of: (process) => ({
      social: (port) => ({
        async reply(id, text) {
          const result = await ask(process, `reply ${id}`, () => port.reply(id, text))
          if (result.kind === 'posted') charge(prices.reply, authors.get(id))
          return result
        },
        async tweet(id) {
          const result = await ask(process, `tweet ${id}`, () => port.tweet(id))
          if (result.kind === 'found') charge(prices.tweetRead, authors.get(id))
          return result
        },
        async findOwnReply(id) {
          const result = await ask(process, `findOwnReply ${id}`, () => port.findOwnReply(id))
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
      mentions: (port: Ports['mentions']) => ({
        async since(after) {
          const result = await ask(process, 'mentions', () => port.since(after))
          if (result.kind === 'found') charge(prices.ownedRead * (result.tweets.length + result.unreadable), undefined)
          return result
        },
      }),
    }),
    overspent() {
      const over = [...spent].filter(
        ([window, amount]) => amount > (window.startsWith('day ') ? limits.perDay : limits.perAuthorPerDay),
      )
      return over.length
    },
    early: () => early,
    unlock() {
      lockedAt = undefined
    },
  }
}
