import type { BotPorts, Event, Tweet } from '@hexbird/core'
import type { Charge, Cursor, Inbox, Mentions, ReplyKey, Session, SessionStore } from '@hexbird/core/adapter'
import type { AllPorts, FixtureOptions, Invariant, Weakness } from '@hexbird/prove/harness'
import type { SubjectName } from './subject-names.js'

/** Which part of the harness shows that a guard is gone. */
export type Part = 'ports' | 'sign-in' | 'reordering' | 'outages' | 'wallet' | 'loop' | 'stream'

interface Removal {
  readonly part: Part
  /** The stories or outages of the part that show it, by the names that they have for any bot. Default: all. */
  readonly only?: readonly string[]
  /** The bots that rely on it. Default: all. */
  readonly bots?: readonly SubjectName[]
  readonly breaks: Invariant
  readonly says: string
}

const [ONCE, TWICE] = [
  ['one photo', 'asked'],
  ['one photo, both dialects, twice', 'asked in both dialects, twice'],
]
const NO_PHOTO = ['no photo', 'asked something else']
const OF_PHOTOS = ['photo'] as const

/**
 * What keeps the bot's promises, by name: where each is removed, the part that shows it, and the invariant that is then
 * broken. Removing one changes no source: a port is wrapped so that it keeps its promise no more.
 */
const GUARDS = {
  settle: { part: 'ports', only: TWICE, breaks: 'doubled', says: 'the ledger forgets a reply once it is posted' },
  claim: { part: 'reordering', breaks: 'doubled', says: 'all workers that claim a reply at once get it' },
  look: { part: 'ports', only: ONCE, breaks: 'doubled', says: 'an earlier reply is never found on X' },
  dialects: {
    part: 'ports',
    only: ['no photo, both dialects', 'asked in both dialects'],
    breaks: 'doubled',
    says: 'the ledger keeps a row for each dialect',
  },
  'first-id': { part: 'ports', only: ['edited meanwhile'], breaks: 'doubled', says: 'an edit counts as a new tweet' },
  'too-old': {
    part: 'ports',
    only: ['redelivered after a month'],
    breaks: 'doubled',
    says: 'a tweet is as old as its last delivery',
  },
  'release-photos': {
    bots: OF_PHOTOS,
    part: 'ports',
    only: ONCE,
    breaks: 'photosLeft',
    says: 'nothing that is stored is removed',
  },
  'job-last': {
    bots: OF_PHOTOS,
    part: 'ports',
    only: ONCE,
    breaks: 'photosLeft',
    says: 'the job is stored before its photos',
  },
  'await-removal': {
    bots: OF_PHOTOS,
    part: 'ports',
    only: ONCE,
    breaks: 'unhandled',
    says: 'the bot does not wait for a removal',
  },
  accept: { part: 'ports', only: NO_PHOTO, breaks: 'missed', says: 'a delivery is acknowledged before it is safe' },
  retry: { part: 'ports', only: NO_PHOTO, breaks: 'missed', says: 'failed work counts as done' },
  sweep: { part: 'ports', only: NO_PHOTO, breaks: 'missed', says: 'the sweep does not look for undelivered mentions' },
  'opt-out': { part: 'ports', only: ['told to stop'], breaks: 'unwelcome', says: 'the bot forgets who said stop' },
  inbox: { part: 'outages', only: ['slow answers'], breaks: 'blocked', says: 'the webhook answers after the work' },
  budget: { part: 'wallet', breaks: 'overspent', says: 'the budget allows everything' },
  'sweep-share': { part: 'wallet', breaks: 'missed', says: 'sweeps may spend all of the day’s money' },
  cap: { part: 'loop', breaks: 'tooDeep', says: 'replies in a conversation are not counted' },
  'put-off': { part: 'outages', only: ['402, then paid'], breaks: 'missed', says: 'waiting uses up tries' },
  call: {
    part: 'outages',
    only: ['a crash at every call'],
    breaks: 'missed',
    says: 'each try of a tweet is charged again',
  },
  waits: {
    part: 'outages',
    only: ['many tweets after a 429'],
    breaks: 'early',
    says: 'workers do not share the waiting time that X named',
  },
  strikes: {
    part: 'outages',
    only: ['refused without a reason, for an hour'],
    breaks: 'insistent',
    says: 'refusals without a reason are not counted',
  },
  'in-doubt': {
    part: 'outages',
    only: ['five 503s, posts'],
    breaks: 'slow',
    says: 'the bot looks for a doubtful post only after its lease has run out',
  },
  overlap: {
    part: 'ports',
    only: ['a mention that X lists late'],
    breaks: 'missed',
    says: 'a sweep begins where the last one ended',
  },
  'on-connect': {
    part: 'stream',
    only: ONCE,
    breaks: 'missed',
    says: 'no sweep follows a connection of the stream',
  },
  long: {
    part: 'ports',
    only: ['a long post among others'],
    breaks: 'missed',
    says: 'the inbox rejects a long post and everything delivered with it',
  },
  labels: {
    bots: OF_PHOTOS,
    part: 'ports',
    only: ['another photo once the first is labeled'],
    breaks: 'mixed',
    says: 'labels do not say of which photos they are',
  },
  images: {
    bots: ['chart'],
    part: 'ports',
    only: ONCE,
    breaks: 'bare',
    says: 'the ledger forgets the images of a reply',
  },
  reset: {
    part: 'outages',
    only: ['429 with a reset, posts'],
    breaks: 'early',
    says: 'the bot ignores the waiting time that X names',
  },
  'kill-switch': {
    part: 'outages',
    only: ['the account is locked'],
    breaks: 'early',
    says: 'the bot keeps posting from a locked account',
  },
  consume: { bots: OF_PHOTOS, part: 'sign-in', breaks: 'doubled', says: 'a session can be consumed more than once' },
  browser: { bots: OF_PHOTOS, part: 'sign-in', breaks: 'strangers', says: 'any browser can finish a sign-in' },
} as const satisfies Record<string, Removal>

