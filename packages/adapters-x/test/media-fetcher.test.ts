import { createServer as createHttpsServer } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { gzipSync } from 'node:zlib'
import type { MediaAnswer } from '@hexbird/core/contracts'
import { mediaFetcherContract } from '@hexbird/core/contracts'
import { freePort } from '@hexbird/testkit/free-port'
import { mutatedBytes } from '@hexbird/testkit/mutations'
import { runs } from '@hexbird/testkit/runs'
import {
  answer,
  cut,
  cutWithin,
  listen,
  patienceWith,
  type Script,
  silence,
  startScripted,
  trickle,
} from '@hexbird/testkit/scripted-server'
import { webUrl } from '@hexbird/testkit/web'
import { afterEach, describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { agentTo, HttpsMediaFetcher, XError } from '../src/index.js'
import { AUTHORITY, SIGNED, TlsAgentTo, worthless } from './tls.js'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

function fetcherTo(port: number, timeoutMs = 60_000): HttpsMediaFetcher {
  const agent = agentTo({ port })
  open.push({ close: () => agent.destroy() })
  return new HttpsMediaFetcher({ agent, timeoutMs })
}

async function start(script: Script, timeoutMs?: number) {
  const server = await startScripted(script)
  open.push(server)
  return { server, fetcher: fetcherTo(server.port, timeoutMs) }
}

const PHOTO = { url: 'https://pbs.twimg.com/media/HCqUSd9W0AAuC2j.jpg' }
const JPEG = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(1000, 7)])
const photo = answer(200, JPEG, { 'content-type': 'image/jpeg', 'content-length': String(JPEG.length) })

const thrownBy = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => error,
  )

describe('the promises of the port', () => {
  for (const { name, check } of mediaFetcherContract) test(name, () => check(harness))

  async function harness() {
    const answers = new Map<string, MediaAnswer>()
    const server = await startScripted((response, request) => {
      const given = answers.get(request.url.split(/[/?]/)[2] ?? '')
      if (given === undefined) return answer(404)(response, request)
      if (given === 'cut') return cut(response, request)
      response.writeHead(given.status, given.headers)
      // Without end() in one go, so that Node does not tell a length that the answer does not tell.
      response.write(given.body)
      response.end()
    })
    open.push(server)
    return {
      fetcher: fetcherTo(server.port),
      serve(given: MediaAnswer) {
        const key = `photo${answers.size}`
        answers.set(key, given)
        return { url: `https://pbs.twimg.com/media/${key}.jpg` }
      },
      requests: () => server.requests.length,
    }
  }
})

describe('what is asked for', () => {
  test.each([
    'https://pbs.twimg.com/media/HCqUSd9W0AAuC2j.jpg',
    'https://pbs.twimg.com/media/HCqUSd9W0AAuC2j.png',
    'https://pbs.twimg.com/media/HCqUSd9W0AAuC2j',
    'https://pbs.twimg.com/media/HCqUSd9W0AAuC2j.jpg:large',
    'https://pbs.twimg.com/media/HCqUSd9W0AAuC2j:orig',
    'https://pbs.twimg.com/media/HCqUSd9W0AAuC2j?format=webp&name=thumb',
    'https://pbs.twimg.com/media/HCqUSd9W0AAuC2j.jpg?name=small',
  ])('%s is asked for as a large JPEG, of X', async (url) => {
    const { server, fetcher } = await start(photo)
    expect(await fetcher.fetch({ url })).toMatchObject({ kind: 'fetched', type: 'image/jpeg' })
    const [request] = server.requests
    expect(request).toMatchObject({ method: 'GET', url: '/media/HCqUSd9W0AAuC2j?format=jpg&name=large' })
    expect(request?.headers.host).toBe('pbs.twimg.com')
    expect(request?.headers.authorization).toBeUndefined()
  })

  test('photos share a connection', async () => {
    const { server, fetcher } = await start(photo)
    for (let i = 0; i < 5; i++) await fetcher.fetch(PHOTO)
    expect(server.connections()).toBe(1)
  })
})

