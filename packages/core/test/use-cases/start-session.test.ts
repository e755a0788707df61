import { NOW, noRoom } from '@hexbird/testkit/bot-fixture'
import { runs } from '@hexbird/testkit/runs'
import { webUrl } from '@hexbird/testkit/web'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { SignInError } from '../../src/adapter/index.js'
import type { SignInOptions } from '../../src/host/index.js'
import { TIMES } from '../../src/host/index.js'
import { CALLBACK, REQUEST, signInFixture } from './sign-in-fixture.js'

describe('a sign-in begins', () => {
  test('with a request token for the callback, kept with its secret, its choices and what was tracked', async () => {
    const { bot, sessions, log } = signInFixture({ options: { returnTo: ['https://shop.example/'] } })
    const tracked = { campaign: 'spring' }
    const started = await bot.startSession({ ...REQUEST, follow: true, tracked, returnTo: 'https://shop.example/' })
    expect(started).toMatchObject({ kind: 'started', requestToken: 'request-token', expiresAt: NOW + TIMES.session })
    expect(log).toEqual([`requestToken ${CALLBACK} read`, 'sessions.put'])
    expect(sessions.get('request-token')).toEqual({
      requestToken: 'request-token',
      requestSecret: 'request-secret',
      expiresAt: NOW + TIMES.session,
      flowSecretHash: expect.stringMatching(/^[\w-]{43}$/),
      follow: true,
      message: false,
      tracked,
      returnTo: 'https://shop.example/',
    })
  })

  test('without an address to return to, where none was asked for', async () => {
    const { bot, sessions } = signInFixture()
    await bot.startSession(REQUEST)
    expect(Object.keys(sessions.get('request-token') ?? {})).not.toContain('returnTo')
  })

  test('and what the browser keeps is not what is stored', async () => {
    const { bot, sessions } = signInFixture()
    const started = await bot.startSession(REQUEST)
    expect(started).toMatchObject({ flowSecret: 'browser-1' })
    expect(JSON.stringify([...sessions.values()])).not.toContain('browser-1')
  })

  test('twice in one browser: each has a value of its own', async () => {
    const { bot } = signInFixture()
    expect(await bot.startSession(REQUEST)).not.toEqual(await bot.startSession(REQUEST))
  })
})

describe("X's page", () => {
  const pageFor = async (request: Partial<typeof REQUEST> & { prompt?: boolean }, options?: Partial<SignInOptions>) => {
    const started = await signInFixture(options && { options }).bot.startSession({ ...REQUEST, ...request })
    return started.kind === 'started' ? started.page : started.kind
  }
  const [SILENT, ASKS] = ['https://x.example/authenticate?request-token', 'https://x.example/authorize?request-token']

  test('may be silent where nothing was chosen', async () => expect(await pageFor({})).toBe(SILENT))
  test('always asks where the person chose to follow', async () => expect(await pageFor({ follow: true })).toBe(ASKS))
  test('always asks where the person chose a message', async () => expect(await pageFor({ message: true })).toBe(ASKS))
  test('asks where it is told to', async () => expect(await pageFor({ prompt: true })).toBe(ASKS))
  test('is not asked for what the bot does not offer', async () =>
    expect(await pageFor({ follow: true, message: true }, { follow: 'off', message: 'off' })).toBe(SILENT))
})

describe('what is asked of X is no more than is needed', () => {
  const cases: [string, Partial<typeof REQUEST>, Partial<SignInOptions>, string][] = [
    ['no choice: reading', {}, { follow: 'api', message: 'api' }, 'read'],
    ['a follow by link: reading', { follow: true }, { follow: 'link' }, 'read'],
    ['a follow by API: writing', { follow: true }, { follow: 'api' }, 'write'],
    ['a message by API: the whole level of the app', { message: true }, { message: 'api' }, 'undefined'],
    ['a message by link: reading', { message: true }, { message: 'link' }, 'read'],
  ]
  test.each(cases)('%s', async (_name, request, options, accessType) => {
    const { bot, log } = signInFixture({ options })
    await bot.startSession({ ...REQUEST, ...request })
    expect(log[0]).toBe(`requestToken ${CALLBACK} ${accessType}`)
  })
})

