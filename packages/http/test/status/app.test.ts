import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { StatusAction, StatusView } from '../../src/index.js'
import { STATUS_CSS } from '../../src/status/style.js'
import { BUSY, IDLE, NOW, ORIGIN, STOPPED, statusApp, TOKEN } from './fixture.js'

/** What a person reads on the page of a bot. */
async function shown(view: StatusView): Promise<string> {
  const browser = statusApp(view).browser()
  await browser.signIn()
  const page = await (await browser.get()).text()
  return page
    .replace(/<style>.*<\/style>/s, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ([,.])/g, '$1')
}

describe('the page tells', () => {
  test('what came, what became of it, why, and what it cost', async () => {
    const page = await shown(BUSY)
    expect(page).toContain('@a_name_with_15_c 1995000000000000007 2026-11-29 17:03 Replied the reply $0.017')
    expect(page).toContain(
      'User 16 1995000000000000006 2026-11-29 16:56 Waiting until 2026-11-29 17:10 The bot has reached',
    )
    expect(page).toContain('Ignored It has no photo, and the bot has already spoken in this conversation. $0.000')
    expect(page).toContain('Refused by X X does not allow this reply. Reply to this conversation is not allowed')
    expect(page).toContain('Failed Error: The labeler answered 500')
  })

  test('today’s money and what is left of it', async () => {
    const page = await shown(BUSY)
    expect(page).toContain('$3.766 is left until midnight UTC.')
    expect(page).toContain('Spent or reserved $1.234 of $5.00 Of that, for finding mentions $0.087 of $1.00')
    expect(page).toContain('Limits: $0.20 a day for one author, 8 replies a day in one conversation.')
    expect(await shown(STOPPED)).toContain('$0.000 is left until midnight UTC.')
    expect(await shown(STOPPED)).toContain('The bot answers nobody before midnight UTC')
  })

  test('what today’s money is for, so that the parts add up', async () => {
    const page = await shown(BUSY)
    expect(page).toContain('Of that, for finished tweets $0.204 The rest $0.943')
    expect(page).toContain('The rest is for tweets that are in progress or failed')
    expect(page).toContain('for listing the bot&rsquo;s own tweets at the start')
  })

  test('no rest below zero, where a tweet that was charged yesterday finished today', async () => {
    const money = { ...BUSY.money, day: { spent: 200_000, limit: 5_000_000 } }
    expect(await shown({ ...BUSY, money })).toContain('The rest $0.000')
  })

  test('what waits and until when, and what X wants to wait for', async () => {
    const page = await shown(BUSY)
    expect(page).toContain('In progress or waiting: 3 in events, 0 in jobs')
    expect(page).toContain('@alan 1995000000000000101, in events in progress')
    expect(page).toContain('User 16 1995000000000000102, in events 2026-11-29 17:17, in 12 minutes')
    expect(page).toContain('message in events 2026-11-29 17:05, in 40 seconds')
    expect(page).toContain('X accepts no timeline calls before 2026-11-29 17:10 (in 5 minutes).')
    expect(page).not.toContain('no mentions calls')
  })

  test('dead letters, with the author and the id that the recent tweets have', async () => {
    expect(await shown(BUSY)).toContain('@tony 1995000000000000201 2026-11-29 15:35 Error: The labeler')
    const about = { tweetId: '1995000000000000003', authorId: '13' }
    const queues = BUSY.queues.map((queue) => ({
      ...queue,
      deadLetters: queue.deadLetters.map((letter) => ({ ...letter, about })),
    }))
    expect(await shown({ ...BUSY, queues })).toContain('User 13 1995000000000000003 2026-11-29 15:35 Error')
  })

  test('dead letters, and how many more there are', async () => {
    expect(await shown(BUSY)).toContain('Dead letters (1)')
    expect(await shown(BUSY)).toContain('Error: The labeler answered 500: upstream')
    const many = BUSY.queues.map((queue) => ({ ...queue, deadLetterCount: queue.deadLetterCount * 40 }))
    expect(await shown({ ...BUSY, queues: many })).toContain('keeps them for 14 days; the first 1 of 40')
  })

  test('that a changed bot has to be restarted before a dead letter is tried again', async () => {
    const restart = 'If you changed the bot&rsquo;s file, restart the bot before you try again.'
    expect(await shown(BUSY)).toContain(restart)
    expect(await shown(IDLE)).not.toContain(restart)
  })

  test('why posting is stopped and since when', async () => {
    expect(await shown(STOPPED)).toContain('Stopped since 2026-11-29 16:58. X answered with code 326')
    expect(await shown(BUSY)).not.toContain('Resume')
  })

  test('that there is nothing to tell of a bot that has just begun', async () => {
    const page = await shown(IDLE)
    expect(page).toContain('Nothing yet.')
    expect(page).toContain('None. The bot has given up on nothing.')
    expect(page).toContain('Nothing is waiting in the queues. Items: 0 in events, 0 in jobs.')
    expect(page).not.toContain('lists no mentions')
  })

  test('that a paused bot lists no mentions, so that none of them are in its queues', async () => {
    const page = await shown({ ...IDLE, killSwitch: STOPPED.killSwitch })
    expect(page).toContain('While posting is stopped, the bot lists no mentions')
    expect(page).toContain('After you resume, it lists those of the last day')
  })

  test('each of the last days, as a picture with a text and as a table', async () => {
    const browser = statusApp().browser()
    await browser.signIn()
    const page = await (await browser.get()).text()
    expect(page).toContain('<desc id="tweets-text">At most 46 a day; 23 today.</desc>')
    expect(page).toContain('<desc id="money-text">At most $0.527 a day; $0.204 today.</desc>')
    expect(await shown(BUSY)).toContain('11-25 31 10 2 3 $0.527')
  })

  test('what each number of a day counts, in the same words at the picture and in the table', async () => {
    const page = await shown(BUSY)
    expect(page).toContain('Replied Ignored Refused Failed Refused includes unresolved. Failed:')
    expect(page).toContain('Day Replied Ignored Refused Failed Cost')
    expect(page).toContain('Once it gets its reply, it counts as replied only.')
  })

  test('where each tweet is: at X, or where the bot’s X is', async () => {
    const at = async (options: Parameters<typeof statusApp>[1]) => {
      const browser = statusApp(BUSY, options).browser()
      await browser.signIn()
      return (await browser.get()).text()
    }
    expect(await at({})).toContain('<a href="https://x.com/i/web/status/1995000000000000077" rel="noreferrer">')
    const local = await at({ tweetUrl: (id) => `http://127.0.0.1:3000/#/tweet/${id}` })
    expect(local).toContain('<a href="http://127.0.0.1:3000/#/tweet/1995000000000000077" rel="noreferrer">')
  })

  test('a time that no date has, without breaking', async () => {
    const waiting = [{ about: { kind: 'message' }, until: Number.MAX_SAFE_INTEGER, inFlight: false }]
    expect(
      await shown({ ...BUSY, queues: [{ name: 'events', size: 1, waiting, deadLetterCount: 0, deadLetters: [] }] }),
    ).toContain('+275760-09-13 00:00')
  })
})