export type Guard = keyof typeof GUARDS

export type Guards = ReadonlySet<Guard>

export const ALL_GUARDED: Guards = new Set()

export const removalOf = (guard: Guard): Removal => GUARDS[guard]

export const GUARD_NAMES = Object.keys(GUARDS) as readonly Guard[]

/** The guards that a bot relies on. */
export const guardsOf = (bot: SubjectName): readonly Guard[] =>
  GUARD_NAMES.filter((guard) => removalOf(guard).bots?.includes(bot) ?? true)

/** The bot without the guards that are removed, for each fixture anew: what a wrapper remembers outlives processes, as stores do. */
export function weakenedBy(removed: Guards): NonNullable<FixtureOptions['weaken']> {
  return (later): Weakness => {
    const shared = sharedRows()
    return {
      ports: (ports, { label, now }) => unguarded(ports, shared, { removed, now, later, label }),
      blobs: (blobs) => blobsWithout(blobs, removed),
      event: (event, now) => eventWithout(event, removed, now),
      inbox: (inbox, handle) => inboxWithout(inbox, removed, handle),
      mentions: (mentions, cursor) => mentionsWithout(mentions, cursor, removed),
      forgetsFailures: removed.has('retry'),
      countsWaits: removed.has('put-off'),
      neverSweeps: removed.has('sweep'),
      connectsWithoutSweep: removed.has('on-connect'),
    }
  }
}

interface Around {
  readonly removed: Guards
  readonly now: () => number
  readonly later: (run: () => void, milliseconds: number) => unknown
  /** Tells processes apart: `x-activity`, `account-activity` or `job`. */
  readonly label: string
}

/** The ports of a process without the guards that are removed. `shared` outlives processes, as the stores do. */
export function unguarded(ports: AllPorts, shared: SharedRows, around: Around): AllPorts {
  const { removed } = around
  let { ledger, blobs, budget, killSwitch, social, optOuts } = ports
  if (removed.has('settle')) ledger = forgetful(ledger, shared)
  if (removed.has('images')) ledger = withoutImages(ledger)
  if (removed.has('claim')) ledger = generous(ledger)
  if (removed.has('dialects')) ledger = perLabel(ledger, around.label)
  if (removed.has('look')) social = { ...methodsOf(social), findOwnReply: async () => ({ kind: 'absent' }) }
  if (removed.has('too-old')) social = seenAs(social, (tweet) => ({ ...tweet, createdAt: around.now() }))
  if (removed.has('first-id')) social = seenAs(social, (tweet) => ({ ...tweet, firstId: tweet.id }))
  if (removed.has('reset')) social = deafToResets(social)
  if (removed.has('release-photos')) {
    blobs = {
      put: blobs.put.bind(blobs),
      get: blobs.get.bind(blobs),
      remove: async () => {},
      removeAll: async () => {},
    }
  }
  if (removed.has('job-last')) blobs = jobFirst(blobs, shared, around)
  if (removed.has('budget')) budget = { ...methodsOf(budget), reserve: granted }
  if (removed.has('cap')) budget = withoutWindows(budget, 'conversation:')
  if (removed.has('sweep-share')) budget = withoutWindows(budget, 'sweep:')
  if (removed.has('call')) budget = withoutCalls(budget)
  if (removed.has('kill-switch')) {
    const kept = killSwitch
    killSwitch = { ...methodsOf(kept), state: async () => ({ waits: (await kept.state()).waits, strikes: [] }) }
  }
  if (removed.has('waits')) killSwitch = { ...methodsOf(killSwitch), wait: async () => {} }
  if (removed.has('strikes')) killSwitch = { ...methodsOf(killSwitch), strike: async () => [] }
  if (removed.has('in-doubt')) {
    const kept = ledger
    ledger = {
      ...methodsOf(kept),
      release: async (key, owner, inDoubtUntil) => {
        if (inDoubtUntil === undefined) await kept.release(key, owner)
      },
    }
  }
  if (removed.has('labels')) blobs = labelsOfAnyPhotos(blobs)
  if (removed.has('opt-out')) optOuts = { ...methodsOf(optOuts), has: async () => false }
  return { ...ports, ledger, blobs, budget, killSwitch, social, optOuts }
}

