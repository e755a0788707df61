import { BOT, fixture, NOW, photoBot, tweet } from '@hexbird/testkit/bot-fixture'
import { describe, expect, test } from '@jest/globals'
import { jobKey, photosPrefix } from '../../src/adapter/index.js'
import { idOfTime } from '../../src/domain/tweet.js'
import { forget, purge } from '../../src/host/index.js'
import type { Event } from '../../src/index.js'
import { models } from './models.js'
import { begun, GRANTED, signInFixture } from './sign-in-fixture.js'

const signedIn = async (over?: Parameters<typeof signInFixture>[0]) => {
  const people = signInFixture(over)
  await people.bot.completeAuth(await begun(people))
  people.log.length = 0
  return { ...people, login: { uid: GRANTED.uid, signedInAt: NOW } }
}

describe('a login', () => {
  test('tells who is signed in', async () => {
    const { bot, login } = await signedIn()
    expect(await bot.accountOf(login)).toEqual({ id: GRANTED.uid, username: 'ada' })
  })

  test('is none after a later sign-in, nor for another person', async () => {
    const { bot, login } = await signedIn()
    expect(await bot.accountOf({ ...login, signedInAt: NOW - 1 })).toBeUndefined()
    expect(await bot.accountOf({ ...login, uid: '1' })).toBeUndefined()
  })
})

describe('who disconnects', () => {
  test('is gone, and the tokens were made invalid at X before', async () => {
    const { bot, login, log, accounts } = await signedIn()
    expect(await bot.disconnect(login)).toEqual({ kind: 'disconnected', atX: { kind: 'done' } })
    expect(log).toEqual(['invalidate access-token', `accounts.remove ${GRANTED.uid} ${NOW}`])
    expect(accounts.size).toBe(0)
    expect(await bot.accountOf(login)).toBeUndefined()
  })

  test('is gone here although X cannot be asked, and hears of it', async () => {
    const error = new Error('no network')
    const { bot, login, accounts } = await signedIn({ userActions: { invalidate: async () => Promise.reject(error) } })
    expect(await bot.disconnect(login)).toEqual({ kind: 'disconnected', atX: { kind: 'broken', error } })
    expect(accounts.size).toBe(0)
  })

  test('takes a sign-in with the same tokens along that came in between: they are worth nothing now', async () => {
    const people = await signedIn()
    const { accounts, ports } = people
    const racing = signInFixture({
      accounts: {
        ...ports.accounts,
        // Removes what is not newer, as the port promises.
        remove: async (uid, signedInUntil = Number.POSITIVE_INFINITY) => {
          const there = accounts.get(uid)
          if (there && there.signedInAt <= signedInUntil) accounts.delete(uid)
        },
      },
      userActions: {
        invalidate: async () => {
          const account = accounts.get(GRANTED.uid)
          if (account) accounts.set(GRANTED.uid, { ...account, signedInAt: NOW + 1 })
          return { kind: 'done' }
        },
      },
    })
    expect(await racing.bot.disconnect(people.login)).toEqual({ kind: 'disconnected', atX: { kind: 'done' } })
    expect(accounts.size).toBe(0)
  })

  test('with a login that is none any more: nothing is done', async () => {
    const { bot, login, log } = await signedIn()
    expect(await bot.disconnect({ ...login, signedInAt: 1 })).toEqual({ kind: 'not-signed-in' })
    expect(await bot.disconnect({ ...login, uid: '1' })).toEqual({ kind: 'not-signed-in' })
    expect(log).toEqual([])
  })
})

describe('who took the access back at X', () => {
  const revoked = async (at?: number) => {
    const removed: unknown[] = []
    const { ports } = fixture()
    const accounts = {
      put: async () => {},
      find: async () => undefined,
      remove: async (...how: unknown[]) => void removed.push(how),
      removeAll: async () => {},
    }
    const event: Event = { kind: 'revoked', userId: '100', appId: '5', ...(at !== undefined && { at }) }
    const outcome = await photoBot({ ...ports, accounts }, { bot: BOT }).handleEvent(event)
    return { outcome, removed }
  }

  test('is gone here too', async () => {
    expect(await revoked()).toEqual({ outcome: { kind: 'revoked', userId: '100' }, removed: [['100', undefined]] })
  })

  test('unless they signed in since: only what was there then is removed, to the second that X says', async () => {
    expect((await revoked(NOW)).removed).toEqual([['100', NOW + 999]])
  })

  test('is passed over where nobody signs in', async () => {
    const event: Event = { kind: 'revoked', userId: '100', appId: '5' }
    expect(await photoBot(fixture().ports, { bot: BOT }).handleEvent(event)).toEqual({
      kind: 'passed-over',
      name: 'revoked',
    })
  })
})