describe('a person who has signed in', () => {
  test.each<readonly [string, Readonly<Record<string, string>>, StatusAction, string]>([
    ['pauses the bot', { reason: ' too loud ' }, { kind: 'pause', reason: 'too loud' }, 'Posting is paused.'],
    ['pauses it without a reason', { reason: '  ' }, { kind: 'pause', reason: 'by hand' }, 'Posting is paused.'],
    ['resumes it', {}, { kind: 'resume' }, 'Posting is allowed again.'],
    [
      'has a dead letter tried again',
      { queue: 'events', id: '7' },
      { kind: 'retry', queue: 'events', id: 7 },
      'The dead letter is back in its queue.',
    ],
  ])('%s', async (_, fields, action, notice) => {
    const { acts, browser } = statusApp()
    const one = browser()
    await one.signIn()
    const done = await one.post(`/status/${action.kind}`, { csrf: await one.csrf(), ...fields })
    expect([done.status, acts]).toEqual([303, [action]])
    expect(await (await one.get(done.headers.get('location') ?? '')).text()).toContain(
      `<p class="notice" role="status">${notice}</p>`,
    )
  })

  test('is told when the dead letter is gone', async () => {
    const one = statusApp(BUSY, { act: async () => false }).browser()
    await one.signIn()
    const gone = await one.post('/status/retry', { csrf: await one.csrf(), queue: 'events', id: '7' })
    expect(gone.headers.get('location')).toBe('/status?done=gone')
  })

  test.each([
    ['retry', { queue: 'events' }],
    ['retry', { id: '7' }],
    ['retry', { queue: 'events', id: '7 OR 1' }],
  ])('does nothing by %s with %j', async (kind, fields) => {
    const { acts, browser } = statusApp()
    const one = browser()
    await one.signIn()
    const refused = await one.post(`/status/${kind}`, { csrf: await one.csrf(), ...(fields as Record<string, string>) })
    expect([refused.status, acts]).toEqual([400, []])
  })

  test('signs out', async () => {
    const one = statusApp().browser()
    await one.signIn()
    await one.post('/status/sign-out', { csrf: await one.csrf() })
    expect((await one.get()).status).toBe(401)
  })
})

