import { BOT, NOW, noRoom } from '@hexbird/testkit/bot-fixture'
import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { UserActionResult } from '../../src/adapter/index.js'
import type { Completed } from '../../src/host/index.js'
import { defaultLimits, selfServe2026 } from '../../src/index.js'
import { textArbitrary } from '../../src/testing/index.js'
import { begun, GRANTED, signInFixture } from './sign-in-fixture.js'

const API = { follow: 'api', message: 'api', messageText: 'Welcome.' } as const
const FOLLOW_LINK = `https://x.com/intent/follow?user_id=${BOT.id}`
const MESSAGE_LINK = `https://x.com/messages/compose?recipient_id=${BOT.id}`

const complete = async (
  request: { follow?: boolean; message?: boolean },
  over: Parameters<typeof signInFixture>[0] = { options: API },
) => {
  const fixture = signInFixture(over)
  const callback = await begun(fixture, request)
  fixture.charged.length = 0
  const completed = await fixture.bot.completeAuth(callback)
  const actions = fixture.log.filter((entry) => /^(follow|message)/.test(entry))
  return { ...fixture, completed, actions }
}

describe('the person comes back', () => {
  test('and has an account, under their id, with their tokens and what was tracked', async () => {
    const fixture = signInFixture()
    const callback = await begun(fixture, { tracked: { campaign: 'spring' } })
    expect(await fixture.bot.completeAuth(callback)).toStrictEqual({
      kind: 'signed-in',
      uid: GRANTED.uid,
      username: 'ada',
      signedInAt: NOW,
      follow: { kind: 'not-chosen' },
      message: { kind: 'not-chosen' },
      tracked: { campaign: 'spring' },
    })
    expect(fixture.log).toEqual([
      'sessions.consume request-token',
      'accessToken request-token request-secret verifier',
      'accounts.put',
    ])
    expect(fixture.accounts.get(GRANTED.uid)).toEqual({
      uid: GRANTED.uid,
      username: 'ada',
      accessToken: 'access-token',
      accessSecret: 'access-secret',
      signedInAt: NOW,
      tracked: { campaign: 'spring' },
    })
  })

  test('and goes on to where they wanted', async () => {
    const fixture = signInFixture({ options: { returnTo: ['https://shop.example/'] } })
    const callback = await begun(fixture, { returnTo: 'https://shop.example/' })
    expect(await fixture.bot.completeAuth(callback)).toMatchObject({ returnTo: 'https://shop.example/' })
  })

  test('what is told carries neither tokens nor secrets', async () => {
    const fixture = signInFixture({ options: API })
    const completed = await fixture.bot.completeAuth(await begun(fixture, { follow: true, message: true }))
    expect(JSON.stringify(completed)).not.toMatch(/access-token|access-secret|request-secret|verifier|browser-/)
  })
})