describe('a message to the bot', () => {
  const send = async (over: Partial<Extract<Event, { kind: 'message' }>>) => {
    const optedOut: string[] = []
    const { ports } = fixture({ optOuts: { add: async (id) => void optedOut.push(id) } })
    const event: Event = { kind: 'message', id: '1', botId: BOT.id, senderId: '100', text: 'stop', ...over }
    return { outcome: await photoBot(ports, { bot: BOT }).handleEvent(event), optedOut }
  }

  test.each(['stop', 'STOP', ' Stop. ', 'stop!!'])('that says %j is honoured from then on', async (text) => {
    expect(await send({ text })).toEqual({ outcome: { kind: 'opted-out', userId: '100' }, optedOut: ['100'] })
  })

  test.each([
    ['that says more', { text: 'stop that dog' }],
    ['that says something else', { text: 'hello' }],
    ['that cannot be read', { text: undefined }],
    ['to another account', { botId: '901' }],
    ['from the bot itself', { senderId: BOT.id }],
  ])('%s is passed over', async (_name, over) => {
    expect(await send(over as never)).toEqual({ outcome: { kind: 'passed-over', name: 'message' }, optedOut: [] })
  })
})

describe('forgetting and purging', () => {
  test('who is forgotten has no account, no photo and no job; others keep theirs', async () => {
    const { ports, login, accounts, log } = await signedIn()
    const { ports: botPorts, blobs } = fixture()
    const [mine, others] = [tweet({ author: { id: login.uid } }), tweet({ author: { id: `${login.uid}0` } })]
    for (const each of [mine, others]) {
      for (const key of [jobKey(each), `${photosPrefix(each)}0`]) blobs.set(key, { bytes: Uint8Array.of(1), type: 'x' })
    }
    const forgotten: unknown[] = []
    const ledger = { ...botPorts.ledger, forgetAuthor: async (...who: unknown[]) => void forgotten.push(who) }
    expect(await forget({ ...ports, blobs: botPorts.blobs, ledger }, login.uid)).toEqual({ atX: { kind: 'done' } })
    expect(log).toContain('invalidate access-token')
    expect([...blobs.keys()]).toEqual([jobKey(others), `${photosPrefix(others)}0`])
    expect(accounts.size).toBe(0)
    expect(forgotten).toEqual([[login.uid, NOW]])
  })

  test('who never signed in is forgotten as well', async () => {
    const { ports } = signInFixture()
    const { blobs, ledger } = fixture().ports
    expect(await forget({ ...ports, blobs, ledger }, '100')).toEqual({ atX: { kind: 'no-account' } })
  })

  test('queues and the journal lose what is about the person, and after a purge they lose everything', async () => {
    const events: Event[] = [
      { kind: 'tweet', tweet: tweet({ author: { id: '100' } }) },
      { kind: 'tweet-deleted', tweetId: '1', authorId: '100', botId: BOT.id },
      { kind: 'message', id: '1', botId: BOT.id, senderId: '100' },
      { kind: 'revoked', userId: '100', appId: '5' },
      { kind: 'tweet', tweet: tweet({ author: { id: '101' } }) },
      { kind: 'unknown', name: 'new' },
    ]
    const left = { events, jobs: ['jobs/100/1.json', 'jobs/101/1.json', 'not a key'] }
    const queues = {
      events: {
        removeIf: async (meant: (event: Event) => boolean) => {
          left.events = left.events.filter((event) => !meant(event))
        },
      },
      jobs: {
        removeIf: async (meant: (key: string) => boolean) => {
          left.jobs = left.jobs.filter((key) => !meant(key))
        },
      },
    }
    const told: string[] = []
    const journal = {
      forgetAuthor: async (uid: string) => void told.push(uid),
      removeAll: async () => void told.push('everyone'),
    }
    const ports = { ...signInFixture().ports, ...fixture().ports, journal, queues }
    await forget(ports, '100')
    expect(left).toEqual({ events: events.slice(4), jobs: ['jobs/101/1.json', 'not a key'] })
    await purge(ports)
    expect(left).toEqual({ events: [], jobs: [] })
    expect(told).toEqual(['100', 'everyone'])
  })

  test('after a purge no store has anything', async () => {
    const { ports, accounts } = await signedIn()
    const emptied: string[] = []
    const emptying = (name: string) => ({ removeAll: async () => void emptied.push(name) })
    const { ports: botPorts, blobs } = fixture({
      ledger: emptying('ledger'),
      budget: emptying('budget'),
      optOuts: emptying('optOuts'),
    })
    blobs.set(jobKey(tweet()), { bytes: Uint8Array.of(1), type: 'x' })
    blobs.set(`${photosPrefix(tweet())}0`, { bytes: Uint8Array.of(1), type: 'x' })
    await purge({ ...ports, ...botPorts, sessions: { ...ports.sessions, ...emptying('sessions') } })
    expect([accounts.size, blobs.size]).toEqual([0, 0])
    expect(emptied.sort()).toEqual(['budget', 'ledger', 'optOuts', 'sessions'])
  })

  test('after a purge a mention that comes again gets no second reply, and a new one gets its first', async () => {
    const { ports, x } = models()
    const at = (time: number) => tweet({ id: idOfTime(time), firstId: idOfTime(time), createdAt: time })
    const bot = photoBot(ports, { bot: BOT })
    const before = at(NOW - 1_000)
    expect(await bot.handleTweet(before)).toMatchObject({ kind: 'replied' })
    await purge({ ...signInFixture().ports, ...ports })
    expect(await bot.handleTweet(before)).toEqual({ kind: 'ignored', reason: 'gap' })
    expect(await bot.handleTweet(at(NOW))).toMatchObject({ kind: 'replied' })
    expect(x.replies).toHaveLength(2)
  })
})