test('what cannot be read is told to the operator’s log, and the page says so', async () => {
  const error = new Error('the disk failed')
  const broken = () => Promise.reject(error)
  const { errors, browser } = statusApp(BUSY, { read: broken, act: broken })
  const one = browser()
  await one.signIn()
  const page = await one.get()
  expect([page.status, errors]).toEqual([500, [error]])
  expect(await page.text()).not.toContain('the disk failed')
})

test('an address that leads nowhere says so, and the root leads to the page', async () => {
  const one = statusApp().browser()
  expect((await one.get('/other')).status).toBe(404)
  expect((await one.get('/')).headers.get('location')).toBe('/status')
  expect((await one.get('/status/icon.svg')).headers.get('content-type')).toBe('image/svg+xml')
})

test('a token that can be guessed is refused', () => {
  expect(() => statusApp(BUSY, { token: TOKEN.slice(1) })).toThrow('The token must have at least 32 characters.')
})

test('the page has the colours of the local X', () => {
  const path = new URL('../../../local-x/src/page/assets/style.css', import.meta.url)
  const rootOf = (css: string) => /:root \{.*?\n\}/s.exec(css)?.[0]
  expect(rootOf(STATUS_CSS)).toBe(rootOf(readFileSync(path, 'utf8')))
  expect(rootOf(STATUS_CSS)).toContain('--leaf')
})

test('the metrics of a busy bot', async () => {
  const headers = { authorization: `Bearer ${TOKEN}` }
  const { app } = statusApp()
  const response = await app.request(`${ORIGIN}/metrics`, { headers })
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(await response.text()).toBe(`# HELP hexbird_outcomes_total Events and jobs handled since the start, by outcome.
# TYPE hexbird_outcomes_total counter
hexbird_outcomes_total{outcome="replied"} 12
hexbird_outcomes_total{outcome="ignored"} 4
hexbird_outcomes_total{outcome="deferred"} 9
# HELP hexbird_budget_spent_dollars Money spent or reserved today. The day includes the share of the sweeps.
# TYPE hexbird_budget_spent_dollars gauge
hexbird_budget_spent_dollars{share="day"} 1.234
hexbird_budget_spent_dollars{share="sweep"} 0.087
# HELP hexbird_budget_left_dollars Money left today. Sweeps have at most what is left of the day.
# TYPE hexbird_budget_left_dollars gauge
hexbird_budget_left_dollars{share="day"} 3.766
hexbird_budget_left_dollars{share="sweep"} 0.913
# HELP hexbird_queue_items Items that are ready, waiting or in progress.
# TYPE hexbird_queue_items gauge
hexbird_queue_items{queue="events"} 3
hexbird_queue_items{queue="jobs"} 0
# HELP hexbird_dead_letters Items that the bot gave up on.
# TYPE hexbird_dead_letters gauge
hexbird_dead_letters{queue="events"} 1
hexbird_dead_letters{queue="jobs"} 0
# HELP hexbird_stopped Whether posting is stopped until a person resumes it.
# TYPE hexbird_stopped gauge
hexbird_stopped 0
# HELP hexbird_x_wait_seconds Seconds until X accepts this kind of call again. Only kinds that X rejects now are listed.
# TYPE hexbird_x_wait_seconds gauge
hexbird_x_wait_seconds{call="timeline"} 300
`)
  const stopped = await (await statusApp(STOPPED).app.request(`${ORIGIN}/metrics`, { headers })).text()
  expect(stopped).toContain('hexbird_stopped 1\n')
  // Sweeps pay from what is left of the day.
  expect(stopped).toContain('hexbird_budget_left_dollars{share="sweep"} 0\n')
  expect(NOW).toBe(BUSY.at)
})
