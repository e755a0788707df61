import { readFileSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import { type Fault, type FaultResponse, type LocalX, startLocalX } from '@hexbird/local-x'
import { ROOT } from '../root.js'
import type { Answer, Call, Draft, Opened, Prices, Verdict, Weather, WorkerData, World } from './world.js'

/* The local X of a year, and the judge: what became of each tweet is read from X's own record. */

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Who could be reached for no longer than this could not be answered. */
const OUT_OF_REACH = HOUR

/** The bot says of a tweet that it had ended before, or that it is none of its own: no reason for it. */
const NO_REASON = new Set(['already-handled', 'job-gone', 'not-for-this-bot', 'own-tweet'])

interface Asked {
  /** When X listed it first. */
  at: number
  readonly versions: string[]
  reason?: string
}

const { time, port } = workerData as WorkerData
const now = () => time[0] ?? 0

const asked = new Map<string, Asked>()
const late = new Map<string, () => void>()
/** When the bot was out of X's reach. The last may not have ended. */
const outages: { from: number; until: number }[] = []
let x: LocalX
let perDay = 0
let labelPrice = 0
let prices: Prices = { reply: 1, postRead: 1, ownedRead: 1 }
let billed: Readonly<Record<string, number>> = {}
let overspent = 0
let isStoreLost = false
let begunAt: number | undefined
let read = 0
let onTop = 0
const dearDays: string[] = []

const photosOf = (names: readonly string[]) =>
  names.map((name) => ({ bytes: readFileSync(new URL(`packages/local-x/samples/${name}.jpg`, ROOT)) }))

const isBots = ({ author }: { readonly author: { readonly id: string } }) => author.id === x.bot.id

const repliesTo = ({ versions }: Asked) => versions.flatMap((id) => x.repliesTo(id).filter(isBots))

function respond(weather: Weather): FaultResponse {
  if (weather.kind === 'cut') return 'drop-before'
  if (weather.kind === 'lost') return 'drop-after'
  const { status, until } = weather
  if (status === 403) {
    return {
      status,
      body: { errors: [{ code: 326, message: 'To protect our users, this account is temporarily locked.' }] },
    }
  }
  const reset = until === undefined ? {} : { 'x-rate-limit-reset': String(Math.ceil(until / 1000)) }
  return { status, headers: reset, body: { title: 'X is not well', detail: 'X is not well', status } }
}

const MANY = Number.MAX_SAFE_INTEGER

function faultsOf(weather: Weather): readonly Fault[] {
  if (weather.kind === 'lost') {
    return [{ method: 'POST', path: '/2/tweets', times: weather.posts, respond: respond(weather) }]
  }
  const times = (weather.kind === 'status' && weather.times) || MANY
  // A lock is X's answer to a post.
  const methods = weather.kind === 'status' && weather.status === 403 ? ['POST'] : ['GET', 'POST']
  return methods.map((method) => ({ method, path: /^/, times, respond: respond(weather) }))
}

/** How long the bot was within X's reach in that time. */
function reached(from: number, until: number): number {
  const lost = outages.map((outage) => Math.max(0, Math.min(until, outage.until) - Math.max(from, outage.from)))
  return until - from - lost.reduce((sum, each) => sum + each, 0)
}

/** What X has billed since then, at its prices of today. */
function costsSince(before: Readonly<Record<string, number>>): readonly (readonly [kind: string, cost: number])[] {
  const part: Readonly<Record<string, number>> = { ...prices, post: prices.reply, postWithLink: prices.reply }
  return Object.entries(x.bill().byKind).map(([kind, amount]) => [
    kind,
    (amount - (before[kind] ?? 0)) * (part[kind] ?? 1),
  ])
}

const sumOf = (costs: readonly (readonly [kind: string, cost: number])[]) =>
  costs.reduce((sum, [, cost]) => sum + cost, 0)

const isExcused = ({ at }: Asked) => reached(at, Math.min(at + DAY, now())) < OUT_OF_REACH

const handlers: {
  readonly [Name in keyof World]: (
    ...args: Parameters<World[Name]>
  ) => Awaited<ReturnType<World[Name]>> | ReturnType<World[Name]>
} = {
  async open({ seed, perDay: limit, labelPrice: price }): Promise<Opened> {
    perDay = limit
    labelPrice = price
    const clock = { now, setTimer: () => undefined, clearTimer: () => {} }
    x = await startLocalX({ clock, seed, keepMetadata: true })
    const { port: at, bot, credentials } = x
    return { port: at, bot, credentials: keysOf(credentials) }
  },
  async tweet({ photos, asks, late: isLate, ...draft }: Draft): Promise<string> {
    const tweet = await x.tweet({ ...draft, ...(photos.length > 0 && { photos: photosOf(photos) }) })
    if (isLate) late.set(tweet.id, x.listLate(tweet.id))
    if (!asks) return tweet.id
    const known = draft.edits === undefined ? undefined : asked.get(draft.edits)
    if (known) known.versions.push(tweet.id)
    else asked.set(tweet.id, { at: now(), versions: [tweet.id] })
    return tweet.id
  },
  list(id) {
    late.get(id)?.()
    late.delete(id)
    const tweet = asked.get(id)
    if (tweet) tweet.at = now()
  },
  weather(weather) {
    x.clearFaults()
    for (const fault of weather ? faultsOf(weather) : []) x.failNext(fault)
  },
  credits: (left) => x.setCredits(left),
  regenerateKeys: () => keysOf(x.regenerateKeys()),
  reach(isReached) {
    const last = outages.at(-1)
    const isOut = last !== undefined && last.until === Number.POSITIVE_INFINITY
    if (isReached && isOut) last.until = now()
    if (!isReached && !isOut) outages.push({ from: now(), until: Number.POSITIVE_INFINITY })
  },
  prices(next) {
    prices = next
  },
  storeLost() {
    isStoreLost = true
  },
  catchUp(isBegun) {
    const cost = sumOf(costsSince(billed))
    if (!isBegun && begunAt !== undefined) read += Math.max(0, cost - begunAt)
    begunAt = isBegun ? cost : undefined
  },
  endDay(labels) {
    const costs = costsSince(billed)
    billed = x.bill().byKind
    const cost = sumOf(costs) + labels * labelPrice
    const most = perDay + (isStoreLost ? read : 0)
    if (isStoreLost) onTop += Math.max(0, Math.min(read, cost - perDay))
    if (cost > most) {
      overspent += 1
      const kinds = costs.map(([kind, each]) => (each > 0 ? ` ${kind} ${each}` : '')).join('')
      dearDays.push(`the day until ${new Date(now()).toISOString()} cost ${cost} of ${most} micro-dollars:${kinds}`)
    }
    isStoreLost = false
    read = 0
    return cost
  },
  reason(firstId, reason) {
    const tweet = asked.get(firstId)
    if (tweet && !NO_REASON.has(reason)) tweet.reason = reason
  },
  unanswered: (from, until) =>
    [...asked].flatMap(([firstId, tweet]) =>
      tweet.at >= from && tweet.at < until && tweet.reason === undefined && repliesTo(tweet).length === 0
        ? [firstId]
        : [],
    ),
  judge(until): Verdict {
    let [tweets, replies, refused, excused, missed, doubled] = [0, 0, 0, 0, 0, 0]
    const findings = [...dearDays]
    const reasons: Record<string, number> = {}
    for (const [firstId, tweet] of asked) {
      if (tweet.at >= until) continue
      tweets += 1
      const own = repliesTo(tweet)
      if (own.length > 0) {
        replies += 1
        doubled += own.length - 1
        if (own.length > 1) findings.push(`${describe(firstId, tweet)} has ${own.length} replies`)
        continue
      }
      const { reason } = tweet
      // Too old is a reason only where it could not be answered in time.
      if (reason !== undefined && reason !== 'too-old') {
        refused += 1
        reasons[reason] = (reasons[reason] ?? 0) + 1
      } else if (isExcused(tweet)) excused += 1
      else {
        missed += 1
        findings.push(`${describe(firstId, tweet)} has neither a reply nor a reason but ${reason ?? 'none'}`)
      }
    }
    return { tweets, replies, refused, excused, missed, doubled, overspent, onTop, reasons, findings }
  },
  close: () => x.close(),
}

const describe = (firstId: string, { at }: Asked) => `tweet ${firstId} of ${new Date(at).toISOString()}`

function keysOf({ consumerKey, consumerSecret, accessToken, accessSecret }: LocalX['credentials']) {
  return { consumerKey, consumerSecret, accessToken, accessSecret }
}

port.on('message', (call: Call) => void answer(call))

async function answer({ id, method, args }: Call): Promise<void> {
  const handle = handlers[method] as (...args: readonly unknown[]) => unknown
  try {
    port.postMessage({ id, result: await handle(...args) } satisfies Answer)
  } catch (error) {
    port.postMessage({ id, error: String(error) } satisfies Answer)
  }
}