describe('what was chosen is done', () => {
  test('by API: they follow the account, and have a message from themselves', async () => {
    const { completed, actions } = await complete({ follow: true, message: true })
    expect(completed).toMatchObject({ kind: 'signed-in', follow: { kind: 'done' }, message: { kind: 'done' } })
    expect(actions).toEqual([`follow ${GRANTED.uid} ${BOT.id}`, `message ${GRANTED.uid} ${GRANTED.uid} Welcome.`])
  })

  test.each([
    [{ follow: true }, [`follow ${GRANTED.uid} ${BOT.id}`]],
    [{ message: true }, [`message ${GRANTED.uid} ${GRANTED.uid} Welcome.`]],
    [{}, []],
  ])('and nothing else: %j', async (request, expected) => {
    expect((await complete(request)).actions).toEqual(expected)
  })

  test("by default as a link to X's own page, which costs and risks nothing", async () => {
    const { completed, actions, charged } = await complete({ follow: true, message: true }, {})
    expect(completed).toMatchObject({
      follow: { kind: 'link', url: FOLLOW_LINK },
      message: { kind: 'link', url: MESSAGE_LINK },
    })
    expect([actions, charged]).toEqual([[], []])
  })

  test('not at all where it is switched off', async () => {
    const { completed, actions } = await complete(
      { follow: true, message: true },
      { options: { follow: 'off', message: 'off' } },
    )
    expect(completed).toMatchObject({ follow: { kind: 'off' }, message: { kind: 'off' } })
    expect(actions).toEqual([])
  })

  test('a protected account has to agree', async () => {
    const { completed } = await complete(
      { follow: true },
      { options: API, userActions: { follow: async () => ({ kind: 'pending' }) } },
    )
    expect(completed).toMatchObject({ follow: { kind: 'pending' } })
  })

  const FAILURES: [string, () => Promise<UserActionResult>, string][] = [
    ['is refused', async () => ({ kind: 'refused', detail: 'You are not permitted.' }), 'You are not permitted.'],
    ['has to wait', async () => ({ kind: 'deferred', detail: 'Too many.' }), 'Too many.'],
    ['breaks', async () => Promise.reject(new Error('no network')), 'It could not be tried.'],
  ]
  test.each(FAILURES)('a follow that %s fails neither the sign-in nor the message', async (_name, follow, detail) => {
    const { completed, actions, accounts } = await complete(
      { follow: true, message: true },
      { options: API, userActions: { follow } },
    )
    expect(completed).toMatchObject({
      kind: 'signed-in',
      follow: { kind: 'not-done', url: FOLLOW_LINK, detail },
      message: { kind: 'done' },
    })
    const broke = detail === 'It could not be tried.'
    expect(Object.keys((completed as { follow: object }).follow).includes('error')).toBe(broke)
    expect(actions).toHaveLength(1)
    expect(accounts.size).toBe(1)
  })

  test('what broke is told to the operator', async () => {
    const error = new Error('no network')
    const { completed } = await complete(
      { message: true },
      { options: API, userActions: { message: async () => Promise.reject(error) } },
    )
    expect(completed).toMatchObject({ message: { kind: 'not-done', url: MESSAGE_LINK, error } })
  })

  test('each call is paid for first, and the money is back where X certainly did nothing', async () => {
    const done = await complete({ follow: true, message: true })
    const { perDay, perAuthorPerDay } = defaultLimits
    const { follow, message } = selfServe2026.prices
    expect(done.charged.map(({ window, amount, limit }) => [window.split(':')[0], amount, limit])).toEqual([
      ['author', follow, perAuthorPerDay],
      ['day', follow, perDay],
      ['author', message, perAuthorPerDay],
      ['day', message, perDay],
    ])
    const refused = await complete(
      { follow: true },
      { options: API, userActions: { follow: async () => ({ kind: 'refused', detail: '' }) } },
    )
    expect(refused.charged.map(({ amount }) => amount)).toEqual([0, 0])
  })

  test('without budget nothing is asked of X, and the link is there', async () => {
    const fixture = signInFixture({ options: API })
    const callback = await begun(fixture, { follow: true })
    const poor = signInFixture({
      options: API,
      sessions: fixture.ports.sessions,
      budget: { reserve: async () => noRoom('day', 'day:1') },
    })
    expect(await poor.bot.completeAuth(callback)).toMatchObject({
      follow: { kind: 'not-done', url: FOLLOW_LINK, detail: expect.stringContaining('budget') },
    })
    expect(poor.log.filter((entry) => entry.startsWith('follow'))).toEqual([])
  })

  test('a person who took the access back at once has no account and is not signed in', async () => {
    const { completed, accounts, log, actions } = await complete(
      { follow: true, message: true },
      { options: API, userActions: { follow: async () => ({ kind: 'revoked', detail: 'code 89' }) } },
    )
    expect(completed).toStrictEqual({ kind: 'refused', reason: 'revoked' })
    expect(accounts.size).toBe(0)
    expect(log).toContain(`accounts.remove ${GRANTED.uid} ${NOW}`)
    expect(actions).toHaveLength(1)
  })
})

