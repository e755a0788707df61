import { readdirSync, readFileSync } from 'node:fs'
import http from 'node:http'
import { afterEach, describe, expect, test } from '@jest/globals'
import type { LocalX } from '../../src/index.js'
import { type Answered, type Closers, closeAll, jpeg, png, request, start, startWebhook } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

const local = (x: LocalX) => `127.0.0.1:${x.port}`

const get = (x: LocalX, path: string, headers: Record<string, string> = {}): Promise<Answered> =>
  request(x, path, { headers: { host: local(x), ...headers } })

const assets = new URL('../../src/page/assets/', import.meta.url)

describe('the page', () => {
  test('is answered to browsers, and what it says in plain text to everybody else', async () => {
    const x = await start(stack)
    const [page, text] = [await get(x, '/', { accept: 'text/html,*/*' }), await get(x, '/', { accept: '*/*' })]
    expect(page.headers['content-type']).toMatch(/^text\/html/)
    expect(text.headers['content-type']).toMatch(/^text\/plain/)
  })

  test('may run its own files alone, and nothing that stands in it but the import map', async () => {
    const x = await start(stack)
    const { headers, body } = await get(x, '/', { accept: 'text/html' })
    const policy = String(headers['content-security-policy'])
    expect(policy).toMatch(
      /default-src 'none'; script-src 'self' 'sha256-[\w+/]{43}='; style-src 'self'; img-src 'self';/,
    )
    expect(policy).not.toMatch(/unsafe|data:|blob:|\*/)
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("require-trusted-types-for 'script'")
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(body.toString().match(/<script/g)).toHaveLength(2)
    expect(body.toString()).not.toMatch(/style=|\son\w+=|https?:/)
  })

  test('finds every file that it and its files name, and can have no other', async () => {
    const x = await start(stack)
    const page = (await get(x, '/', { accept: 'text/html' })).body.toString()
    const { imports } = JSON.parse(/importmap">(.*?)<\/script>/.exec(page)?.[1] ?? '{}')
    const address = (from: string, name: string): string => {
      const prefix = Object.keys(imports)
        .filter((key) => name === key || (key.endsWith('/') && name.startsWith(key)))
        .sort((a, b) => b.length - a.length)[0]
      return prefix === undefined
        ? new URL(name, `http://x${from}`).pathname
        : `${imports[prefix]}${name.slice(prefix.length)}`
    }
    const seen = new Map<string, string | undefined>()
    const waiting = [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path ?? '')
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (seen.has(path)) continue
      const { status, headers, body } = await get(x, path)
      expect([path, status]).toEqual([path, 200])
      seen.set(path, headers['content-type'])
      if (!path.endsWith('.js')) continue
      for (const [, name] of body.toString().matchAll(/(?:from|import)\s*["']([^"']+)["']/g)) {
        waiting.push(address(path, name ?? ''))
      }
    }
    const own = [...seen.keys()].filter((path) => /^\/_page\/[\w-]+\.\w+$/.test(path))
    expect(own.sort()).toEqual(
      readdirSync(assets)
        .map((name) => `/_page/${name}`)
        .sort(),
    )
    for (const path of [
      '/_page/routes.ts',
      '/_page/../package.json',
      '/_page/lit/index.js',
      '/_page/',
      '/_page/%2e%2e/routes.ts',
    ]) {
      expect([path, (await get(x, path)).status]).toEqual([path, 404])
    }
  })

  test('asks nothing of any other machine', () => {
    for (const name of readdirSync(assets)) {
      const text = readFileSync(new URL(name, assets), 'utf8').replaceAll('http://www.w3.org/2000/svg', '')
      expect([name, /\b(?:https?:)?\/\/[a-z0-9-]+\.[a-z]/i.exec(text)]).toEqual([name, null])
    }
  })
})