describe('an address that is not a photo on pbs.twimg.com', () => {
  const hostile = [
    'https://pbs.twimg.com/',
    'https://pbs.twimg.com/media/',
    'https://pbs.twimg.com/media/../ext_tw_video_thumb/1.jpg',
    'https://pbs.twimg.com/media/%2e%2e/x.jpg',
    'https://pbs.twimg.com/media/a/b.jpg',
    'https://pbs.twimg.com/profile_images/1/a.jpg',
    'https://pbs.twimg.com/media/a.jpg#https://evil.example/',
    'https://pbs.twimg.com/media/a.jpg?x=\r\nHost: evil.example',
    'https://pbs.twimg.com/media/a.jpg\r\nHost: evil.example',
    'https://pbs.twimg.com:443/media/a.jpg',
    'https://pbs.twimg.com:8443/media/a.jpg',
    'https://pbs.twimg.com./media/a.jpg',
    'https://PBS.TWIMG.COM/media/a.jpg',
    'https://user@pbs.twimg.com/media/a.jpg',
    'https://pbs.twimg.com@evil.example/media/a.jpg',
    'https://pbs.twimg.com\\@evil.example/media/a.jpg',
    'https://pbs.twimg.com%00.evil.example/media/a.jpg',
    'https://evil.example/https://pbs.twimg.com/media/a.jpg',
    'https://evil.example/?https://pbs.twimg.com/media/a.jpg',
    'https://ｐbs.twimg.com/media/a.jpg',
    'https://127.0.0.1/media/a.jpg',
    'https://[::ffff:169.254.169.254]/media/a.jpg',
    'https://2130706433/media/a.jpg',
    'http://pbs.twimg.com/media/a.jpg',
    'HTTPS://pbs.twimg.com/media/a.jpg',
    ' https://pbs.twimg.com/media/a.jpg',
    'https://pbs.twimg.com/media/a.jpg\n',
    'https:/pbs.twimg.com/media/a.jpg',
    'javascript:https://pbs.twimg.com/media/a.jpg',
    `https://pbs.twimg.com/media/${'a'.repeat(101)}.jpg`,
    // Spelled otherwise, or not the same letters.
    'https://%70bs.twimg.com/media/a.jpg',
    'https://pbs%2etwimg.com/media/a.jpg',
    'https://pbs。twimg。com/media/a.jpg',
    'https://pbs.twіmg.com/media/a.jpg',
    'https://xn--pbs-twimg-com.example/media/a.jpg',
    'https://pbs.twimg.com\u200b/media/a.jpg',
    'https://pbs.\u202etwimg.com/media/a.jpg',
    'https://p\tbs.twimg.com/media/a.jpg',
    'ht\ntps://pbs.twimg.com/media/a.jpg',
    'https:\\\\pbs.twimg.com\\media\\a.jpg',
    'https:pbs.twimg.com/media/a.jpg',
    '//pbs.twimg.com/media/a.jpg',
    '/media/a.jpg',
    // This machine, the one beside it, and the one that has the keys.
    'https://localhost/media/a.jpg',
    'https://0x7f000001/media/a.jpg',
    'https://0177.0.0.1/media/a.jpg',
    'https://127.1/media/a.jpg',
    'https://[::1]/media/a.jpg',
    'https://[fd00:ec2::254]/media/a.jpg',
    'https://169.254.169.254/latest/meta-data/',
    'http://169.254.170.2/v2/credentials',
    // Whose name is ours at one end only.
    'https://pbs.twimg.com.evil.example/media/a.jpg',
    'https://evilpbs.twimg.com/media/a.jpg',
    'https://evil.pbs.twimg.com/media/a.jpg',
    'https://user:secret@pbs.twimg.com/media/a.jpg',
    'https://evil.example\\@pbs.twimg.com/media/a.jpg',
    'https://evil.example#@pbs.twimg.com/media/a.jpg',
    // Out of the folder.
    'https://pbs.twimg.com/media/a%2f..%2f..%2fb.jpg',
    'https://pbs.twimg.com/media/..%5c..%5cb.jpg',
    'https://pbs.twimg.com/media/..;/b.jpg',
    'https://pbs.twimg.com//media/a.jpg',
    'https://pbs.twimg.com/media/a.jpg?next=https://evil.example/',
    'https://pbs.twimg.com/media/a\0.jpg',
    // Other schemes.
    'ftp://pbs.twimg.com/media/a.jpg',
    'gopher://pbs.twimg.com/media/a.jpg',
    'file://pbs.twimg.com/media/a.jpg',
    'data:image/jpeg;base64,/9j/4AAQSkZJRg==',
    'blob:https://pbs.twimg.com/media/a.jpg',
  ]

  test.each(hostile)('is not even connected to: %j', async (url) => {
    const { server, fetcher } = await start(photo)
    expect(await fetcher.fetch({ url })).toMatchObject({ kind: 'unreadable', reason: 'host-not-allowed' })
    expect(server.connections()).toBe(0)
  })

  test('never makes a request to another host or path', async () => {
    const { server, fetcher } = await start(photo, 60_000)
    const part = fc.oneof(
      fc.constantFrom(
        ...hostile,
        PHOTO.url,
        '@',
        ':',
        '//',
        '..',
        '%2f',
        '?',
        '#',
        'evil.example',
        'pbs.twimg.com',
        'https://',
        '/media/',
        'a.jpg',
      ),
      webUrl,
      fc.string({ maxLength: 5 }),
    )
    const urls = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''))
    await fc.assert(
      fc.asyncProperty(urls, async (url) => {
        const before = server.requests.length
        const result = await fetcher.fetch({ url })
        const made = server.requests.slice(before)
        for (const request of made) {
          expect(request.headers.host).toBe('pbs.twimg.com')
          expect(request.url).toMatch(/^\/media\/[\w-]+\?format=jpg&name=large$/)
          expect(url.startsWith('https://pbs.twimg.com/media/')).toBe(true)
        }
        expect(result.kind).toBe(made.length > 0 ? 'fetched' : 'unreadable')
      }),
      { numRuns: runs() },
    )
  }, 600_000)
})