describe('what breaks beside an action does not undo the sign-in', () => {
  const broken = () => Promise.reject(new Error('the store is down'))
  test.each<[string, Parameters<typeof signInFixture>[0]]>([
    ['the budget, before', { budget: { reserve: broken } }],
    [
      'the budget, after',
      { budget: { settle: broken }, userActions: { follow: async () => ({ kind: 'refused', detail: '' }) } },
    ],
  ])('%s', async (_name, over) => {
    const fixture = signInFixture({ ...over, options: API })
    const callback = await begun(signInFixture({ options: API, sessions: fixture.ports.sessions }), { follow: true })
    expect(await fixture.bot.completeAuth(callback)).toMatchObject({
      kind: 'signed-in',
      follow: { kind: 'not-done', url: FOLLOW_LINK, error: new Error('the store is down') },
    })
    expect(fixture.accounts.size).toBe(1)
  })
})

describe('what was agreed to', () => {
  test('is what was offered: a link that has become an action meanwhile does not act', async () => {
    const before = signInFixture({ options: { follow: 'link' } })
    const callback = await begun(before, { follow: true })
    const after = signInFixture({ options: { follow: 'api' }, sessions: before.ports.sessions })
    expect(await after.bot.completeAuth(callback)).toEqual({ kind: 'refused', reason: 'wrong-browser' })
    expect([after.accounts.size, after.log.filter((entry) => entry.startsWith('follow'))]).toEqual([0, []])
  })

  test('a setting that was left empty is the default, and takes no limit away', async () => {
    const options = { follow: undefined, message: undefined, startsPerHour: undefined, limits: { perDay: undefined } }
    const fixture = signInFixture({ options: options as never })
    expect(fixture.bot.offers).toMatchObject({ follow: 'link', message: 'link' })
    const callback = await begun(fixture, { follow: true })
    expect(fixture.charged).toMatchObject([{ limit: 20 }])
    expect(await fixture.bot.completeAuth(callback)).toMatchObject({ follow: { kind: 'link' } })
  })

  test('an offer that there is not is refused when the bot is made', () => {
    for (const options of [{ follow: 'yes' as never }, { message: 'yes' as never }]) {
      expect(() => signInFixture({ options })).toThrow(
        expect.objectContaining({
          name: 'SignInError',
          code: 'OPTIONS_INVALID',
          message: expect.stringContaining('api, link, off'),
        }),
      )
    }
  })

  test('a message says at which bot they signed in, unless the bot has words of its own', async () => {
    const { actions } = await complete({ message: true }, { options: { message: 'api' } })
    expect(actions).toEqual([`message ${GRANTED.uid} ${GRANTED.uid} You signed in at @${BOT.username}.`])
  })

  test('who takes the access back while X answers has taken back this sign-in', async () => {
    const fixture = signInFixture({
      signIn: {
        accessToken: async () => {
          fixture.clock.now += 5_000
          return GRANTED
        },
      },
    })
    expect(await fixture.bot.completeAuth(await begun(fixture))).toMatchObject({ signedInAt: NOW })
    expect(fixture.accounts.get(GRANTED.uid)).toMatchObject({ signedInAt: NOW })
  })
})

