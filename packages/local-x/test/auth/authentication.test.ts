import { afterEach, describe, expect, test } from '@jest/globals'
import { oauthSignature } from '../../src/auth/signature.js'
import { type Closers, clientsOf, closeAll, refusal, request, start } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

// docs.x.com/resources/fundamentals/authentication/oauth-1-0a/creating-a-signature
test('the signature of X’s published example comes out as published', () => {
  const parameters = [
    ['status', 'Hello Ladies + Gentlemen, a signed OAuth request!'],
    ['include_entities', 'true'],
    ['oauth_consumer_key', 'xvz1evFS4wEEPTGEFPHBog'],
    ['oauth_nonce', 'kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg'],
    ['oauth_signature_method', 'HMAC-SHA1'],
    ['oauth_timestamp', '1318622958'],
    ['oauth_token', '370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb'],
    ['oauth_version', '1.0'],
  ] as const
  const secrets = ['kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw', 'LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE'] as const
  const url = 'https://api.x.com/1.1/statuses/update.json'
  expect(oauthSignature('POST', url, parameters, ...secrets)).toBe('Ls93hJiZbQ3akF3HF3x1Bz8/zU4=')
})

test('a query with marks that clients encode in different ways is signed right', async () => {
  const x = await start(stack)
  // Refused for its name, and so after the signature was found right.
  const call = clientsOf(x).asBot.v2.get('users/me', { marks: "a b!*'()~+&=%é🐦" })
  expect((await refusal(call)).code).toBe(400)
})

describe('a request is answered 401', () => {
  test.each(['consumerKey', 'consumerSecret', 'accessToken', 'accessSecret'] as const)(
    'with a wrong %s',
    async (part) => {
      const x = await start(stack)
      const { code, data } = await refusal(clientsOf(x, { [part]: `${x.credentials[part]}x` }).asBot.v2.me())
      expect(code).toBe(401)
      expect(data).toEqual({ title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized' })
      await clientsOf(x).asBot.v2.me()
    },
  )

  test('with a wrong bearer token', async () => {
    const x = await start(stack)
    const { asApp } = clientsOf(x, { bearerToken: `${x.credentials.bearerToken}x` })
    expect((await refusal(asApp.v2.get('webhooks'))).code).toBe(401)
  })

  test('without authentication', async () => {
    const x = await start(stack)
    expect((await request(x, '/2/users/me', { headers: { host: 'api.x.com' } })).status).toBe(401)
  })

  test('with a query that was not signed', async () => {
    const x = await start(stack)
    const headers = { host: 'api.x.com', authorization: signed(x.credentials, {}) }
    expect((await request(x, '/2/users/me?user.fields=url', { headers })).status).toBe(401)
  })

  test('with a signature for another host', async () => {
    const x = await start(stack)
    const authorization = signed(x.credentials, { url: 'https://api.twitter.com/2/users/me' })
    expect((await request(x, '/2/users/me', { headers: { host: 'api.x.com', authorization } })).status).toBe(401)
  })

  test('with a timestamp more than five minutes off', async () => {
    const x = await start(stack, { now: () => 0 })
    const wall = Math.floor(Date.now() / 1000)
    const statuses: number[] = []
    for (const off of [-310, -290, 290, 310]) {
      const authorization = signed(x.credentials, { timestamp: wall + off })
      statuses.push((await request(x, '/2/users/me', { headers: { host: 'api.x.com', authorization } })).status)
    }
    expect(statuses).toEqual([401, 200, 200, 401])
  })

  test('with a nonce that was used before', async () => {
    const x = await start(stack)
    const headers = { host: 'api.x.com', authorization: signed(x.credentials, { nonce: 'once' }) }
    const [first, second] = [await request(x, '/2/users/me', { headers }), await request(x, '/2/users/me', { headers })]
    expect([first.status, second.status]).toEqual([200, 401])
  })
})

test('a call is refused with 403 where its kind of authentication is not supported', async () => {
  const x = await start(stack)
  const { asBot, asApp } = clientsOf(x)
  expect((await refusal(asApp.v2.post('tweets', { text: 'hi' }))).data.title).toBe('Unsupported Authentication')
  expect((await refusal(asBot.v2.get('webhooks'))).data.title).toBe('Unsupported Authentication')
})

function signed(
  credentials: Awaited<ReturnType<typeof start>>['credentials'],
  { url = 'https://api.x.com/2/users/me', nonce = String(Math.random()), timestamp = Math.floor(Date.now() / 1000) },
): string {
  const { consumerKey, consumerSecret, accessToken, accessSecret } = credentials
  const parameters = [
    ['oauth_consumer_key', consumerKey],
    ['oauth_nonce', nonce],
    ['oauth_signature_method', 'HMAC-SHA1'],
    ['oauth_timestamp', String(timestamp)],
    ['oauth_token', accessToken],
    ['oauth_version', '1.0'],
  ] as const
  const signature = oauthSignature('GET', url, parameters, consumerSecret, accessSecret)
  const all = [...parameters, ['oauth_signature', signature] as const]
  return `OAuth ${all.map(([name, value]) => `${name}="${encodeURIComponent(value)}"`).join(', ')}`
}
