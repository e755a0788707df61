import { createHmac } from 'node:crypto'
import type { Agent } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { inspect } from 'node:util'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { freePort } from '@hexbird/testkit/free-port'
import {
  answer,
  cut,
  cutWithin,
  listen,
  nonsense,
  patienceWith,
  type Script,
  silence,
  startScripted,
  trickle,
} from '@hexbird/testkit/scripted-server'
import { afterEach, describe, expect, test } from '@jest/globals'
import { agentTo } from '../src/agent-to.js'
import { defaultAgent, exchange, type XCall } from '../src/exchange.js'
import { TlsAgentTo, worthless } from './tls.js'

const tokens = {
  appKey: 'consumer-key-7h3',
  appSecret: 'consumer-secret-8f2',
  accessToken: '1604089349832232960-accesstoken',
  accessSecret: 'access-secret-9d1',
}
const POST: XCall = { method: 'POST', path: 'tweets', body: { text: 'hi' } }
const GET: XCall = { method: 'GET', path: 'users/me' }

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

function kept<Closable extends { close(): unknown }>(one: Closable): Closable {
  open.push(one)
  return one
}

function agent(port: number): Agent {
  const made = agentTo({ port })
  kept({ close: () => made.destroy() })
  return made
}

async function ask(script: Script, call = POST, timeoutMs = 60_000) {
  const server = kept(await startScripted(script))
  return { came: await exchange({ tokens, agent: agent(server.port) }, timeoutMs, call), server }
}

describe('a request', () => {
  test("is X's to the letter, wherever the agent takes it", async () => {
    const { server } = await ask(answer(201, {}))
    expect(server.requests).toHaveLength(1)
    const [request] = server.requests
    expect(request).toMatchObject({ method: 'POST', url: '/2/tweets', body: '{"text":"hi"}' })
    expect(request?.headers.host).toBe('api.x.com')
    expect(request?.headers.authorization).toMatch(/^OAuth oauth_consumer_key="consumer-key-7h3",oauth_nonce="/)
    expect(request?.headers.authorization).toContain('oauth_token="1604089349832232960-accesstoken"')
  })

  test('goes to paths and with queries as given', async () => {
    const { server } = await ask(answer(200, {}), {
      method: 'GET',
      path: 'tweets/20',
      query: { 'tweet.fields': 'a,b c' },
    })
    expect(server.requests[0]?.url).toBe('/2/tweets/20?tweet.fields=a%2Cb%20c')
  })

  test('goes to another root as a form, whose fields are signed along', async () => {
    const call: XCall = {
      method: 'POST',
      path: '/oauth/request_token',
      body: { oauth_callback: 'https://a.b/?c=d e&f' },
    }
    const { server } = await ask(answer(200, 'a=b'), call)
    expect(server.requests[0]).toMatchObject({
      url: '/oauth/request_token',
      body: 'oauth_callback=https%3A%2F%2Fa.b%2F%3Fc%3Dd+e%26f',
      headers: { 'content-type': expect.stringMatching('^application/x-www-form-urlencoded') },
    })
    const authorization = server.requests[0]?.headers.authorization ?? ''
    const header = [...authorization.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value])
    const { oauth_signature: signature, ...oauth } = Object.fromEntries(header)
    const all = Object.entries({ ...oauth, oauth_callback: encodeURIComponent('https://a.b/?c=d e&f') })
    const pairs = all.map(([name, value]) => `${name}=${value}`)
    const parameters = pairs.sort().join('&')
    const base = ['POST', 'https://api.x.com/oauth/request_token', parameters].map(encodeURIComponent).join('&')
    const hmac = createHmac('sha1', `${tokens.appSecret}&${tokens.accessSecret}`).update(base).digest('base64')
    expect(decodeURIComponent(signature)).toBe(hmac)
  })

  test('asks for no compression, and a compressed answer breaks nothing', async () => {
    const headers = { 'content-type': 'application/json' }
    for (const [encoding, bytes] of [
      ['gzip', gzipSync('{"data":{"id":"1"}}')],
      ['br', brotliCompressSync('{"data":{"id":"1"}}')],
      ['gzip', Buffer.from('this is no gzip')],
      ['deflate', Buffer.from('nor deflate')],
    ] as const) {
      const { came, server } = await ask(answer(201, bytes, { ...headers, 'content-encoding': encoding }))
      expect(server.requests[0]?.headers['accept-encoding']).toBeUndefined()
      expect(came).toMatchObject({ kind: 'answered', status: 201, complete: true })
    }
  })

  test('leaves its connection open for the next, and nothing hanging on it', async () => {
    const server = kept(await startScripted(answer(200, {})))
    const one = agent(server.port)
    const warnings: Error[] = []
    const note = (warning: Error) => warnings.push(warning)
    process.on('warning', note)
    kept({ close: () => process.off('warning', note) })
    for (let i = 0; i < 15; i++) await exchange({ tokens, agent: one }, 60_000, GET)
    expect(server.connections()).toBe(1)
    const [socket] = Object.values(one.freeSockets).flatMap((sockets) => sockets ?? [])
    expect(socket?.listenerCount('close')).toBeLessThan(5)
    expect(warnings).toEqual([])
  })
})

