import { afterEach, describe, expect, test } from '@jest/globals'
import { createApi } from '../../src/api-host.js'
import { type LocalX, testClock } from '../../src/index.js'
import { APP_DEFAULTS } from '../../src/state/app.js'
import { createWorld } from '../../src/world.js'
import { type Dialect, subscribedTo, told } from '../events.js'
import { signedRequest, signIn } from '../sign-in.js'
import { type Closers, closeAll, refusal, start } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

const people = [{ username: 'alice' }, { username: 'bob' }]

/** Every route that takes a signature. */
function signedRoutes(): { readonly method: string; readonly path: string }[] {
  const options = { seed: 1, bot: {}, people: [], webhookSecrets: 'oauth1', app: APP_DEFAULTS } as const
  return createApi(createWorld({ ...options, keepMetadata: false, keepAliveMs: 20_000, clock: testClock() }), true)
    .routes.filter(({ method, path }) => method !== 'ALL' && !path.includes('oauth2'))
    .map(({ method, path }) => ({ method, path: path.replace(/:\w+/g, '1') }))
}

/** Each way in which a token ends. */
const ENDS = [
  ['the app invalidates it', (_x: LocalX, { client }: SignedIn) => client.v1.post('oauth/invalidate_token.json')],
  ['the person takes the access back', (x: LocalX) => x.revoke('alice')],
] as const

type SignedIn = Awaited<ReturnType<typeof signIn>>

describe.each(ENDS)('when %s, an access token', (_how, end) => {
  test('is answered 401 with code 89 on every path', async () => {
    const x = await start(stack, { people })
    const alice = await signIn(x, 'alice')
    await end(x, alice)
    const signed = { token: alice.accessToken, tokenSecret: alice.accessSecret }
    const routes = signedRoutes()
    expect(routes.length).toBeGreaterThan(25)
    for (const { method, path } of routes) {
      const { status, body } = await signedRequest(x, method, path, signed)
      const expected = { errors: [{ code: 89, message: 'Invalid or expired token.' }] }
      expect([method, path, status, JSON.parse(body.toString())]).toEqual([method, path, 401, expected])
    }
  })

  test('is followed by another that works, once the person was asked again and signed in', async () => {
    const x = await start(stack, { people })
    const before = await signIn(x, 'alice')
    await end(x, before)
    const after = await signIn(x, 'alice')
    expect(after.accessToken).not.toBe(before.accessToken)
    expect(after.accessSecret).not.toBe(before.accessSecret)
    expect((await after.client.v2.me()).data.username).toBe('alice')
    await after.client.v2.tweet('I am back')
    expect((await refusal(before.client.v2.me())).code).toBe(401)
  })

  test('of another person goes on', async () => {
    const x = await start(stack, { people })
    const [alice, bob] = [await signIn(x, 'alice'), await signIn(x, 'bob')]
    await end(x, alice)
    expect((await bob.client.v2.me()).data.username).toBe('bob')
  })
})

test('a person who signs in again gets the same token and secret, until it is taken back', async () => {
  const x = await start(stack, { people })
  const tokens = [await signIn(x, 'alice'), await signIn(x, 'alice'), await signIn(x, 'alice')]
  expect(new Set(tokens.map(({ accessToken, accessSecret }) => `${accessToken} ${accessSecret}`)).size).toBe(1)
})

describe('taking the access back', () => {
  const time = Date.UTC(2026, 7, 1, 12)

  test.each([
    [
      'account-activity',
      (userId: string) => ({
        user_event: {
          revoke: { date_time: '2026-08-01T12:00:00+00:00', target: { app_id: '1' }, source: { user_id: userId } },
        },
      }),
    ],
    [
      'x-activity',
      (userId: string) => ({
        data: {
          event_uuid: expect.any(String),
          filter: {},
          event_type: 'oauth.revoke',
          payload: { date_time: '2026-08-01T12:00:00+00:00', user_id: userId, app_id: '1' },
        },
      }),
    ],
  ] as const)('is told in %s as X tells it, signed, and for no account', async (dialect: Dialect, event) => {
    const { x, hook } = await subscribedTo(dialect, ['post.mention.create'], stack, { people, now: () => time })
    const { client } = await signIn(x, 'alice')
    await x.revoke('alice')
    expect(told(x, hook)).toEqual([event(x.person('alice').id)])
    expect((await refusal(client.v2.me())).data.errors?.[0]?.code).toBe(89)
  })

  test('is told by no other way in which a token ends', async () => {
    const { x, hook } = await subscribedTo('account-activity', [], stack, { people })
    const { client } = await signIn(x, 'alice')
    await client.v1.post('oauth/invalidate_token.json')
    await x.idle()
    expect(hook.received).toEqual([])
  })
})