describe('a callback that leads nowhere', () => {
  const reasonOf = (completed: Completed) => (completed.kind === 'refused' ? completed.reason : completed.kind)

  test('without token or verifier, or with two of them: nothing is asked', async () => {
    const fixture = signInFixture()
    const { requestToken, verifier, flowSecret } = await begun(fixture)
    for (const callback of [{}, { requestToken }, { verifier }, { requestToken: undefined, verifier, flowSecret }]) {
      expect(reasonOf(await fixture.bot.completeAuth(callback))).toBe('missing')
    }
    expect(fixture.log).toEqual([])
  })

  test.each(['unknown', 'expired', 'wrong-browser', 'used'] as const)('%s: X is not asked', async (kind) => {
    const fixture = signInFixture({ sessions: { consume: async () => ({ kind }) } })
    expect(reasonOf(await fixture.bot.completeAuth({ requestToken: 't', verifier: 'v', flowSecret: 'b' }))).toBe(kind)
    expect([fixture.log, fixture.accounts.size]).toEqual([[], 0])
  })

  test('where X grants nothing', async () => {
    const fixture = signInFixture({
      signIn: { accessToken: async () => ({ kind: 'refused', detail: 'bad verifier' }) },
    })
    expect(await fixture.bot.completeAuth(await begun(fixture))).toEqual({
      kind: 'refused',
      reason: 'not-granted',
      detail: 'bad verifier',
    })
    expect(fixture.accounts.size).toBe(0)
  })

  test('where X cannot be asked: the error is for the operator, and the session is gone', async () => {
    const fixture = signInFixture({ signIn: { accessToken: async () => Promise.reject(new Error('no network')) } })
    const callback = await begun(fixture)
    await expect(fixture.bot.completeAuth(callback)).rejects.toThrow('no network')
    expect(reasonOf(await fixture.bot.completeAuth(callback))).toBe('unknown')
  })

  test('with another browser: the session stays for the one that began', async () => {
    const fixture = signInFixture()
    const callback = await begun(fixture)
    for (const flowSecret of [undefined, '', 'browser-2', `${callback.flowSecret} `]) {
      expect(reasonOf(await fixture.bot.completeAuth({ ...callback, flowSecret }))).toBe('wrong-browser')
    }
    expect(reasonOf(await fixture.bot.completeAuth(callback))).toBe('signed-in')
  })

  test('whatever the token and the verifier are made of: a typed outcome, and no store is asked for nonsense', async () => {
    await fc.assert(
      fc.asyncProperty(textArbitrary(), textArbitrary(), fc.string(), async (requestToken, verifier, flowSecret) => {
        const fixture = signInFixture()
        const completed = await fixture.bot.completeAuth({ requestToken, verifier, flowSecret })
        expect(reasonOf(completed)).toBe('unknown')
        if (fixture.log.length > 0) expect(requestToken).toMatch(/^[\x21-\x7e]{1,256}$/)
      }),
      { numRuns: runs() },
    )
    const fixture = signInFixture()
    expect(reasonOf(await fixture.bot.completeAuth({ requestToken: 't'.repeat(257), verifier: 'v' }))).toBe('unknown')
    expect(fixture.log).toEqual([])
  })
})

describe('known faults of the originals', () => {
  test('`denied` was not handled: it ends the sign-in that was denied, in this browser alone', async () => {
    const fixture = signInFixture()
    const { requestToken, flowSecret } = await begun(fixture)
    expect(await fixture.bot.completeAuth({ denied: requestToken, flowSecret: 'another' })).toEqual({ kind: 'denied' })
    expect(fixture.sessions.size).toBe(1)
    expect(await fixture.bot.completeAuth({ denied: requestToken, flowSecret })).toEqual({ kind: 'denied' })
    expect([fixture.sessions.size, fixture.accounts.size]).toEqual([0, 0])
    fixture.log.length = 0
    expect(await fixture.bot.completeAuth({ denied: '' })).toEqual({ kind: 'denied' })
    expect(fixture.log).toEqual([])
  })

  test('a session was never consumed: a callback that is played again signs nobody in', async () => {
    const fixture = signInFixture()
    const callback = await begun(fixture)
    expect(await fixture.bot.completeAuth(callback)).toMatchObject({ kind: 'signed-in' })
    expect(await fixture.bot.completeAuth(callback)).toMatchObject({ kind: 'refused' })
    expect(fixture.log.filter((entry) => entry === 'accounts.put')).toHaveLength(1)
  })

  test('signing in again never updated the tokens: the newest are kept', async () => {
    const fixture = signInFixture()
    await fixture.bot.completeAuth(await begun(fixture))
    fixture.clock.now += 1_000
    const again = signInFixture({
      accounts: fixture.ports.accounts,
      signIn: { accessToken: async () => ({ ...GRANTED, accessToken: 'newer', accessSecret: 'newer too' }) },
    })
    await again.bot.completeAuth(await begun(again))
    expect(fixture.accounts.get(GRANTED.uid)).toMatchObject({ accessToken: 'newer', accessSecret: 'newer too' })
  })
})
