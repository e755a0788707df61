import type { Bot, BotOptions, BotPorts, Label, LabelResult, ReplyRules, Tweet } from '@hexbird/core'
import { animalRules, createBot, photoReplies } from '@hexbird/core'
import type { ChargeKind, KillSwitchState, PostResult, Reservation } from '@hexbird/core/adapter'
import { jpegHead } from '@hexbird/core/testing'

export const BOT = { id: '900', username: 'hexbird' }
export const NOW = Date.parse('2026-11-22T12:00:00Z')

/** A tweet that asks the bot, a minute old, without a photo. */
export function tweet(over: Partial<Tweet> = {}): Tweet {
  return {
    id: '5001',
    firstId: '5001',
    botId: BOT.id,
    text: '@hexbird what is this?',
    createdAt: NOW - 60_000,
    author: { id: '100', username: 'alice' },
    photos: [],
    media: 'absent',
    mentions: [{ id: BOT.id, username: BOT.username, explicit: true }],
    conversationId: '5001',
    isRetweet: false,
    ...over,
  }
}

export const photo = (name: string) => ({ url: `https://pbs.twimg.com/media/${name}.jpg` })
/** A tweet that is answered, with everything that a tweet may have. */
export const FULL = tweet({
  photos: [photo('a'), { ...photo('b'), altText: 'a dog' }],
  media: 'present',
  lang: 'en',
  quotedId: '6',
  quotedAuthorId: '7',
  inReplyToId: '8',
  inReplyToUserId: '9',
  replySettings: 'everyone',
})

export const label = (name: string, ...parents: string[]): Label => ({ name, confidence: 99, parents })
export const labelled = (...labels: Label[]): LabelResult => ({ kind: 'labels', labels })
export const posted: PostResult = { kind: 'posted', id: '7001' }

/** Nothing speaks against asking X. */
const ALL_CLEAR: KillSwitchState = { waits: {}, strikes: [] }
/** Posting is stopped. */
export const stoppedFor = (reason: string): KillSwitchState => ({ ...ALL_CLEAR, stopped: { reason, since: NOW } })
/** A window without room until then. */
export function noRoom(kind: ChargeKind, window: string, until = NOW): Reservation {
  return { kind: 'refused', charge: { kind, window, amount: 1, limit: 0, endsAt: until }, until }
}

/** A time, and up to so many milliseconds after it: a wait has some jitter. */
export const within = (time: number, spread: number): unknown => ({
  asymmetricMatch: (value: unknown) => typeof value === 'number' && value >= time && value <= time + spread,
  toString: () => `from ${time} to ${time + spread}`,
})

type Overrides = { [Port in keyof BotPorts]?: Partial<NonNullable<BotPorts[Port]>> }

/**
 * A fixture in which everything goes well, and what was done to it. A test replaces the one method that it is about;
 * `log` has every call that reached X, the store or the ledger, in order.
 */
export function fixture(over: Overrides = {}) {
  const log: string[] = []
  const blobs = new Map<string, { bytes: Uint8Array; type: string }>()
  const note = (entry: string) => {
    log.push(entry)
  }
  const ports: BotPorts = {
    social: {
      reply: async () => posted,
      uploadImage: async () => ({ kind: 'uploaded', mediaId: '9000', expiresAt: NOW + 86_400_000 }),
      tweet: async (id) => ({ kind: 'found', tweet: tweet({ id, firstId: id }) }),
      findOwnReply: async () => ({ kind: 'absent' }),
      me: async () => BOT,
      ...over.social,
    },
    media: {
      fetch: async () => ({ kind: 'fetched', bytes: jpegHead(), type: 'image/jpeg' }),
      ...over.media,
    },
    blobs: {
      put: async (key, bytes, type) => {
        blobs.set(key, { bytes, type })
      },
      get: async (key) => blobs.get(key),
      remove: async (key) => {
        blobs.delete(key)
      },
      removeAll: async (prefix) => {
        for (const key of [...blobs.keys()]) if (key.startsWith(prefix)) blobs.delete(key)
      },
      ...over.blobs,
    },
    labeler: { label: async () => labelled(label('Dog', 'Animal')), ...over.labeler },
    ledger: {
      find: async () => undefined,
      claim: async () => ({ kind: 'acquired' }),
      settle: async (_key, outcome) => outcome,
      release: async () => {},
      forgetAuthor: async () => {},
      removeAll: async () => {},
      ...over.ledger,
    },
    budget: {
      reserve: async () => ({ kind: 'granted' }),
      settle: async () => {},
      removeAll: async () => {},
      ...over.budget,
    },
    killSwitch: {
      state: async () => ALL_CLEAR,
      trip: async () => {},
      wait: async () => {},
      strike: async (id) => [id],
      forgive: async () => {},
      reset: async () => {},
      answerFrom: async () => {},
      claimStore: async (botId) => botId,
      ...over.killSwitch,
    },
    optOuts: {
      has: async () => false,
      add: async () => {},
      remove: async () => {},
      removeAll: async () => {},
      ...over.optOuts,
    },
    now: () => NOW,
    newId: () => 'owner-1',
  }
  return { ports: spied(ports, note), log, blobs }
}

/** Notes the calls that change something or cost money, with their first argument where it is text. */
function spied<Given extends BotPorts>(ports: Given, note: (entry: string) => void): Given {
  const watch = <P extends object>(name: string, port: P, methods: readonly (keyof P & string)[]): P => {
    const watched: P = { ...port }
    for (const method of methods) {
      const original = port[method] as (...args: unknown[]) => unknown
      watched[method] = ((...args: unknown[]) => {
        note([`${name}.${method}`, ...args.filter((arg) => typeof arg === 'string')].join(' '))
        return original(...args)
      }) as P[typeof method]
    }
    return watched
  }
  return {
    ...ports,
    social: watch('social', ports.social, ['reply', 'tweet', 'findOwnReply']),
    media: watch('media', ports.media, ['fetch']),
    blobs: watch('blobs', ports.blobs, ['put', 'remove', 'removeAll']),
    ...(ports.labeler && { labeler: watch('labeler', ports.labeler, ['label']) }),
    ledger: watch('ledger', ports.ledger, ['claim', 'settle', 'release']),
    budget: watch('budget', ports.budget, ['reserve', 'settle']),
    killSwitch: watch('killSwitch', ports.killSwitch, ['trip', 'wait', 'strike', 'forgive']),
  }
}

/** The bot that answers photos. */
export const photoBot = (
  ports: BotPorts,
  { rules = animalRules, ...options }: BotOptions & { readonly rules?: ReplyRules },
): Bot => createBot(photoReplies(rules), ports, options)

/** Lets nobody through before so many have come. */
export function meeting(size: number): () => Promise<void> {
  let come = 0
  let open: () => void = () => {}
  const all = new Promise<void>((resolve) => {
    open = resolve
  })
  return () => {
    come += 1
    if (come === size) open()
    return all
  }
}