test.each([
  '/intent/follow?user_id=1',
  '/messages/compose?recipient_id=1',
  '/settings/connected_apps',
  '/example/privacy-policy',
])('a sign-in that leads to %s stays on this machine: the page says what it is', async (path) => {
  const x = await start(stack)
  const { status, headers, body } = await get(x, path, { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' })
  expect([status, headers['content-security-policy']]).toEqual([200, expect.stringContaining("default-src 'none'")])
  expect(body.toString()).not.toMatch(/https?:(?!\/\/www\.w3\.org\/2000\/svg)/)
})

describe('an upload', () => {
  test('is served as the picture that it was taken for, never as markup', async () => {
    const x = await start(stack)
    const { photos } = await x.tweet({
      as: 'alice',
      text: 'look',
      photos: [{ bytes: jpeg('<script>alert(1)</script>') }, { bytes: png() }],
    })
    for (const { key, type } of photos) {
      const { headers, body } = await get(x, `/_local/media/${key}`)
      expect(body.toString('latin1')).not.toContain('script')
      expect(headers).toMatchObject({ 'content-type': type, 'x-content-type-options': 'nosniff' })
      expect(headers['content-security-policy']).toContain("default-src 'none'")
    }
    expect((await get(x, '/_local/media/nothing')).status).toBe(404)
  })

  test('that is no picture is refused, in the words of X', async () => {
    const x = await start(stack)
    const form = new FormData()
    form.set('as', 'alice')
    form.set('text', 'look')
    form.append('photo', new File(['<html><script>alert(1)</script>'], 'a.html', { type: 'text/html' }))
    const answer = await fetch(`${x.url}/_local/tweets`, { method: 'POST', body: form })
    expect([answer.status, x.tweets()]).toEqual([400, []])
    expect(await answer.json()).toEqual({
      error: expect.stringContaining('media type unrecognized.'),
      code: 'BAD_PHOTO',
    })
  })
})

const CONTROLS = [
  ['POST', '/_local/tweets', { as: 'alice', text: 'hi' }],
  ['DELETE', '/_local/tweets/1', {}],
  ['POST', '/_local/messages', { from: 'alice', text: 'hi' }],
  ['PUT', '/_local/switches', { drop: 1 }],
  ['POST', '/_local/deliveries/1/redeliver', {}],
  ['POST', '/_local/webhooks/1/check', {}],
  ['PUT', '/_local/people/mallory', { protected: true }],
  ['POST', '/_local/people/mallory/revoke', {}],
  ['POST', '/_local/outcomes', { tweetId: '1', kind: 'replied' }],
  ['PUT', '/_local/bot', { nextSweepAt: 1 }],
] as const

describe.each(CONTROLS)('%s %s', (method, path, fields) => {
  const send = (x: LocalX, headers: Record<string, string>) =>
    request(x, path, {
      method,
      headers: { host: local(x), 'content-type': 'application/json', ...headers },
      // Node sends no length for the body of a DELETE.
      ...(method === 'DELETE' ? {} : { body: JSON.stringify(fields) }),
    })
  const state = (x: LocalX) => [x.tweets(), x.messages(), x.switches(), x.outcomes(), x.deliveries()]

  test('is not done for a page of another origin, in whatever way it asks', async () => {
    const x = await start(stack)
    const before = state(x)
    const asked: Record<string, string>[] = [
      { origin: 'https://example.com' },
      { origin: 'null' },
      { origin: `http://localhost:${x.port}` },
      { origin: `http://127.0.0.1:${x.port + 1}` },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      { 'sec-fetch-site': 'same-site' },
    ]
    for (const headers of asked) expect([headers, (await send(x, headers)).status]).toEqual([headers, 403])
    expect(state(x)).toEqual(before)
  })

  test('is not done where the name in the address is another’s, as when DNS is rebound', async () => {
    const x = await start(stack)
    const before = state(x)
    for (const host of ['attacker.example', `attacker.example:${x.port}`, '127.0.0.1.attacker.example', '0.0.0.0']) {
      expect([host, (await send(x, { host, origin: `http://${host}` })).status]).toEqual([host, 404])
    }
    expect(state(x)).toEqual(before)
  })

  test('is not done for a link', async () => {
    const x = await start(stack)
    const before = state(x)
    await get(x, path)
    expect(state(x)).toEqual(before)
  })
})

describe('what can be done on the page', () => {
  const call = (x: LocalX, method: string, path: string, body: object = {}) =>
    fetch(`${x.url}${path}`, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

  test('is editing and deleting a tweet', async () => {
    const x = await start(stack)
    const { id } = await x.tweet({ as: 'alice', text: 'waht?', photos: [{ bytes: jpeg() }] })
    const edited = (await (
      await call(x, 'POST', '/_local/tweets', { as: 'alice', text: 'what?', edits: id })
    ).json()) as {
      id: string
    }
    expect(x.tweets()[1]).toMatchObject({
      id: edited.id,
      editHistory: [id, edited.id],
      photos: [{ type: 'image/jpeg' }],
    })
    expect((await call(x, 'DELETE', `/_local/tweets/${edited.id}`)).status).toBe(204)
    expect(x.tweets().every(({ deleted }) => deleted)).toBe(true)
    expect((await call(x, 'DELETE', '/_local/tweets/1')).status).toBe(404)
  })

  test('is noting what became of a tweet', async () => {
    const x = await start(stack)
    await call(x, 'POST', '/_local/outcomes', { tweetId: '7', kind: 'ignored', reason: 'retweet' })
    x.noteOutcome('8', { kind: 'replied' })
    expect(x.outcomes()).toEqual([
      { tweetId: '7', kind: 'ignored', reason: 'retweet' },
      { tweetId: '8', kind: 'replied' },
    ])
    expect(await (await fetch(`${x.url}/_local/outcomes`)).json()).toEqual(x.outcomes())
    expect((await call(x, 'POST', '/_local/outcomes', { kind: 'replied' })).status).toBe(400)
  })

  test('is telling people what became of a tweet in words, and when the next try is', async () => {
    const x = await start(stack)
    const told = {
      tweetId: '7',
      kind: 'deferred',
      reason: 'unreachable',
      detail: '503',
      text: 'waiting: X is away',
      retryAt: 5,
    }
    await call(x, 'POST', '/_local/outcomes', told)
    expect(x.outcomes()).toEqual([told])
  })

  test('is telling people where the bot has pages, and when it asks for mentions next', async () => {
    const x = await start(stack)
    const links = [{ text: 'Sign in', url: 'http://127.0.0.1:8080/sign-in' }]
    await call(x, 'PUT', '/_local/bot', { links })
    x.noteBot({ nextSweepAt: 7, paused: true })
    expect(await (await fetch(`${x.url}/_local/bot`)).json()).toMatchObject({
      username: 'hexbird',
      links,
      nextSweepAt: 7,
      paused: true,
    })
  })

  test.each([
    [{ links: [{ text: 'Sign in', url: 'javascript:alert(1)' }] }],
    [{ links: [{ text: 'Sign in', url: '/sign-in' }] }],
    [{ links: [{ text: '', url: 'https://bot.example' }] }],
    [{ links: Array(6).fill({ text: 'Sign in', url: 'https://bot.example' }) }],
    [{ links: 'https://bot.example' }],
    [{ nextSweepAt: 'soon' }],
    [{ paused: 'yes' }],
  ])('is no link that leads anywhere else than to a page: %j', async (note) => {
    const x = await start(stack)
    const answer = await call(x, 'PUT', '/_local/bot', note)
    expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ code: 'BAD_NOTE' })])
    expect(await (await fetch(`${x.url}/_local/bot`)).json()).not.toHaveProperty('links')
  })

  test('is asking how long X counts a text to be, as it counts a post of the bot', async () => {
    const x = await start(stack)
    for (const [text, weightedLength] of [
      ['犬'.repeat(140), 280],
      ['see https://example.com/a/very/long/address/that/counts/as/23', 27],
      ['👩‍👩‍👧', 2],
      ['', 0],
    ] as const) {
      const answer = await call(x, 'POST', '/_local/measure', { text })
      expect([text, await answer.json()]).toEqual([text, { weightedLength, usual: 280, premium: 25_000 }])
    }
    expect((await call(x, 'POST', '/_local/measure')).status).toBe(400)
  })

  test.each<[string, Uint8Array, string]>([
    ['a text', Buffer.from('no picture'), 'Photos are JPEG, PNG, WEBP or GIF files.'],
    ['an empty file', new Uint8Array(), 'The file is empty.'],
    ['more than 5 MB', Buffer.concat([jpeg(), Buffer.alloc(5 * 1024 * 1024)]), 'make it smaller.'],
  ])('is asking whether X takes a file before it is posted: %s is refused', async (_, bytes, why) => {
    const x = await start(stack)
    const form = new FormData()
    form.set('photo', new File([new Uint8Array(bytes)], 'dog.jpg', { type: 'image/jpeg' }))
    const answer = await fetch(`${x.url}/_local/photos`, { method: 'POST', body: form })
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { error: expect.stringMatching(new RegExp(`^X refuses this photo: ".*" .*${why}$`)), code: 'BAD_PHOTO' },
    ])
    expect(x.tweets()).toEqual([])
  })

  test('is asking whether X takes a file: a photo is, and nothing is posted', async () => {
    const x = await start(stack)
    const form = new FormData()
    form.set('photo', new File([new Uint8Array(jpeg())], 'dog.jpg'))
    const answer = await fetch(`${x.url}/_local/photos`, { method: 'POST', body: form })
    expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ kind: 'photo' })])
    expect([x.tweets(), (await call(x, 'POST', '/_local/photos')).status]).toEqual([[], 400])
  })

  test('is not posting an empty tweet, unless it has a photo', async () => {
    const x = await start(stack)
    const { id } = await x.tweet({ as: 'alice', text: ' ', photos: [{ bytes: jpeg() }] })
    for (const draft of [{ text: '' }, { text: ' \n' }, { text: '', quote: id }, { text: '', inReplyTo: id }]) {
      const answer = await call(x, 'POST', '/_local/tweets', { as: 'alice', ...draft })
      const refused = { error: 'X refuses an empty post. Write something, or add a photo.', code: 'BAD_TEXT' }
      expect([draft, answer.status, await answer.json()]).toEqual([draft, 400, refused])
    }
    expect(await x.tweet({ as: 'alice', text: '', edits: id })).toMatchObject({ photos: [{}] })
    expect(x.tweets()).toHaveLength(2)
  })

  test('is posting as much as X takes from a Premium account, and no more', async () => {
    const x = await start(stack)
    await x.tweet({ as: 'alice', text: '犬'.repeat(12_500) })
    await expect(x.tweet({ as: 'alice', text: `${'犬'.repeat(12_500)}!` })).rejects.toThrow(
      'X refuses a post of 25,001 characters. Premium accounts may write 25,000.',
    )
    expect(x.tweets()).toHaveLength(1)
  })

  test('is refused with a reason where X would not take it', async () => {
    const x = await start(stack)
    expect((await call(x, 'POST', '/_local/people/a%20b/revoke')).status).toBe(400)
    expect((await call(x, 'PUT', '/_local/people/%E0%A4')).status).toBe(400)
    for (const type of ['application/json', 'multipart/form-data', 'multipart/form-data; boundary=x', 'text/plain']) {
      const headers = { host: local(x), 'content-type': type }
      const { status, body } = await request(x, '/_local/tweets', { method: 'POST', headers, body: '{"as":' })
      expect([type, status, JSON.parse(body.toString())]).toEqual([
        type,
        400,
        { error: expect.stringMatching(/needed/) },
      ])
    }
  })

  test('is sending photos with descriptions, and stills of what moves', async () => {
    const x = await start(stack)
    const form = new FormData()
    form.set('as', 'alice')
    form.set('text', 'look')
    form.append('photo', new File([jpeg()], 'a.jpg', { type: 'image/jpeg' }))
    form.append('alt', 'a dog')
    form.append('kind', 'animated_gif')
    expect((await fetch(`${x.url}/_local/tweets`, { method: 'POST', body: form })).status).toBe(201)
    expect(x.tweets()[0]?.photos).toMatchObject([{ altText: 'a dog', kind: 'animated_gif' }])
  })
})

