import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { axeFaults, browserTest, closeBrowser, newPage, type Page, screenshot } from '@hexbird/testkit/browser'
import { serve } from '@hono/node-server'
import { afterAll, afterEach, describe, expect } from '@jest/globals'
import type { StatusView } from '../../src/index.js'
import { BUSY, IDLE, STOPPED, statusApp, TOKEN } from './fixture.js'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})
afterAll(closeBrowser)

type Look = Parameters<typeof newPage>[0]
const NARROW = { viewport: { width: 390, height: 844 } }
const LOOKS: readonly (readonly [name: string, look: Look])[] = [
  ['light', {}],
  ['dark', { colorScheme: 'dark' }],
  ['light-narrow', NARROW],
  ['dark-narrow', { ...NARROW, colorScheme: 'dark' }],
]

/** The page of a bot, in a browser that runs no scripts of the page. */
async function open(view: StatusView, look: Look) {
  const { app, acts } = statusApp(view)
  const server = await new Promise<Server>((resolve) => {
    const made = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(made as Server))
  })
  servers.push(server)
  const shown = await newPage(look)
  await shown.page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  return { ...shown, acts }
}

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Token for this page').fill(TOKEN)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '@petbot' }).waitFor()
}

const overflow = (page: Page) =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')

/** The headings of the cards whose table is wider than the card has room for. */
const tooWide = (page: Page) =>
  page.evaluate(`[...document.querySelectorAll('.card')]
    .filter((card) => card.querySelector('table')?.scrollWidth > card.querySelector('h2').clientWidth)
    .map((card) => card.querySelector('h2').textContent)`)

describe.each(LOOKS)('%s:', (name, look) => {
  browserTest(`the sign-in page has no fault that axe knows (${name})`, async () => {
    const { page, problems } = await open(BUSY, look)
    await page.getByLabel('Token for this page').fill('wrong')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('This token is wrong.').waitFor()
    expect(await axeFaults(page)).toEqual([])
    expect(await overflow(page)).toBe(0)
    await screenshot(page, `status-sign-in-${name}`)
    expect(problems.filter((problem) => !problem.includes('401'))).toEqual([])
  })

  const views = { busy: BUSY, stopped: STOPPED, ...(name === 'light' && { idle: IDLE }) }
  for (const [state, view] of Object.entries(views)) {
    browserTest(`the page of a bot that is ${state} has no fault that axe knows, and fits (${name})`, async () => {
      const { page, problems } = await open(view, look)
      await signIn(page)
      await page.getByText('Show as a table').click()
      expect(await axeFaults(page)).toEqual([])
      expect(await overflow(page)).toBe(0)
      expect(await tooWide(page)).toEqual([])
      await screenshot(page, `status-${state}-${name}`, true)
      expect(problems.filter((problem) => !problem.includes('401'))).toEqual([])
    })
  }
})

browserTest('everything is done by keyboard alone, and without scripts', async () => {
  const { page, acts } = await open(BUSY, { javaScriptEnabled: false })
  const names: string[] = []
  const focused = page.locator(':focus')
  // The page puts the cursor into its field, a moment after it was loaded.
  await focused.waitFor()
  await page.keyboard.type(TOKEN)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '@petbot' }).waitFor()
  for (let stop = 0; stop < 6; stop += 1) {
    await page.keyboard.press('Tab')
    names.push(await focused.evaluate((element) => element.getAttribute('name') ?? element.textContent ?? ''))
    if (names.at(-1) === 'reason') await page.keyboard.type('too loud')
  }
  expect(names).toEqual(['Skip to the status', 'Refresh', 'Sign out', 'reason', 'Pause posting', 'Show as a table'])
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('status').getByText('Posting is paused.').waitFor()
  expect(acts).toEqual([{ kind: 'pause', reason: 'too loud' }])
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('The dead letter is back in its queue.').waitFor()
  expect(acts).toHaveLength(2)
})

browserTest('a form of another page on this machine does nothing', async () => {
  const { page, acts } = await open(BUSY, {})
  await signIn(page)
  const { origin } = new URL(page.url())
  const evil = await new Promise<Server>((resolve) => {
    const body = `<form method="post" action="${origin}/status/resume"><button>Win</button></form>`
    const made = serve(
      {
        fetch: () => new Response(body, { headers: { 'content-type': 'text/html' } }),
        port: 0,
        hostname: '127.0.0.1',
      },
      () => resolve(made as Server),
    )
  })
  servers.push(evil)
  await page.goto(`http://127.0.0.1:${(evil.address() as AddressInfo).port}/`)
  await page.getByRole('button', { name: 'Win' }).click()
  await page.getByText('The form did not come from this page.').waitFor()
  expect(acts).toEqual([])
})
