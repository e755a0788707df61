import { BOT, label, labelled, NOW, tweet } from '@hexbird/testkit/bot-fixture'
import type {
  Charge,
  CursorState,
  KillSwitchState,
  LedgerEntry,
  Mentions,
  Ports,
  PostResult,
  ReplyIntent,
  SettledOutcome,
} from '../../src/adapter/index.js'
import { priceOfReply } from '../../src/host/index.js'
import type { BotPorts, Event, Tweet } from '../../src/index.js'
import { selfServe2026 } from '../../src/index.js'
import { jpegHead } from '../../src/testing/index.js'

/** Keeps what is reserved, by window and call, as the port says. */
function budgetModel() {
  const windows = new Map<string, { uncalled: number; calls: Map<string, number>; endsAt: number }>()
  const windowOf = ({ window, endsAt }: Charge) => {
    const found = windows.get(window) ?? { uncalled: 0, calls: new Map<string, number>(), endsAt }
    windows.set(window, found)
    return found
  }
  const sumOf = ({ uncalled, calls }: { uncalled: number; calls: Map<string, number> }) =>
    [...calls.values()].reduce((sum, amount) => sum + amount, uncalled)
  const budget: BotPorts['budget'] = {
    async reserve(charges) {
      for (const charge of charges) {
        const window = windowOf(charge)
        const { call, amount } = charge
        const more = call === undefined ? amount : Math.max(0, amount - (window.calls.get(call) ?? 0))
        if (more > 0 && sumOf(window) + more > charge.limit) return { kind: 'refused', charge, until: charge.endsAt }
        if (call === undefined) window.uncalled += amount
        else window.calls.set(call, Math.max(amount, window.calls.get(call) ?? 0))
      }
      return { kind: 'granted' }
    },
    async settle(charges, now) {
      for (const charge of charges) {
        const window = windows.get(charge.window)
        if (!window || window.endsAt <= now) continue
        const { call, amount } = charge
        if (call === undefined) {
          window.uncalled = Math.max(0, window.uncalled - amount)
          continue
        }
        const reserved = window.calls.get(call)
        if (reserved === undefined) continue
        window.uncalled += Math.min(reserved, amount)
        window.calls.delete(call)
      }
    },
    removeAll: async () => windows.clear(),
  }
  /** The sums of the windows whose names begin so. */
  const sum = (prefix: string) =>
    [...windows].filter(([name]) => name.startsWith(prefix)).reduce((all, [, window]) => all + sumOf(window), 0)
  return { budget, sum }
}

/** Keeps claims and ends, as the port says. */
function ledgerModel() {
  type Row =
    | { kind: 'claimed'; owner: string; intent: ReplyIntent; since: number; until: number; tries: number }
    | { kind: 'settled'; outcome: SettledOutcome; at: number }
  const rows = new Map<string, Row>()
  const nameOf = ({ botId, about }: { botId: string; about: string }) => `${botId} ${about}`
  const ledger: BotPorts['ledger'] = {
    async find(key): Promise<LedgerEntry | undefined> {
      const row = rows.get(nameOf(key))
      if (row?.kind !== 'claimed') return row
      return { kind: 'claimed', intent: row.intent, until: row.until, tries: row.tries }
    },
    async claim(key, { owner, intent, now, until }) {
      const name = nameOf(key)
      const row = rows.get(name)
      if (row?.kind === 'settled') return { kind: 'settled', outcome: row.outcome }
      if (!row) {
        rows.set(name, { kind: 'claimed', owner, intent, since: now, until, tries: 1 })
        return { kind: 'acquired' }
      }
      if (row.until <= now) {
        rows.set(name, { ...row, owner, until })
        return { kind: 'expired', intent: row.intent, since: row.since, tries: row.tries }
      }
      if (row.owner !== owner) return { kind: 'held', until: row.until }
      rows.set(name, { ...row, intent, until, tries: row.tries + 1 })
      return { kind: 'acquired' }
    },
    async settle(key, outcome, now) {
      const name = nameOf(key)
      const row = rows.get(name)
      if (row?.kind === 'settled') return row.outcome
      rows.set(name, { kind: 'settled', outcome, at: now })
      return outcome
    },
    async release(key, owner, inDoubtUntil) {
      const name = nameOf(key)
      const row = rows.get(name)
      if (row?.kind !== 'claimed' || row.owner !== owner) return
      if (inDoubtUntil !== undefined) rows.set(name, { ...row, until: Math.min(row.until, inDoubtUntil) })
      else if (row.tries <= 1) rows.delete(name)
      else rows.set(name, { ...row, tries: row.tries - 1, until: 0 })
    },
    async forgetAuthor(authorId, now) {
      for (const [name, row] of rows) {
        if (row.kind !== 'claimed' || (row.intent.authorId ?? authorId) !== authorId) continue
        rows.set(name, { kind: 'settled', outcome: { kind: 'skipped', reason: 'forgotten' }, at: now })
      }
    },
    removeAll: async () => rows.clear(),
  }
  return { ledger, rows }
}

