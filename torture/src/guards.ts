import type { BotPorts, Charge, Event, Inbox, ReplyKey, Session, SessionStore, Tweet } from '@hexbird/core'
import type { Invariant } from './tally.js'

/** Which part of the harness shows that a guard is gone. */
export type Part = 'ports' | 'sign-in' | 'reordering' | 'outages' | 'wallet' | 'loop'

/**
 * What keeps the bot's promises, by name: where each is removed, the part that shows it, and the invariant that is then
 * broken. Removing one changes no source: a port is wrapped so that it keeps its promise no more.
 */
export const GUARDS = {
  settle: { part: 'ports', breaks: 'doubled', says: 'the ledger forgets a reply once it is posted' },
  claim: { part: 'reordering', breaks: 'doubled', says: 'whoever claims a reply gets it, at once with others' },
  look: { part: 'ports', breaks: 'doubled', says: 'an earlier reply is never found on X' },
  dialects: { part: 'ports', breaks: 'doubled', says: 'the ledger keeps a row for each dialect' },
  'too-old': { part: 'ports', breaks: 'doubled', says: 'a tweet is as old as its last delivery' },
  'release-photos': { part: 'ports', breaks: 'photosLeft', says: 'nothing that is stored is removed' },
  'job-last': { part: 'ports', breaks: 'photosLeft', says: 'the job is stored before its photos' },
  accept: { part: 'ports', breaks: 'missed', says: 'a delivery is acknowledged before it is safe' },
  budget: { part: 'wallet', breaks: 'overspent', says: 'every spend is granted' },
  cap: { part: 'loop', breaks: 'tooDeep', says: 'replies in a conversation are not counted' },
  'put-off': { part: 'outages', breaks: 'missed', says: 'waiting uses up tries' },
  reset: { part: 'outages', breaks: 'early', says: 'the time that X names is not heard' },
  breaker: { part: 'outages', breaks: 'early', says: 'a locked account is no reason to stop' },
  take: { part: 'sign-in', breaks: 'doubled', says: 'a session can be taken more than once' },
  browser: { part: 'sign-in', breaks: 'strangers', says: 'any browser can finish a sign-in' },
} as const satisfies Record<string, { readonly part: Part; readonly breaks: Invariant; readonly says: string }>

export type Guard = keyof typeof GUARDS

export type Guards = ReadonlySet<Guard>

export const ALL_GUARDED: Guards = new Set()

export const isGuard = (name: string): name is Guard => Object.hasOwn(GUARDS, name)

interface Around {
  readonly removed: Guards
  readonly now: () => number
  readonly later: (run: () => void, milliseconds: number) => unknown
  /** Tells processes apart: `x-activity`, `account-activity` or `job`. */
  readonly label: string
}

/** The ports of a process without the guards that are removed. `shared` outlives processes, as the stores do. */
export function unguarded(ports: BotPorts, shared: SharedRows, around: Around): BotPorts {
  const { removed } = around
  let { ledger, blobs, budget, breaker, social } = ports
  if (removed.has('settle')) ledger = forgetful(ledger, shared)
  if (removed.has('claim')) ledger = generous(ledger)
  if (removed.has('dialects')) ledger = perLabel(ledger, around.label)
  if (removed.has('look')) social = { ...methodsOf(social), findOwnReply: async () => ({ kind: 'absent' }) }
  if (removed.has('too-old')) social = everFresh(social, around.now)
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
  if (removed.has('budget')) budget = { ...methodsOf(budget), allows: granted, spend: granted }
  if (removed.has('cap')) budget = uncapped(budget)
  if (removed.has('breaker')) breaker = { ...methodsOf(breaker), state: async () => undefined }
  return { ...ports, ledger, blobs, budget, breaker, social }
}

/** What a wrapper has to remember from one process to the next. */
export interface SharedRows {
  readonly owners: Map<string, string>
  readonly held: { readonly key: string; readonly bytes: Uint8Array; readonly type: string }[]
}

export const sharedRows = (): SharedRows => ({ owners: new Map(), held: [] })