describe('a sign-in does not begin', () => {
  test('where the address has started as many as it may: X is not asked', async () => {
    const { bot, log } = signInFixture({
      budget: { reserve: async () => noRoom('sign-in', 'sign-in:192.0.2.7:1', NOW + 5) },
    })
    expect(await bot.startSession(REQUEST)).toEqual({ kind: 'too-many', until: NOW + 5 })
    expect(log).toEqual([])
  })

  test('beyond the limit of starts, which is counted by address and hour', async () => {
    const { bot, charged } = signInFixture({ options: { startsPerHour: 3 } })
    await bot.startSession(REQUEST)
    await bot.startSession({ ...REQUEST, address: '192.0.2.8' })
    const hour = Math.floor(NOW / 3_600_000)
    expect(charged).toEqual([
      { kind: 'sign-in', window: `sign-in:192.0.2.7:${hour}`, amount: 1, limit: 3, endsAt: (hour + 1) * 3_600_000 },
      { kind: 'sign-in', window: `sign-in:192.0.2.8:${hour}`, amount: 1, limit: 3, endsAt: (hour + 1) * 3_600_000 },
    ])
  })

  test('with more tracked data than is kept', async () => {
    const { bot, log } = signInFixture()
    const many = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`name${index}`, '']))
    for (const tracked of [many, { long: 'x'.repeat(2_045) }, { ['n'.repeat(2_049)]: '' }]) {
      expect(await bot.startSession({ ...REQUEST, tracked })).toEqual({
        kind: 'refused',
        reason: 'tracked-too-large',
        detail: expect.stringMatching(tracked === many ? /20 tracked/ : /2048 characters/),
      })
    }
    expect(log).toEqual([])
    const { name20: _, ...asMany } = many
    for (const tracked of [asMany, { long: 'x'.repeat(2_044) }]) {
      expect((await bot.startSession({ ...REQUEST, tracked })).kind).toBe('started')
    }
  })

  test('with an address to return to that is not on the list, letter for letter', async () => {
    const allowed = 'https://shop.example/thanks'
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(webUrl, fc.string(), fc.constantFrom(`${allowed}/`, `${allowed}?a`, '//shop.example/thanks', '')),
        async (returnTo) => {
          const { bot, log } = signInFixture({ options: { returnTo: [allowed] } })
          expect(await bot.startSession({ ...REQUEST, returnTo })).toEqual({
            kind: 'refused',
            reason: 'return-not-allowed',
            detail: 'The return URL is not one of the allowed ones.',
          })
          expect(log).toEqual([])
        },
      ),
      { numRuns: runs() },
    )
  })

  test('where X cannot be asked: the error is for the operator', async () => {
    const broken = signInFixture({ signIn: { requestToken: async () => Promise.reject(new Error('no network')) } })
    await expect(broken.bot.startSession(REQUEST)).rejects.toThrow('no network')
    expect(broken.sessions.size).toBe(0)
  })
})

describe('known faults of the originals', () => {
  test('oauth_callback_confirmed was not checked: without it no session is kept, and the error says what to look at', async () => {
    const { bot, sessions } = signInFixture({
      signIn: { requestToken: async () => ({ token: 't', secret: 's', callbackConfirmed: false }) },
    })
    const started = bot.startSession(REQUEST)
    await expect(started).rejects.toBeInstanceOf(SignInError)
    await expect(started).rejects.toMatchObject({
      name: 'SignInError',
      code: 'CALLBACK_NOT_CONFIRMED',
      message: expect.stringContaining('in the app at X'),
    })
    expect(sessions.size).toBe(0)
  })
})
