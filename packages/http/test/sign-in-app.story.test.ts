import type { Account, Session } from '@hexbird/core/adapter'
import type { SignInPorts } from '@hexbird/core/host'
import { createSignIn } from '@hexbird/core/host'
import { expect, test } from '@jest/globals'
import { FROM_X, locationOf, NOW, ORIGIN, OUR_FORM, PATHS, signInApp, titleOf } from './sign-in-fixture.js'

/** The ports of somebody for whom X does what it should. */
function ports() {
  const sessions = new Map<string, Session>()
  const used = new Set<string>()
  const accounts = new Map<string, Account>()
  const did: string[] = []
  const clock = { now: NOW }
  let ids = 0
  const all: SignInPorts = {
    sessions: {
      async put(session) {
        sessions.set(session.requestToken, session)
      },
      async consume(token, flowSecretHash, now) {
        const session = sessions.get(token)
        if (used.has(token)) return { kind: 'used' }
        if (!session) return { kind: 'unknown' }
        if (session.expiresAt <= now) return { kind: 'expired' }
        if (session.flowSecretHash !== flowSecretHash) return { kind: 'wrong-browser' }
        used.add(token)
        return { kind: 'consumed', session }
      },
      removeAll: async () => sessions.clear(),
    },
    accounts: {
      async put(account) {
        accounts.set(account.uid, account)
      },
      find: async (uid) => accounts.get(uid),
      async remove(uid) {
        accounts.delete(uid)
      },
      removeAll: async () => accounts.clear(),
    },
    signIn: {
      requestToken: async () => ({ token: `request-token-${++ids}`, secret: 'secret', callbackConfirmed: true }),
      page: async (token, { prompt }) =>
        `https://api.x.com/oauth/${prompt ? 'authorize' : 'authenticate'}?oauth_token=${token}`,
      accessToken: async ({ verifier }) =>
        verifier === 'right'
          ? { kind: 'granted', uid: '1790000000000000001', username: 'ada', accessToken: 'a', accessSecret: 's' }
          : { kind: 'refused', detail: 'no' },
    },
    userActions: {
      async follow(_as, target) {
        did.push(`follow ${target}`)
        return { kind: 'done' }
      },
      async message() {
        did.push('message')
        return { kind: 'done' }
      },
      async invalidate() {
        did.push('invalidate')
        return { kind: 'done' }
      },
    },
    budget: {
      reserve: async () => ({ kind: 'granted' }),
      settle: async () => {},
      removeAll: async () => {},
    },
    now: () => clock.now,
    newId: () => `00000000-0000-4000-8000-00000000000${++ids}`,
  }
  return { ports: all, accounts, did, clock }
}

function fixture() {
  const outside = ports()
  const bot = createSignIn(outside.ports, {
    callback: ORIGIN + PATHS.callback,
    account: { id: '900', username: 'hexbird' },
    follow: 'api',
    message: 'off',
    returnTo: ['https://bot.example/welcome'],
  })
  return { ...signInApp(bot, { now: () => outside.clock.now }), ...outside }
}

const tokenOf = (response: Response) => new URL(locationOf(response) ?? '').searchParams.get('oauth_token')

test('somebody comes by a link, chooses to follow, signs in, goes on, comes back, and disconnects', async () => {
  const { browser, accounts, did } = fixture()
  const person = browser()
  const link = `${PATHS.page}?from=news&return_to=https://bot.example/welcome`
  const start = await person.submit(
    PATHS.start,
    { follow: 'true', from: 'news', return_to: 'https://bot.example/welcome' },
    OUR_FORM,
    link,
  )
  expect(locationOf(start)).toMatch(/^https:\/\/api\.x\.com\/oauth\/authorize\?/)

  const callback = `${PATHS.callback}?oauth_token=${tokenOf(start)}&oauth_verifier=right`
  expect(locationOf(await person.get(callback, FROM_X))).toBe(PATHS.result)
  expect(did).toEqual(['follow 900'])
  expect(accounts.get('1790000000000000001')?.tracked).toEqual({ from: 'news' })

  const result = await (await person.get(PATHS.result)).text()
  expect(result).toContain('Your account now follows @hexbird.')
  expect(result).toContain('<a href="https://bot.example/welcome">Continue</a>')
  expect(await (await person.get(PATHS.page)).text()).toContain('@ada')
  expect(locationOf(await person.get(callback, FROM_X))).toBe(PATHS.result)

  expect(await titleOf(await person.submit(PATHS.disconnect))).toBe('You are disconnected')
  expect(accounts.size).toBe(0)
  expect(did).toEqual(['follow 900', 'invalidate'])
  expect(await titleOf(await person.get(PATHS.page))).toBe('Sign in to Bird Watch')
})

test('somebody takes too long, or sends the address on: neither signs anybody in', async () => {
  const { browser, accounts, clock } = fixture()
  const [person, other] = [browser(), browser()]
  const callback = `${PATHS.callback}?oauth_token=${tokenOf(await person.submit(PATHS.start))}&oauth_verifier=right`
  expect(locationOf(await other.get(callback, FROM_X))).toBe(`${PATHS.result}?reason=wrong-browser`)
  clock.now += 60 * 60_000
  expect(locationOf(await person.get(callback, FROM_X))).toBe(`${PATHS.result}?reason=expired`)
  expect(accounts.size).toBe(0)
})

test('two tabs sign in, one after the other', async () => {
  const { browser } = fixture()
  const person = browser()
  const tokens = [tokenOf(await person.submit(PATHS.start)), tokenOf(await person.submit(PATHS.start))]
  for (const token of tokens) {
    const response = await person.get(`${PATHS.callback}?oauth_token=${token}&oauth_verifier=right`, FROM_X)
    expect(locationOf(response)).toBe(PATHS.result)
  }
})
