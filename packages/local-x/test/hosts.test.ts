import { afterEach, describe, expect, test } from '@jest/globals'
import { type Closers, closeAll, jpeg, png, request, start } from './support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

describe('the media host', () => {
  test('serves a photo by its address, with type and length', async () => {
    const x = await start(stack)
    const uploads = [jpeg(), png()]
    const { photos } = await x.tweet({ as: 'alice', text: 'look', photos: uploads.map((bytes) => ({ bytes })) })
    for (const { url, type } of photos) {
      const answer = await request(x, new URL(url).pathname, { headers: { host: 'pbs.twimg.com' } })
      expect(answer.headers).toMatchObject({ 'content-type': type, 'content-length': String(answer.body.length) })
      expect(answer.status).toBe(200)
    }
    expect(photos.map(({ type, width, height }) => [type, width, height])).toEqual([
      ['image/jpeg', 300, 200],
      ['image/png', 640, 480],
    ])
  })

  test.each([
    '/media/Gunknown.jpg',
    '/media/KEY?format=gif&name=large',
    '/media/KEY?format=jpg&name=huge',
    '/media/KEY',
    '/',
  ])('answers 404 to %s', async (path) => {
    const x = await start(stack)
    const { photos } = await x.tweet({ as: 'alice', text: 'look', photos: [{ bytes: jpeg() }] })
    const answer = await request(x, path.replace('KEY', photos[0]?.key ?? ''), { headers: { host: 'pbs.twimg.com' } })
    expect(answer.status).toBe(404)
  })
})

describe('the control host', () => {
  test('says what is there, with a curl line that works', async () => {
    const x = await start(stack)
    const page = await (await fetch(x.url)).text()
    expect(page).toContain(`@hexbird (${x.bot.id})`)
    expect(page).toContain(
      `curl -F as=alice --form-string 'text=@hexbird what is this?' -F photo=@dog.jpg ${x.url}/_local`,
    )
  })

  test('takes a tweet with photos as a form', async () => {
    const x = await start(stack)
    const form = new FormData()
    form.set('as', 'alice')
    form.set('text', '@hexbird what is this?')
    form.append('photo', new File([jpeg('one')], 'one.jpg', { type: 'image/jpeg' }))
    form.append('photo', new File([png('two')], 'two'))
    const answer = await fetch(`${x.url}/_local/tweets`, { method: 'POST', body: form })
    expect(answer.status).toBe(201)
    const tweet = await answer.json()
    expect(tweet).toMatchObject({ author: { username: 'alice' }, displayText: '@hexbird what is this?' })
    expect(x.tweets()).toEqual([tweet])
    expect(x.tweets()[0]?.photos.map(({ type }) => type)).toEqual(['image/jpeg', 'image/png'])
  })

  test('takes a tweet as JSON, and lists all', async () => {
    const x = await start(stack)
    const { id } = await x.tweet({ as: 'alice', text: 'hi' })
    const body = JSON.stringify({ as: 'bob', text: 'hello', inReplyTo: id, replySettings: 'mentionedUsers' })
    const headers = { 'content-type': 'application/json' }
    await fetch(`${x.url}/_local/tweets`, { method: 'POST', headers, body })
    const list = await (await fetch(`${x.url}/_local/tweets`)).json()
    expect(list).toMatchObject([{ id }, { text: '@alice hello', replySettings: 'mentionedUsers', inReplyTo: { id } }])
  })

  test.each([
    ['without a text', { as: 'alice' }],
    ['as nobody', { text: 'hi' }],
    ['as a name that X does not allow', { as: 'a b', text: 'hi' }],
    ['in reply to what is not there', { as: 'alice', text: 'hi', inReplyTo: '20' }],
    ['with settings that X does not have', { as: 'alice', text: 'hi', replySettings: 'nobody' }],
  ])('refuses a tweet %s, and says why', async (_what, draft) => {
    const x = await start(stack)
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${x.url}/_local/tweets`, { method: 'POST', headers, body: JSON.stringify(draft) })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: expect.stringMatching(/./) })
    expect(x.tweets()).toEqual([])
  })

  test('refuses pages of other origins', async () => {
    const x = await start(stack)
    const host = `127.0.0.1:${x.port}`
    const statuses: number[] = []
    for (const origin of ['https://example.com', 'null', `http://localhost:${x.port}`, x.url]) {
      statuses.push((await request(x, '/_local/tweets', { headers: { host, origin } })).status)
    }
    expect(statuses).toEqual([403, 403, 403, 200])
  })
})

describe('a host', () => {
  test.each(['example.com', 'api.twitter.com', 'localhost.example.com', 'api.x.com.example.com'])(
    'that is none of the three is answered 404: %s',
    async (host) => {
      const x = await start(stack)
      expect((await request(x, '/_local/tweets', { headers: { host } })).status).toBe(404)
    },
  )

  test('of X has no controls, and this machine has both', async () => {
    const x = await start(stack)
    const authorization = `Bearer ${x.credentials.bearerToken}`
    const statuses: number[] = []
    for (const host of ['api.x.com', 'pbs.twimg.com', 'localhost', `127.0.0.1:${x.port}`]) {
      const controls = await request(x, '/_local/tweets', { headers: { host, authorization } })
      const api = await request(x, '/2/webhooks', { headers: { host, authorization } })
      statuses.push(controls.status, api.status)
    }
    expect(statuses).toEqual([404, 200, 404, 404, 200, 200, 200, 200])
  })
})