/** What a wrapper has to remember from one process to the next. */
export interface SharedRows {
  readonly owners: Map<string, string>
  readonly held: { readonly key: string; readonly bytes: Uint8Array; readonly type: string }[]
}

export const sharedRows = (): SharedRows => ({ owners: new Map(), held: [] })

/** Removals that come back before they are made, and tell nobody that they failed. */
function blobsWithout(blobs: BotPorts['blobs'], removed: Guards): BotPorts['blobs'] {
  if (!removed.has('await-removal')) return blobs
  return {
    put: (key, bytes, type) => blobs.put(key, bytes, type),
    get: (key) => blobs.get(key),
    remove: async (key) => void blobs.remove(key),
    removeAll: async (prefix) => void blobs.removeAll(prefix),
  }
}

/** An event as it is handled where what tells tweets apart, or their age, is removed. */
function eventWithout(event: Event, removed: Guards, now: number): Event {
  if (event.kind !== 'tweet') return event
  const { tweet } = event
  const createdAt = removed.has('too-old') ? now : tweet.createdAt
  const firstId = removed.has('first-id') ? tweet.id : tweet.firstId
  return { ...event, tweet: { ...tweet, createdAt, firstId } }
}

/** More than this no queue takes as one message, as it is. */
const LONGEST = 200_000

/** The inbox that acknowledges what it may have lost, does the work itself, or cannot take what is long. */
function inboxWithout(inbox: Inbox, removed: Guards, handle?: (event: Event) => Promise<unknown>): Inbox {
  if (removed.has('long')) {
    return {
      async put(events) {
        if (Buffer.byteLength(JSON.stringify(events)) > LONGEST) throw new RangeError('The message is too long.')
        await inbox.put(events)
      },
    }
  }
  if (!handle) return inbox
  if (removed.has('accept')) return { put: (events) => inbox.put(events).catch(() => {}) }
  if (!removed.has('inbox')) return inbox
  return {
    async put(events) {
      for (const event of events) await handle(event)
    },
  }
}

/** Mentions as they are asked for where a sweep goes on exactly where the last one came to. */
function mentionsWithout(mentions: Mentions, cursor: Cursor, removed: Guards): Mentions {
  if (!removed.has('overlap')) return mentions
  return {
    async since(query) {
      const known = await cursor.read()
      return mentions.since({ ...query, ...(known && { sinceId: known.id }) })
    },
  }
}

/** Sessions that can be consumed again, or by anybody. */
export function sessionsWithout(sessions: SessionStore, removed: Guards, known: Map<string, Session>): SessionStore {
  if (!removed.has('consume') && !removed.has('browser')) return sessions
  return {
    async put(session) {
      known.set(session.requestToken, session)
      await sessions.put(session)
    },
    async consume(requestToken, flowSecretHash, now) {
      const session = known.get(requestToken)
      const consumed = await sessions.consume(
        requestToken,
        removed.has('browser') ? (session?.flowSecretHash ?? flowSecretHash) : flowSecretHash,
        now,
      )
      return removed.has('consume') && consumed.kind === 'used' && session ? { kind: 'consumed', session } : consumed
    },
    removeAll: () => sessions.removeAll(),
  }
}

const granted = async () => ({ kind: 'granted' }) as const

function forgetful(ledger: BotPorts['ledger'], { owners }: SharedRows): BotPorts['ledger'] {
  const name = ({ botId, about }: ReplyKey) => `${botId} ${about}`
  return {
    ...methodsOf(ledger),
    async claim(key, claim) {
      const claimed = await ledger.claim(key, claim)
      if (claimed.kind === 'acquired') owners.set(name(key), claim.owner)
      return claimed
    },
    async settle(key, outcome, now) {
      if (key.about.startsWith('conversation:')) return ledger.settle(key, outcome, now)
      await ledger.release(key, owners.get(name(key)) ?? '')
      return outcome
    },
  }
}