describe('an answer', () => {
  test.each([
    ['JSON', answer(200, { a: 1 }), { a: 1 }],
    [
      'a problem',
      answer(403, { title: 'Forbidden' }, { 'content-type': 'application/problem+json' }),
      { title: 'Forbidden' },
    ],
    ['text', answer(400, 'no', { 'content-type': 'text/plain' }), 'no'],
    ['JSON that is called text', answer(403, { a: 1 }, { 'content-type': 'text/plain' }), { a: 1 }],
    ['a problem with an error that is none', answer(403, { errors: [null] }), { errors: [null] }],
    ['a problem with a text for errors', answer(400, { errors: 'no' }), { errors: 'no' }],
    ['null', answer(403, 'null'), null],
    ['a page that is called JSON', answer(503, '<html>'), '<html>'],
    ['nothing', answer(204), undefined],
  ] as const)('of %s', async (_, script, body) => {
    const { came } = await ask(script)
    expect(came).toMatchObject({ kind: 'answered', complete: true })
    expect(came.kind === 'answered' && came.body).toEqual(body)
  })

  test('is told with its status even where it is a redirect, which is not followed', async () => {
    const { came, server } = await ask(answer(302, '', { location: 'https://api.x.com/elsewhere' }))
    expect(came).toMatchObject({ kind: 'answered', status: 302 })
    expect(server.requests).toHaveLength(1)
  })

  test('that is cut tells its status, and that it is not whole', async () => {
    for (const status of [201, 403, 503]) {
      const { came } = await ask(cutWithin(status, '{"data":{"id":'))
      expect(came).toMatchObject({ kind: 'answered', status, complete: false })
    }
  })
})

