import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { browserTest, closeBrowser, newPage } from '@hexbird/testkit/browser'
import { afterAll, afterEach, expect } from '@jest/globals'
import { type Closers, closeAll, start } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))
afterAll(closeBrowser)

/** A site of somebody else's: every address is an empty page. Gives its port. */
async function startSite(): Promise<number> {
  const site = http.createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<p>hi'))
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  stack.push(() => {
    site.closeAllConnections()
    return new Promise<void>((resolve) => site.close(() => resolve()))
  })
  return (site.address() as AddressInfo).port
}

/** All that a page can send without asking, and with: gives what it could read of the answers. */
const attack = (target: string, token: string, id: string) => `(async () => {
  const read = []
  const calls = [
    ['GET', '/_local/tweets'], ['POST', '/_local/tweets'], ['POST', '/_local/tokens'], ['PUT', '/_local/switches'],
    ['DELETE', '/_local/tweets/${id}'], ['GET', '/2/users/me'], ['POST', '/2/tweets'], ['DELETE', '/2/tweets/${id}'],
  ]
  const call = async ([method, path], mode) => {
    const body = method === 'GET' ? undefined : path.startsWith('/2/') ? '{"text":"hi"}' : '{"as":"alice","text":"hi","drop":1}'
    // Without a word of its own the content type is one that browsers send unasked.
    const headers = mode === 'cors' ? { authorization: 'Bearer ${token}', 'content-type': 'application/json' } : {}
    const answer = await fetch('${target}' + path, { method, mode, headers, body })
    if (answer.ok) read.push(method + ' ' + path)
  }
  await Promise.allSettled(calls.flatMap((one) => [call(one, 'cors'), call(one, 'no-cors')]))
  navigator.sendBeacon('${target}/_local/tweets', new URLSearchParams({ as: 'alice', text: 'hi' }))
  await new Promise((resolve) => Object.assign(new Image(), { onload: resolve, onerror: resolve, src: '${target}/_local/tweets' }))
  const frame = Object.assign(document.createElement('iframe'), { name: 'frame' })
  const form = Object.assign(document.createElement('form'), { action: '${target}/_local/tweets', method: 'post', target: 'frame' })
  for (const [name, value] of [['as', 'alice'], ['text', 'hi']]) form.append(Object.assign(document.createElement('input'), { name, value }))
  document.body.append(frame, form)
  const loaded = new Promise((resolve) => (frame.onload = resolve))
  form.submit()
  await loaded
  frame.remove()
  form.remove()
  return read
})()`

browserTest('a page of another site reads nothing and changes nothing, with the right token too', async () => {
  const x = await start(stack)
  const port = await startSite()
  const { id } = await x.tweet({ as: 'hexbird', text: 'hello' })
  const { accessToken } = x.userToken('hexbird')
  const state = () => JSON.stringify([x.tweets(), x.messages(), x.switches(), x.webhooks()])
  const before = state()
  // Browsers look up every name below localhost as this machine: the last is a site whose name was led here meanwhile.
  const pages = [`http://127.0.0.1:${port}`, `http://evil.localhost:${port}`, `http://evil.localhost:${x.port}`]
  for (const home of pages) {
    const { page } = await newPage()
    await page.goto(home)
    for (const target of [x.url, `http://localhost:${x.port}`, `http://evil.localhost:${x.port}`]) {
      expect([home, target, await page.evaluate(attack(target, accessToken, id))]).toEqual([home, target, []])
    }
  }
  expect(state()).toBe(before)
})