function killSwitchModel() {
  let state: KillSwitchState = { waits: {}, strikes: [] }
  let owner: string | undefined
  const killSwitch: BotPorts['killSwitch'] = {
    state: async () => state,
    trip: async (reason, now) => {
      state = { ...state, stopped: state.stopped ?? { reason, since: now } }
    },
    wait: async (call, until) => {
      state = { ...state, waits: { ...state.waits, [call]: Math.max(until, state.waits[call] ?? 0) } }
    },
    strike: async (id) => {
      state = { ...state, strikes: [...new Set([...state.strikes, id])] }
      return state.strikes
    },
    forgive: async () => {
      state = { ...state, strikes: [] }
    },
    reset: async () => {
      const { stopped: _, ...rest } = state
      state = { ...rest, strikes: [] }
    },
    answerFrom: async (time) => {
      state = { ...state, answersFrom: Math.max(time, state.answersFrom ?? 0) }
    },
    claimStore: async (botId) => {
      owner ??= botId
      return owner
    },
  }
  return { killSwitch, state: () => state }
}

function optOutsModel() {
  const wishes = new Map<string, { out: boolean; at: number }>()
  const wish = (id: string, out: boolean, at: number) => {
    if (at >= (wishes.get(id)?.at ?? 0)) wishes.set(id, { out, at })
  }
  const optOuts: BotPorts['optOuts'] = {
    has: async (id) => wishes.get(id)?.out === true,
    add: async (id, at) => wish(id, true, at),
    remove: async (id, at) => wish(id, false, at),
    removeAll: async () => wishes.clear(),
  }
  return { optOuts }
}

function cursorModel() {
  const kept: { state: CursorState | undefined } = { state: undefined }
  const cursor = {
    read: async () => kept.state,
    advance: async (state: CursorState) => {
      if (!kept.state || BigInt(state.id) >= BigInt(kept.state.id)) kept.state = state
    },
  }
  return { cursor, kept }
}