describe('without an answer', () => {
  test('a refused connection is certain: nothing was sent', async () => {
    const came = await exchange({ tokens, agent: agent(await freePort()) }, 60_000, POST)
    expect(came).toMatchObject({ kind: 'unanswered', sent: false, detail: 'ECONNREFUSED' })
  })

  test('a connection that is cut is not certain', async () => {
    expect((await ask(cut)).came).toMatchObject({ kind: 'unanswered', sent: true })
  })

  test('a kept connection that is cut is not certain', async () => {
    const server = kept(await startScripted(answer(200, {}), cut))
    const access = { tokens, agent: agent(server.port) }
    await exchange(access, 60_000, GET)
    expect(await exchange(access, 60_000, POST)).toMatchObject({ kind: 'unanswered', sent: true })
    expect(server.connections()).toBe(1)
  })

  test('a certificate that nobody vouches for is not accepted; nothing was sent', async () => {
    let received = 0
    const server = createTlsServer(
      worthless,
      (socket) => void socket.on('data', () => received++).on('error', () => {}),
    )
    const { port } = kept(await listen(server))
    const came = await exchange({ tokens, agent: new TlsAgentTo(port) }, 60_000, POST)
    expect(came).toMatchObject({ kind: 'unanswered', sent: false, detail: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    expect(received).toBe(0)
  })

  test('certificates are checked, whatever the environment says', () => {
    expect(Reflect.get(defaultAgent(), 'options')).toMatchObject({ rejectUnauthorized: true, keepAlive: true })
  })

  test('who has no agent shares one, and so its connections', () => {
    expect(defaultAgent()).toBe(defaultAgent())
  })

  test('a handshake that never ends ends with the limit; nothing was sent', async () => {
    const { port } = kept(await listen(createTcpServer(() => {})))
    const came = await exchange({ tokens, agent: new TlsAgentTo(port) }, 100, POST)
    expect(came).toMatchObject({ kind: 'unanswered', sent: false })
  })

  test('a handshake that is cut is certain: nothing was sent', async () => {
    const { port } = kept(await listen(createTcpServer((socket) => void socket.once('data', () => socket.destroy()))))
    const came = await exchange({ tokens, agent: new TlsAgentTo(port) }, 60_000, POST)
    expect(came).toMatchObject({ kind: 'unanswered', sent: false })
  })

  test('a name that is not found is certain: nothing was sent', async () => {
    const lookup = Object.assign(agentTo({ port: 1 }), {
      createConnection(_: object, callback: (error: Error) => void) {
        callback(Object.assign(new Error('getaddrinfo ENOTFOUND api.x.com'), { code: 'ENOTFOUND' }))
      },
    })
    const came = await exchange({ tokens, agent: lookup }, 60_000, POST)
    expect(came).toMatchObject({ kind: 'unanswered', sent: false, detail: 'ENOTFOUND' })
  })
})

describe('the limit is for the whole exchange', () => {
  test.each([
    ['no answer', silence, 'unanswered'],
    ['a body that trickles', trickle(200), 'answered'],
    ['a refusal that trickles', trickle(403), 'answered'],
    ['a text that trickles', trickle(200, 'x', { 'content-type': 'text/plain' }), 'answered'],
    ['a compressed body that trickles', trickle(200, gzipSync('{}'), { 'content-encoding': 'gzip' }), 'answered'],
  ] as const)('%s', async (_, script, kind) => {
    const { came } = await ask(script, POST, patienceWith(script))
    expect(came.kind).toBe(kind)
    if (came.kind === 'answered') expect(came.complete).toBe(false)
    else expect(came).toMatchObject({ sent: true, detail: 'X did not answer whole within 1000 ms.' })
  })

  test('a connection whose answer was given up is not used again', async () => {
    const server = kept(await startScripted(silence, answer(200, { data: 'the second' })))
    const access = { tokens, agent: agent(server.port) }
    await exchange(access, 50, GET)
    expect(await exchange(access, 60_000, GET)).toMatchObject({ body: { data: 'the second' } })
    expect(server.connections()).toBe(2)
  })
})

describe('credentials', () => {
  const leaks = (value: unknown) =>
    Object.values(tokens).filter((secret) => inspect(value, { depth: 20, showHidden: true }).includes(secret))

  const echo: Script = (response, { headers }) =>
    answer(403, { title: `${headers.authorization}`, errors: [{ message: Object.values(tokens).join(' ') }] })(
      response,
      {
        method: '',
        url: '',
        headers,
        body: '',
      },
    )

  test('never come back with an answer that quotes them', async () => {
    expect(leaks((await ask(echo)).came)).toEqual([])
    expect(leaks((await ask(answer(200, `Bearer ${tokens.accessToken}`, {}))).came)).toEqual([])
    expect(leaks((await ask(cutWithin(403, `{"${tokens.appSecret}`))).came)).toEqual([])
  })

  test('never come back with what else is secret of a call', async () => {
    const call: XCall = {
      ...POST,
      path: '/oauth/access_token',
      body: { oauth_verifier: 'a/b+c=d9' },
      secrets: ['a/b+c=d9'],
    }
    for (const quote of ['No a/b+c=d9', 'No a%2Fb%2Bc%3Dd9', { 'a/b+c=d9': ['a/b+c=d9'] }]) {
      const { came } = await ask(answer(403, quote), call)
      expect(came.kind === 'answered' && JSON.stringify(came.body)).toMatch(/^[^/%]*\[removed\][^/%]*$/)
    }
  })

  test('never come back with the cause of an answer that is none of HTTP', async () => {
    const { came } = await ask(nonsense(({ headers }) => `${headers.authorization}`))
    const cause = came.kind === 'unanswered' ? came.cause : undefined
    expect(came).toMatchObject({ sent: true, detail: 'HPE_INVALID_CONSTANT' })
    expect(Object.entries({ ...cause })).toEqual([['code', 'HPE_INVALID_CONSTANT']])
  })

  test('never come back with an error', async () => {
    expect(leaks((await ask(cut)).came)).toEqual([])
    expect(leaks(await exchange({ tokens, agent: agent(await freePort()) }, 60_000, POST))).toEqual([])
    expect(leaks((await ask(silence, POST, 50)).came)).toEqual([])
  })
})
