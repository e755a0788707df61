import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { agentTo } from '@hexbird/adapters-x'
import { animalRules, type Platform, type ReplyRules, selfServe2026 } from '@hexbird/core'
import { integer, randomOf, virtualClock } from '@hexbird/prove/harness'
import { createDisk } from './disk.js'
import { downgrade } from './downgrade.js'
import type { YearGuards } from './guards.js'
import { INCIDENTS, type IncidentName, type Stage } from './incidents.js'
import { createMachine } from './machine.js'
import { tweetsOf } from './tweets.js'
import { type Credentials, type Prices, startWorld, type Verdict } from './world.js'

export interface YearOptions {
  readonly days: number
  readonly seed: number
  readonly removed: YearGuards
  /** Default: all, each at least once a month. */
  readonly only?: readonly IncidentName[]
  /** The bundle of the local X's thread. */
  readonly thread: string
  readonly collectGarbage: () => void
  readonly say: (text: string) => void
}

export interface Year extends Verdict {
  readonly days: number
  readonly photosLeft: number
  /** Starts of the bot beyond the first. */
  readonly restarts: number
  readonly kills: number
  /** What was given up and put back by a person. */
  readonly redriven: number
  /** Writes that found the disk full. */
  readonly diskFull: number
  /** The store's file and log at the end of each day. */
  readonly bytes: readonly number[]
  /** The bot's heap at the end of each day. */
  readonly heap: readonly number[]
  readonly dearestDay: number
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const START = Date.UTC(2026, 0, 1)

/** For one day: so little that a flood meets the end of it. */
const LIMITS = { perDay: 700_000, sweepPerDay: 250_000 }

/** When X's prices and limits change, as parts of the whole time; the bot is told by an upgrade at midnight. */
const CHANGES: readonly { readonly prices: Prices; readonly postLimit: number; readonly rules: ReplyRules }[] = [
  { prices: { reply: 1, postRead: 1, ownedRead: 1 }, postLimit: 100, rules: animalRules },
  { prices: { reply: 1.5, postRead: 1, ownedRead: 2 }, postLimit: 100, rules: { ...animalRules, maxLabels: 2 } },
  { prices: { reply: 1.2, postRead: 0.8, ownedRead: 1 }, postLimit: 50, rules: { ...animalRules, minConfidence: 90 } },
]

function platformOf({ prices: { reply, postRead, ownedRead }, postLimit }: (typeof CHANGES)[number]): Platform {
  const { prices, postWindows } = selfServe2026
  return {
    ...selfServe2026,
    prices: {
      ...prices,
      reply: prices.reply * reply,
      tweetRead: prices.tweetRead * postRead,
      ownedRead: prices.ownedRead * ownedRead,
    },
    postWindows: postWindows.map((window, index) => (index === 0 ? { ...window, limit: postLimit } : window)),
  }
}

/** A bot's year, or less of it: everything happens that happens in one, and X keeps the record. */
export async function liveThrough({
  days,
  seed,
  removed,
  only,
  thread,
  collectGarbage,
  say,
}: YearOptions): Promise<Year> {
  const folder = mkdtempSync(join(tmpdir(), 'hexbird-year-'))
  const path = join(folder, 'hexbird.sqlite')
  const clock = virtualClock(START)
  const random = randomOf(seed)
  const { world, tick, end } = startWorld(thread, clock.now)
  const agents: { destroy(): void }[] = []
  try {
    const { port, bot, credentials } = await world.open({
      seed,
      perDay: LIMITS.perDay,
      labelPrice: selfServe2026.prices.label,
    })
    const agent = agentTo({ port })
    agents.push(agent)
    let [ids, words, labels, skew, dearestDay, change] = [0, 0, 0, 0, 0, 0]
    let keys: Credentials = credentials
    const ofBot = randomOf(seed + 1)
    const now = () => clock.now() + skew
    const disk = createDisk(path, collectGarbage)
    const machine = createMachine({
      path,
      disk,
      tick,
      given: () => ({
        clock,
        now,
        random: ofBot,
        newId: () => `${seed}-${ids++}`,
        bot,
        credentials: keys,
        agent,
        limits: LIMITS,
        platform: platformOf(CHANGES[change] as (typeof CHANGES)[number]),
        rules: (CHANGES[change] as (typeof CHANGES)[number]).rules,
        removed,
        words: () => words++,
        onOutcome(firstId, outcome) {
          if (outcome.kind === 'ignored') void world.reason(firstId, outcome.reason)
          if (outcome.kind === 'refused' || outcome.kind === 'unresolved') void world.reason(firstId, outcome.kind)
        },
        onCatchUp: (isBegun) => world.catchUp(isBegun),
        onLabel: () => void labels++,
      }),
    })
    /** What is to be done, the next first. */
    const agenda: { readonly at: number; readonly run: () => unknown }[] = []
    const plan = (at: number, run: () => unknown) => {
      agenda.push({ at, run })
      agenda.sort((a, b) => a.at - b.at)
    }
    const stage: Stage = {
      world,
      machine,
      disk,
      random,
      now: clock.now,
      plan,
      skew(milliseconds) {
        skew = milliseconds
      },
      async rekey() {
        keys = await world.regenerateKeys()
      },
      /** The last backup, if there is one. */
      backup: () => (backups.length > 0 ? join(folder, 'restored-from') : undefined),
      downgrade: () => downgrade(path),
      removeStore: () => disk.remove(),
    }
    const backups: number[] = []
    const bytes: number[] = []
    const heap: number[] = []
    const known = only ?? (Object.keys(INCIDENTS) as IncidentName[])
    let deck: IncidentName[] = []
    let busyUntil = 0
    machine.start()
    for (let day = 0; day < days; day++) {
      const begin = START + day * DAY
      await changePrices(day)
      const { flood } = tweetsOf({ begin, random, world, plan })
      plan(begin + 3 * HOUR, () => backUp(day))
      if (begin >= busyUntil && day > 0) {
        const name = draw()
        say(`${new Date(begin).toISOString().slice(0, 10)} ${name}${flood ? ', a flood' : ''}`)
        const hours = INCIDENTS[name](stage, begin)
        busyUntil = begin + hours * HOUR
      }
      // What waits for midnight is the next day's.
      await goOn(begin + DAY - 1)
      dearestDay = Math.max(dearestDay, await world.endDay(labels))
      labels = 0
      await askLedger(begin - 3 * DAY, begin - 2 * DAY)
      bytes.push(disk.bytes())
      collectGarbage()
      heap.push(process.memoryUsage().heapUsed)
      if ((day + 1) % 30 === 0) await tellSoFar(begin - 2 * DAY)
    }
    // Whatever happened on the last day is over the day after the next.
    for (let more = 1; more <= 3; more++) {
      await goOn(START + (days + more) * DAY - 1)
      await world.endDay(labels)
      labels = 0
    }
    await askLedger(0, Number.POSITIVE_INFINITY)
    const photosLeft = left()
    await machine.stop()
    const verdict = await world.judge(Number.POSITIVE_INFINITY)
    return {
      ...verdict,
      days,
      photosLeft,
      restarts: machine.starts() - 1,
      kills: machine.kills(),
      redriven: machine.redriven(),
      diskFull: disk.refused(),
      bytes,
      heap,
      dearestDay,
    }

    async function tellSoFar(until: number): Promise<void> {
      const { findings, reasons, ...counted } = await world.judge(until)
      say(JSON.stringify({ ...counted, ...reasons, bytes: bytes.at(-1), heap: heap.at(-1) }))
      for (const finding of findings) say(finding)
    }

    function draw(): IncidentName {
      if (deck.length === 0) {
        deck = [...known]
        for (let at = deck.length - 1; at > 0; at--) {
          const other = integer(random, at + 1)
          ;[deck[at], deck[other]] = [deck[other] as IncidentName, deck[at] as IncidentName]
        }
      }
      return deck.pop() as IncidentName
    }

    async function goOn(until: number): Promise<void> {
      for (let next = agenda[0]; next !== undefined && next.at < until; next = agenda[0]) {
        agenda.shift()
        if (next.at > clock.now()) await machine.advance(next.at - clock.now())
        await next.run()
      }
      if (until > clock.now()) await machine.advance(until - clock.now())
    }

    async function changePrices(day: number): Promise<void> {
      const due = CHANGES.findLastIndex((_, index) => day >= Math.floor((index * days) / CHANGES.length))
      if (due === change) return
      change = due
      await machine.stop()
      await world.prices((CHANGES[change] as (typeof CHANGES)[number]).prices)
      machine.start()
    }

    async function backUp(day: number): Promise<void> {
      const store = machine.store()
      if (store === undefined) return
      const file = join(folder, `backup-${day}`)
      try {
        await store.backup(file)
      } catch {
        // A disk that is full holds no backup either.
        return
      }
      copyFileSync(file, join(folder, 'restored-from'))
      rmSync(file)
      backups.push(day)
    }

    /** What was written down where nobody was told. */
    async function askLedger(from: number, until: number): Promise<void> {
      const ledger = machine.store()?.ports.ledger
      for (const firstId of ledger ? await world.unanswered(from, until) : []) {
        const entry = await ledger?.find({ botId: bot.id, about: firstId })
        if (entry?.kind !== 'settled') continue
        const { outcome } = entry
        if (outcome.kind === 'skipped' || outcome.kind === 'refused') await world.reason(firstId, outcome.reason)
        if (outcome.kind === 'unresolved') await world.reason(firstId, outcome.kind)
      }
    }

    function left(): number {
      return disk.count('blob') + disk.count('queue_item')
    }
  } finally {
    await end()
    for (const agent of agents) agent.destroy()
    rmSync(folder, { recursive: true, force: true })
  }
}