/** X, which takes replies, lists them, and bills what is read once a day. */
function xModel(now: () => number) {
  const replies: { to: string; text: string; id: string; mediaIds: readonly string[] }[] = []
  const images = new Map<string, number>()
  const read = new Set<string>()
  const tweets = new Map<string, Tweet>()
  const listed: Tweet[] = []
  const { prices } = selfServe2026
  const bill = (resource: string, price: number) => read.add(`${price} ${resource} ${Math.floor(now() / 86_400_000)}`)
  const social: BotPorts['social'] = {
    async reply(to, text, mediaIds = []): Promise<PostResult> {
      if (mediaIds.some((mediaId) => (images.get(mediaId) ?? 0) <= now())) {
        return { kind: 'refused', reason: 'media-invalid', detail: 'Your media IDs are invalid.' }
      }
      const id = `${7001 + replies.length}`
      replies.push({ to, text, id, mediaIds })
      // At worst: a reply is listed on its day, when an earlier one is looked for.
      bill(`reply ${id}`, priceOfReply(text, selfServe2026) + prices.ownedRead)
      return { kind: 'posted', id }
    },
    async uploadImage() {
      const [mediaId, expiresAt] = [`${9001 + images.size}`, now() + 86_400_000]
      images.set(mediaId, expiresAt)
      return { kind: 'uploaded', mediaId, expiresAt }
    },
    async tweet(id) {
      bill(id, prices.tweetRead)
      return { kind: 'found', tweet: tweets.get(id) ?? tweet({ id, firstId: id }) }
    },
    async findOwnReply(tweetId) {
      const found = replies.find(({ to }) => to === tweetId)
      return found ? { kind: 'found', id: found.id } : { kind: 'absent' }
    },
    me: async () => BOT,
  }
  const mentions: Mentions = {
    async since({ sinceId = '0', page, most }) {
      const all = listed
        .filter(({ id }) => BigInt(id) > BigInt(sinceId))
        .sort((a, b) => Number(BigInt(b.id) - BigInt(a.id)))
      const from = Number(page ?? 0)
      const tweets = all.slice(from, from + most)
      for (const { id } of tweets) bill(`mention ${id}`, prices.ownedRead)
      const next = from + most < all.length ? { next: `${from + most}` } : {}
      return { kind: 'found', tweets, unreadable: 0, ...next }
    },
  }
  const labeler: BotPorts['labeler'] = {
    async label(key) {
      bill(`label ${key}`, prices.label)
      return labelled(label('Dog', 'Animal'))
    },
  }
  const billed = () => [...read].reduce((sum, each) => sum + Number(each.split(' ')[0]), 0)
  return { social, mentions, labeler, replies, images, tweets, listed, billed }
}

/** Everything that a bot and its sweep need, kept from run to run, with a clock. */
export function models() {
  const clock = { now: NOW }
  const now = () => clock.now
  const blobs = new Map<string, { bytes: Uint8Array; type: string }>()
  const [budget, ledger, killSwitch, cursor, x] = [
    budgetModel(),
    ledgerModel(),
    killSwitchModel(),
    cursorModel(),
    xModel(now),
  ]
  const inbox: Event[] = []
  let ids = 0
  const ports: BotPorts & Pick<Ports, 'mentions' | 'cursor' | 'inbox'> = {
    social: x.social,
    mentions: x.mentions,
    labeler: x.labeler,
    media: { fetch: async () => ({ kind: 'fetched', bytes: jpegHead(), type: 'image/jpeg' }) as const },
    blobs: {
      put: async (key: string, bytes: Uint8Array, type: string) => void blobs.set(key, { bytes, type }),
      get: async (key: string) => blobs.get(key),
      remove: async (key: string) => void blobs.delete(key),
      removeAll: async (prefix: string) => {
        for (const key of [...blobs.keys()]) if (key.startsWith(prefix)) blobs.delete(key)
      },
    },
    ledger: ledger.ledger,
    budget: budget.budget,
    killSwitch: killSwitch.killSwitch,
    cursor: cursor.cursor,
    optOuts: optOutsModel().optOuts,
    inbox: { put: async (events: readonly Event[]) => void inbox.push(...events) },
    now,
    newId: () => `owner-${++ids}`,
  }
  return {
    ports,
    clock,
    blobs,
    inbox,
    x,
    rows: ledger.rows,
    sum: budget.sum,
    cursor: cursor.kept,
    killSwitch: killSwitch.state,
  }
}

export class Crash extends Error {}

/**
 * The ports of a process that is killed at one of its calls, counted from 0: before the call does anything, or after it
 * did all. Nothing that this process does after that has an effect.
 */
export function killed<P extends object>(ports: P, at: number, after: boolean): P {
  let calls = 0
  let dead = false
  const watch = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name) {
        const method = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>
        return async (...args: unknown[]) => {
          if (dead) throw new Crash()
          const isLast = calls++ === at
          if (isLast) dead = true
          if (isLast && !after) throw new Crash()
          const result = await method.apply(target, args)
          if (isLast) throw new Crash()
          return result
        }
      },
    })
  return Object.fromEntries(
    Object.entries(ports).map(([name, port]) => [name, typeof port === 'function' ? port : watch(port as object)]),
  ) as P
}
