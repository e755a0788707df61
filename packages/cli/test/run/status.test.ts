import { request } from 'node:http'
import { MemoryBudget, MemoryJournal, MemoryKillSwitch } from '@hexbird/adapters-memory'
import { defaultLimits } from '@hexbird/core'
import { afterEach, expect, test } from '@jest/globals'
import { startStatus } from '../../src/run/status.js'

const TOKEN = 'a-token-of-thirty-two-characters'
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const queue = { size: 0, waiting: () => [], deadLetters: [], redrive: async () => false }

async function started(over: { readonly port?: number; readonly token?: string } = {}) {
  const killSwitch = new MemoryKillSwitch()
  const status = await startStatus({
    port: 0,
    token: TOKEN,
    bot: { id: '900', username: 'petbot' },
    limits: defaultLimits,
    killSwitch,
    spending: new MemoryBudget(),
    journal: new MemoryJournal(),
    queues: { events: queue, jobs: queue },
    outcomes: () => ({}),
    now: Date.now,
    ...over,
  })
  closers.push(() => status.close())
  return { ...status, killSwitch }
}

test('an operator signs in over HTTP, pauses the bot, and sees that it is paused', async () => {
  const { url, killSwitch } = await started()
  const { origin } = new URL(url)
  const form = (path: string, fields: Readonly<Record<string, string>>, cookie = '') =>
    fetch(`${origin}/status/${path}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      redirect: 'manual',
      headers: { origin, cookie },
    })
  const [kept = ''] = (await form('sign-in', { token: TOKEN })).headers.getSetCookie()
  const cookie = kept.split(';', 1)[0] ?? ''
  const page = await (await fetch(url, { headers: { cookie } })).text()
  const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
  expect((await form('pause', { csrf, reason: 'too loud' }, cookie)).status).toBe(303)
  expect((await killSwitch.state()).stopped?.reason).toBe('Paused by an operator: too loud')
  expect(await (await fetch(url, { headers: { cookie } })).text()).toContain('too loud')
})

test('Prometheus scrapes it with the token', async () => {
  const { url } = await started()
  const { origin } = new URL(url)
  const scraped = await fetch(`${origin}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } })
  expect(await scraped.text()).toContain('hexbird_budget_left_dollars{share="day"} 5\n')
})

test('a name that leads here from elsewhere shows nothing', async () => {
  const { url } = await started()
  const status = await new Promise((resolve, reject) => {
    const asked = request(url, { headers: { host: 'evil.example' } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    asked.on('error', reject).end()
  })
  expect(status).toBe(403)
})

test('a port that is taken, and a token that can be guessed, are mistakes that a person can mend', async () => {
  const { url } = await started()
  const port = Number(new URL(url).port)
  const mend = {
    name: 'UsageError',
    message: expect.stringMatching(`:${port} is already in use.*HEXBIRD_STATUS_PORT`),
  }
  await expect(started({ port })).rejects.toMatchObject(mend)
  const message = 'HEXBIRD_STATUS_TOKEN: The token must have at least 32 characters.'
  await expect(started({ token: 'short' })).rejects.toMatchObject({ name: 'UsageError', message })
})