describe('a photo that does not come', () => {
  test.each([
    ['no answer', silence, 'MEDIA_TIMEOUT'],
    ['a body that trickles', trickle(200, JPEG, { 'content-type': 'image/jpeg' }), 'MEDIA_TIMEOUT'],
    ['a body that trickles, of a known length', trickle(200, JPEG, { 'content-length': '100000' }), 'MEDIA_TIMEOUT'],
    ['a cut before the answer', cut, 'MEDIA_UNREACHABLE'],
    ['a cut within the photo', cutWithin(200, 'ÿØÿ'), 'MEDIA_UNREACHABLE'],
    ['503', answer(503), 'MEDIA_UNAVAILABLE'],
    ['429', answer(429), 'MEDIA_UNAVAILABLE'],
    ['403, which may be about us', answer(403), 'MEDIA_UNAVAILABLE'],
    ['a part of the photo', answer(206, JPEG), 'MEDIA_UNAVAILABLE'],
    ['204', answer(204), 'MEDIA_UNAVAILABLE'],
  ] as const)('because of %s throws', async (_, script, code) => {
    const { fetcher } = await start(script, patienceWith(script))
    const error = await thrownBy(fetcher.fetch(PHOTO))
    expect(error).toBeInstanceOf(XError)
    expect(error).toMatchObject({ code })
  })

  test('because nobody listens throws', async () => {
    const error = await thrownBy(fetcherTo(await freePort()).fetch(PHOTO))
    expect(error).toMatchObject({ name: 'XError', code: 'MEDIA_UNREACHABLE', cause: { code: 'ECONNREFUSED' } })
  })

  test('because the handshake never ends throws', async () => {
    const { port, close } = await listen(createTcpServer(() => {}))
    open.push({ close })
    const fetcher = new HttpsMediaFetcher({ agent: new TlsAgentTo(port), timeoutMs: 100 })
    expect(await thrownBy(fetcher.fetch(PHOTO))).toMatchObject({ code: 'MEDIA_TIMEOUT' })
  })

  test.each([
    ['is for another host', SIGNED.otherHost, [AUTHORITY], 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['has run out', SIGNED.expired, [AUTHORITY], 'CERT_HAS_EXPIRED'],
    ['is not valid yet', SIGNED.notYet, [AUTHORITY], 'CERT_NOT_YET_VALID'],
    ['is signed by nobody that is trusted', SIGNED.sound, [], 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ] as const)('because the certificate %s throws, and nothing is asked', async (_, certificate, trusted, code) => {
    const { asked, fetcher } = await behindTls(certificate, trusted)
    expect(await thrownBy(fetcher.fetch(PHOTO))).toMatchObject({ code: 'MEDIA_UNREACHABLE', cause: { code } })
    expect(asked()).toBe(0)
  })

  test('with a certificate that is sound it would have come', async () => {
    const { asked, fetcher } = await behindTls(SIGNED.sound, [AUTHORITY])
    expect(await fetcher.fetch(PHOTO)).toMatchObject({ kind: 'fetched' })
    expect(asked()).toBe(1)
  })

  async function behindTls(certificate: { readonly key: string; readonly cert: string }, ca: readonly string[]) {
    let asked = 0
    const server = createHttpsServer(certificate, (_request, response) => {
      asked += 1
      response.end(JPEG)
    })
    const { port, close } = await listen(server)
    const agent = new TlsAgentTo(port, { ca: [...ca] })
    open.push({ close: () => agent.destroy() }, { close })
    return { asked: () => asked, fetcher: new HttpsMediaFetcher({ agent, timeoutMs: 5000 }) }
  }

  test('because nobody vouches for the certificate throws; it is checked, whatever the environment says', async () => {
    let received = 0
    const server = createTlsServer(
      worthless,
      (socket) => void socket.on('data', () => received++).on('error', () => {}),
    )
    const { port, close } = await listen(server)
    open.push({ close })
    const agent = new TlsAgentTo(port)
    const error = await thrownBy(new HttpsMediaFetcher({ agent }).fetch(PHOTO))
    expect(error).toMatchObject({ code: 'MEDIA_UNREACHABLE', cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } })
    expect(agent.checks).toEqual([true])
    expect(received).toBe(0)
  })
})

describe('a photo that is too large', () => {
  test('by its header is not read', async () => {
    const { fetcher } = await start(trickle(200, JPEG, { 'content-length': String(5 * 1024 * 1024 + 1) }))
    expect(await fetcher.fetch(PHOTO)).toMatchObject({ reason: 'too-large' })
  })

  test('is given up where it becomes too large, whatever is still to come', async () => {
    const endless: Script = (response) => {
      response.writeHead(200)
      const block = Buffer.alloc(256 * 1024, 7)
      let sent = 0
      const more = () => {
        sent += block.length
        // Far beyond the limit: if this were read to its end, the test would see it.
        if (sent > 400 * 1024 * 1024) return void response.end()
        if (!response.destroyed) response.write(block, more)
      }
      more()
    }
    const { fetcher } = await start(endless, 5000)
    expect(await fetcher.fetch(PHOTO)).toMatchObject({ reason: 'too-large' })
  })

  test('by one byte is refused, and of the exact limit is fetched', async () => {
    const whole = Buffer.concat([JPEG, Buffer.alloc(5 * 1024 * 1024 - JPEG.length)])
    expect(await (await start(answer(200, whole, {}))).fetcher.fetch(PHOTO)).toMatchObject({ kind: 'fetched' })
    const more = Buffer.concat([whole, Buffer.alloc(1)])
    expect(
      await (await start(answer(200, more, { 'transfer-encoding': 'chunked' }))).fetcher.fetch(PHOTO),
    ).toMatchObject({ reason: 'too-large' })
  })
})

test('what X withholds by law is gone', async () => {
  expect(await (await start(answer(451))).fetcher.fetch(PHOTO)).toMatchObject({ kind: 'unreadable', reason: 'gone' })
})

describe('a response that redirects, or lies about itself', () => {
  const PAGE = '<!doctype html><meta http-equiv="refresh" content="0;url=https://evil.example/a.jpg">'
  const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><image href="https://evil.example/a.jpg"/></svg>'
  const WEBP = Buffer.concat([Buffer.from('RIFF\x24\0\0\0WEBPVP8 ', 'latin1'), Buffer.alloc(24)])
  const BOMB = gzipSync(Buffer.alloc(50_000_000))
  const elsewhere = { location: 'https://evil.example/a.jpg', 'content-type': 'image/jpeg' }

  /** Nothing but this, byte for byte, and then the end. */
  const raw =
    (head: string, body: Uint8Array = JPEG): Script =>
    (response) =>
      void response.socket?.end(Buffer.concat([Buffer.from(`HTTP/1.1 ${head}\r\n\r\n`), body]))
  const length = JPEG.length

  const unreadable = (reason: string) => ({ kind: 'unreadable', reason })
  const fetched = (bytes: Uint8Array) => ({ kind: 'fetched', bytes: new Uint8Array(bytes), type: 'image/jpeg' })
  const thrown = { name: 'XError', code: 'MEDIA_UNREACHABLE' }

  test.each<[string, Script, object]>([
    ...[300, 301, 302, 303, 304, 305, 306, 307, 308, 399].map((status): [string, Script, object] => [
      `${status} with another address`,
      answer(status, '', elsewhere),
      unreadable('redirected'),
    ]),
    ['200 with another address', answer(200, JPEG, elsewhere), fetched(JPEG)],
    ['200 with a page that refreshes', answer(200, PAGE, { 'content-type': 'image/jpeg' }), unreadable('not-an-image')],
    [
      'a Refresh header',
      answer(200, PAGE, { refresh: '0;url=https://evil.example/a.jpg', 'content-type': 'image/jpeg' }),
      unreadable('not-an-image'),
    ],
    ['201 in place of 200', answer(201, JPEG, elsewhere), { name: 'XError', code: 'MEDIA_UNAVAILABLE' }],
    ['an SVG that says it is a JPEG', answer(200, SVG, { 'content-type': 'image/jpeg' }), unreadable('not-an-image')],
    ['a WebP that says it is a JPEG', answer(200, WEBP, { 'content-type': 'image/jpeg' }), unreadable('not-an-image')],
    ['a JPEG that says it is an SVG', answer(200, JPEG, { 'content-type': 'image/svg+xml' }), fetched(JPEG)],
    [
      'a gzip bomb, which nobody asked for: it is not unpacked',
      answer(200, BOMB, { 'content-encoding': 'gzip', 'content-type': 'image/jpeg' }),
      unreadable('not-an-image'),
    ],
    ['a JPEG that says it is packed', answer(200, JPEG, { 'content-encoding': 'gzip' }), fetched(JPEG)],
    ['a length that is too short', raw('200 OK\r\nContent-Length: 100'), fetched(JPEG.subarray(0, 100))],
    ['a length that is too long', raw(`200 OK\r\nContent-Length: ${length + 1}`), thrown],
    ['a length of nothing', raw('200 OK\r\nContent-Length: 0'), unreadable('not-an-image')],
    ['a length below nothing', raw('200 OK\r\nContent-Length: -1'), thrown],
    ['a length that is no number', raw('200 OK\r\nContent-Length: 1e3'), thrown],
    ['a length beyond all numbers', raw(`200 OK\r\nContent-Length: ${'9'.repeat(40)}`), thrown],
    ['a length of terabytes', raw('200 OK\r\nContent-Length: 999999999999'), unreadable('too-large')],
    ['two lengths', raw(`200 OK\r\nContent-Length: ${length}\r\nContent-Length: 5`), thrown],
    ['a length and chunks', raw(`200 OK\r\nContent-Length: ${length}\r\nTransfer-Encoding: chunked`), thrown],
    ['chunks that are none', raw('200 OK\r\nTransfer-Encoding: chunked'), thrown],
    ['a head without an end', raw(`200 OK\r\nX: ${'x'.repeat(100_000)}`), thrown],
    ['something that is no HTTP', (response) => void response.socket?.end(JPEG), thrown],
  ])('%s', async (_, script, expected) => {
    const { server, fetcher } = await start(script, 60_000)
    const came = await fetcher.fetch(PHOTO).catch((error: unknown) => error)
    expect(came).toMatchObject(expected)
    expect([server.requests.length, server.requests[0]?.headers['accept-encoding']]).toEqual([1, 'identity'])
  })

  test('any bytes for an answer are a photo, no photo, or an outage with a code', async () => {
    const answers = [
      Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`), JPEG]),
      Buffer.concat([
        Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n'),
        JPEG.subarray(0, 4),
        Buffer.from('\r\n0\r\n\r\n'),
      ]),
      Buffer.from('HTTP/1.1 302 Found\r\nLocation: https://evil.example/\r\nContent-Length: 0\r\n\r\n'),
      Buffer.from('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 2\r\n\r\nno'),
    ]
    let next: Uint8Array = new Uint8Array()
    const { fetcher } = await start((response) => void response.socket?.end(next), 60_000)
    await fc.assert(
      fc.asyncProperty(mutatedBytes(answers), async (bytes) => {
        next = bytes
        const came = await fetcher.fetch(PHOTO).catch((error: unknown) => error)
        if (came instanceof XError) return expect(came.code).toMatch(/^MEDIA_(UNREACHABLE|UNAVAILABLE)$/)
        expect(came).toHaveProperty('kind', expect.stringMatching(/^(fetched|unreadable)$/))
      }),
      { numRuns: runs() },
    )
  })
})