test('whoever listens is told all that there is, and then what happens, and keeps nothing from closing', async () => {
  const x = await start(stack, { people: [{ username: 'alice' }] })
  await x.tweet({ as: 'alice', text: 'before' })
  const hook = await startWebhook(x.credentials.consumerSecret, stack)
  const events: [string, { readonly [key: string]: unknown }][] = []
  const enough = new Promise<void>((resolve, reject) => {
    const outgoing = http.get(`${x.url}/_local/events`, { agent: false }, (response) => {
      expect(response.headers['content-type']).toBe('text/event-stream')
      let text = ''
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        const whole = text.split('\n\n')
        text = whole.pop() ?? ''
        for (const event of whole) {
          const [, name = '', data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(event) ?? []
          events.push([name, JSON.parse(data)])
          if (name === 'snapshot') happen()
          if (name === 'delivery') resolve()
        }
      })
      response.on('error', () => {})
    })
    outgoing.on('error', reject)
  })
  function happen(): void {
    const { id } = { id: x.tweets()[0]?.id ?? '' }
    x.set({ drop: 0 })
    x.noteOutcome(id, { kind: 'ignored', reason: 'retweet' })
    void x.tweet({ as: 'bob', text: '<b>after</b>' }).then(() => deliverOnce())
  }
  async function deliverOnce(): Promise<void> {
    const authorization = `Bearer ${x.credentials.bearerToken}`
    const body = JSON.stringify({ url: hook.url })
    await request(x, '/2/webhooks', { method: 'POST', headers: { host: 'api.x.com', authorization }, body })
    await x.deliver('{"for_user_id":"1","follow_events":[]}')
  }
  await enough
  expect(events.map(([name]) => name)).toEqual(['snapshot', 'switches', 'outcome', 'tweet', 'webhooks', 'delivery'])
  expect(events[0]?.[1]).toMatchObject({
    tweets: [{ displayText: 'before' }],
    bot: { username: 'hexbird' },
    switches: {},
  })
  expect(events[3]?.[1]).toMatchObject({ displayText: '<b>after</b>', author: { username: 'bob' } })
  expect(events.at(-1)?.[1]).toMatchObject({ event: 'follow_events', status: 200, attempt: 1 })
  expect(JSON.stringify(events)).not.toContain(x.credentials.consumerSecret)
  await x.close()
})