function withoutImages(ledger: BotPorts['ledger']): BotPorts['ledger'] {
  return {
    ...methodsOf(ledger),
    claim(key, claim) {
      const { mediaIds: _, mediaExpireAt: __, ...intent } = claim.intent
      return ledger.claim(key, { ...claim, intent })
    },
  }
}

function generous(ledger: BotPorts['ledger']): BotPorts['ledger'] {
  return {
    ...methodsOf(ledger),
    async claim(key, claim) {
      const claimed = await ledger.claim(key, claim)
      return claimed.kind === 'held' ? { kind: 'acquired' } : claimed
    },
  }
}

function perLabel(ledger: BotPorts['ledger'], label: string): BotPorts['ledger'] {
  const own = ({ botId, about }: ReplyKey) => ({ botId, about: `${about} ${label}` })
  return {
    find: (key) => ledger.find(own(key)),
    claim: (key, claim) => ledger.claim(own(key), claim),
    settle: (key, outcome, now) => ledger.settle(own(key), outcome, now),
    release: (key, owner, inDoubtUntil) => ledger.release(own(key), owner, inDoubtUntil),
    forgetAuthor: (authorId, now) => ledger.forgetAuthor(authorId, now),
    removeAll: () => ledger.removeAll(),
  }
}

function seenAs(social: BotPorts['social'], as: (tweet: Tweet) => Tweet): BotPorts['social'] {
  return {
    ...methodsOf(social),
    async tweet(id) {
      const lookup = await social.tweet(id)
      return lookup.kind === 'found' ? { kind: 'found', tweet: as(lookup.tweet) } : lookup
    },
  }
}

function deafToResets(social: BotPorts['social']): BotPorts['social'] {
  const deaf = <Result extends { readonly kind: string }>(result: Result): Result => {
    if (result.kind !== 'deferred') return result
    const { until: _, ...heard } = result as Result & { readonly until?: number }
    return heard as unknown as Result
  }
  return {
    ...methodsOf(social),
    reply: async (id, text, mediaIds) => deaf(await social.reply(id, text, mediaIds)),
    uploadImage: async (image) => deaf(await social.uploadImage(image)),
    tweet: async (id) => deaf(await social.tweet(id)),
    findOwnReply: async (id) => deaf(await social.findOwnReply(id)),
  }
}

/** Photos are written some seconds after the job that needs them. */
function jobFirst(blobs: BotPorts['blobs'], { held }: SharedRows, { later }: Around): BotPorts['blobs'] {
  return {
    ...methodsOf(blobs),
    async put(key, bytes, type) {
      if (key.startsWith('photos/')) {
        held.push({ key, bytes, type })
        return
      }
      await blobs.put(key, bytes, type)
      for (const photo of held.splice(0)) later(() => void blobs.put(photo.key, photo.bytes, photo.type), 5_000)
    },
  }
}

function withoutWindows(budget: BotPorts['budget'], kind: string): BotPorts['budget'] {
  const others = (charges: readonly Charge[]) => charges.filter(({ window }) => !window.startsWith(kind))
  return {
    ...methodsOf(budget),
    reserve: (charges, now) => budget.reserve(others(charges), now),
    settle: (charges, now) => budget.settle(others(charges), now),
  }
}

/** Charges count each time, and nothing comes back. */
function withoutCalls(budget: BotPorts['budget']): BotPorts['budget'] {
  return {
    ...methodsOf(budget),
    reserve: (charges, now) =>
      budget.reserve(
        charges.map(({ call: _, ...charge }) => charge),
        now,
      ),
    settle: async () => {},
  }
}

function labelsOfAnyPhotos(blobs: BotPorts['blobs']): BotPorts['blobs'] {
  return {
    ...methodsOf(blobs),
    async put(key, bytes, type) {
      if (!key.endsWith('/labels.json')) return blobs.put(key, bytes, type)
      const { photos: _, ...labels } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
      await blobs.put(key, new TextEncoder().encode(JSON.stringify(labels)), type)
    },
  }
}

/** The methods of an instance, bound: an instance cannot be spread. */
function methodsOf<Port extends object>(port: Port): Port {
  const bound: Record<string, unknown> = {}
  for (let at: object | null = port; at && at !== Object.prototype; at = Object.getPrototypeOf(at) as object | null) {
    for (const name of Object.getOwnPropertyNames(at)) {
      const method: unknown = Reflect.get(port, name)
      if (name !== 'constructor' && typeof method === 'function') bound[name] ??= method.bind(port)
    }
  }
  return bound as Port
}