/** An event as it is handled where `too-old` is removed. */
export function eventWithout(event: Event, removed: Guards, now: number): Event {
  return event.kind === 'tweet' && removed.has('too-old')
    ? { ...event, tweet: { ...event.tweet, createdAt: now } }
    : event
}

/** The inbox that acknowledges what it may have lost. */
export function inboxWithout(inbox: Inbox, removed: Guards): Inbox {
  if (!removed.has('accept')) return inbox
  return { put: (events) => inbox.put(events).catch(() => {}) }
}

/** Sessions that can be taken again, or by anybody. */
export function sessionsWithout(sessions: SessionStore, removed: Guards, known: Map<string, Session>): SessionStore {
  if (!removed.has('take') && !removed.has('browser')) return sessions
  return {
    async put(session) {
      known.set(session.requestToken, session)
      await sessions.put(session)
    },
    async take(requestToken, browserHash, now) {
      const session = known.get(requestToken)
      const taken = await sessions.take(
        requestToken,
        removed.has('browser') ? (session?.browserHash ?? browserHash) : browserHash,
        now,
      )
      return removed.has('take') && taken.kind === 'used' && session ? { kind: 'taken', session } : taken
    },
    removeAll: () => sessions.removeAll(),
  }
}

const granted = async () => ({ kind: 'granted' }) as const

function forgetful(ledger: BotPorts['ledger'], { owners }: SharedRows): BotPorts['ledger'] {
  const name = ({ botId, about }: ReplyKey) => `${botId} ${about}`
  return {
    ...methodsOf(ledger),
    async begin(key, claim) {
      const begun = await ledger.begin(key, claim)
      if (begun.kind === 'won') owners.set(name(key), claim.owner)
      return begun
    },
    async settle(key, outcome, now) {
      if (key.about.startsWith('conversation:')) return ledger.settle(key, outcome, now)
      await ledger.release(key, owners.get(name(key)) ?? '')
      return outcome
    },
  }
}

function generous(ledger: BotPorts['ledger']): BotPorts['ledger'] {
  return {
    ...methodsOf(ledger),
    async begin(key, claim) {
      const begun = await ledger.begin(key, claim)
      return begun.kind === 'busy' ? { kind: 'won' } : begun
    },
  }
}

function perLabel(ledger: BotPorts['ledger'], label: string): BotPorts['ledger'] {
  const own = ({ botId, about }: ReplyKey) => ({ botId, about: `${about} ${label}` })
  return {
    find: (key) => ledger.find(own(key)),
    begin: (key, claim) => ledger.begin(own(key), claim),
    settle: (key, outcome, now) => ledger.settle(own(key), outcome, now),
    release: (key, owner) => ledger.release(own(key), owner),
    removeAll: () => ledger.removeAll(),
  }
}

function everFresh(social: BotPorts['social'], now: () => number): BotPorts['social'] {
  const fresh = (tweet: Tweet): Tweet => ({ ...tweet, createdAt: now() })
  return {
    ...methodsOf(social),
    async tweet(id) {
      const lookup = await social.tweet(id)
      return lookup.kind === 'found' ? { kind: 'found', tweet: fresh(lookup.tweet) } : lookup
    },
  }
}

function deafToResets(social: BotPorts['social']): BotPorts['social'] {
  const deaf = <Result extends { readonly kind: string }>(result: Result): Result => {
    if (result.kind !== 'later') return result
    const { until: _, ...heard } = result as Result & { readonly until?: number }
    return heard as unknown as Result
  }
  return {
    ...methodsOf(social),
    reply: async (id, text) => deaf(await social.reply(id, text)),
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

function uncapped(budget: BotPorts['budget']): BotPorts['budget'] {
  const others = (charges: readonly Charge[]) => charges.filter(({ window }) => !window.startsWith('conversation:'))
  return {
    ...methodsOf(budget),
    allows: (charges, now) => budget.allows(others(charges), now),
    spend: (charges, now) => budget.spend(others(charges), now),
    refund: (charges, now) => budget.refund(others(charges), now),
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
