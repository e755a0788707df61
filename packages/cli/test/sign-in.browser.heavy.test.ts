import { MemoryAccountStore, MemorySessionStore } from '@hexbird/adapters-memory'
import type { Account, Session } from '@hexbird/core/adapter'
import { TIMES } from '@hexbird/core/host'
import { browserTest, closeBrowser, newPage, type Page, screenshot } from '@hexbird/testkit/browser'
import { afterAll, afterEach, describe, expect } from '@jest/globals'
import type { LocalBot, LocalBotOptions } from '../src/local-bot.js'
import { startLocalBot } from '../src/local-bot.js'

let running: LocalBot[] = []
afterEach(async () => {
  await Promise.all(running.map((local) => local.close()))
  running = []
})
afterAll(closeBrowser)

/** Both choices are really made through the API, and this X lets them be. */
const API: LocalBotOptions = {
  signIn: { follow: 'api', message: 'api', messageText: 'You are in.' },
  localX: { follows: 'allowed' },
}

async function start(options: LocalBotOptions = {}) {
  const clock = { now: Date.now() }
  const sessions = new SeenSessions()
  const accounts = new MemoryAccountStore()
  const local = await startLocalBot({
    ...options,
    now: () => clock.now,
    ports: { sessions, accounts, ...options.ports },
    localX: { people: [{ username: 'alice' }, { username: 'bob' }], ...options.localX },
  })
  running.push(local)
  const { x } = local
  return {
    x,
    local,
    clock,
    sessions,
    account: (username: string): Promise<Account | undefined> => accounts.find(x.person(username).id),
  }
}

/** Keeps what was put, for a look at it. */
class SeenSessions extends MemorySessionStore {
  readonly seen: Session[] = []

  override async put(session: Session): Promise<void> {
    this.seen.push(session)
    await super.put(session)
  }
}

type Fixture = Awaited<ReturnType<typeof start>>

/** Another browser, at the sign-in page. */
async function browserAt({ local }: Fixture, options: Parameters<typeof newPage>[0] = {}) {
  const shown = await newPage({ viewport: { width: 700, height: 760 }, ...options })
  const addresses: string[] = []
  shown.page.on('request', (request) => {
    if (request.isNavigationRequest()) addresses.push(request.url())
  })
  await shown.page.goto(local.signInUrl)
  return {
    ...shown,
    /** Where X led the browser back to, last. */
    callback: () => addresses.findLast((address) => address.includes('/callback?')) ?? '',
  }
}

const heading = (page: Page) => page.getByRole('heading', { level: 1 }).textContent()
const begin = (page: Page) => page.getByRole('button', { name: 'Sign in with X' }).click()

/** On X's page. */
async function approve(page: Page, username: string) {
  await page.getByRole('radio', { name: new RegExp(`@${username}\\b`) }).check()
  await page.getByRole('button', { name: 'Authorize app' }).click()
}

/** Approves, and stops before the browser is led back: gives the address that it would be led to. */
async function approvedUntil(page: Page, person: string): Promise<string> {
  const authenticity_token = (await page.locator('[name=authenticity_token]').getAttribute('value')) ?? ''
  const form = { authenticity_token, person, decision: 'approve' }
  const answer = await page.request.post(page.url(), { form, maxRedirects: 0 })
  return answer.headers().location ?? ''
}

async function signIn(page: Page, username: string) {
  await begin(page)
  await approve(page, username)
  await page.getByRole('heading', { name: 'You are signed in' }).waitFor()
}

const takesOf = async ({ sessions, clock }: Fixture) =>
  Promise.all(
    sessions.seen.map(({ requestToken, flowSecretHash }) => sessions.consume(requestToken, flowSecretHash, clock.now)),
  )

describe('signing in, in a browser', () => {
  browserTest('with follow and message: both happen, and the account and nothing else is kept', async () => {
    const fixture = await start(API)
    const { page, problems } = await browserAt(fixture)
    for (const box of await page.getByRole('checkbox').all()) expect(await box.isChecked()).toBe(false)
    expect(await page.getByText('Follow @hexbird with my account').count()).toBe(1)
    await page.getByRole('heading', { name: 'Sign in to @hexbird', exact: true }).waitFor()
    await screenshot(page, 'sign-in')
    await page.getByRole('checkbox', { name: /Follow/ }).check()
    await page.getByRole('checkbox', { name: /message/ }).check()
    await signIn(page, 'alice')
    await page.getByText('Your account now follows @hexbird.').waitFor()
    await page.getByText('Your account sent itself the message.').waitFor()
    await screenshot(page, 'signed-in')

    const { x } = fixture
    const alice = x.person('alice')
    expect(x.followersOf('hexbird').map(({ username }) => username)).toEqual(['alice'])
    expect(x.messages()).toMatchObject([{ text: 'You are in.' }])
    expect(await fixture.account('alice')).toMatchObject({ uid: alice.id, username: 'alice', tracked: {} })
    expect(fixture.sessions.seen).toMatchObject([{ follow: true, message: true, tracked: {} }])
    expect(await takesOf(fixture)).toEqual([{ kind: 'used' }])
    expect(problems).toEqual([])
  })

  browserTest('the address that is left is clean: neither token nor verifier is in it or in the history', async () => {
    const fixture = await start()
    const { page, callback } = await browserAt(fixture)
    await signIn(page, 'alice')
    expect(callback()).toContain('oauth_verifier=')
    expect(new URL(page.url()).search).toBe('')
    expect(new URL(page.url()).pathname).toBe('/api/twitter-session/result')
    await page.goBack()
    expect(page.url()).not.toContain('oauth_verifier')
    const cookies = await page.context().cookies()
    for (const { name, secure, httpOnly, sameSite, path } of cookies.filter(({ name }) => name.startsWith('__Host-'))) {
      expect({ name, secure, httpOnly, sameSite, path }).toEqual({
        name,
        secure: true,
        httpOnly: true,
        sameSite: 'Lax',
        path: '/',
      })
    }
    const [, verifier = ''] = /oauth_verifier=([^&]+)/.exec(callback()) ?? []
    expect(JSON.stringify(cookies)).not.toContain(verifier)
  })

  browserTest('again: the tokens are those of the last time, and no second account is there', async () => {
    const fixture = await start()
    const { page } = await browserAt(fixture)
    await signIn(page, 'alice')
    const before = await fixture.account('alice')
    await fixture.x.revoke('alice')
    await fixture.local.idle()
    expect(await fixture.account('alice')).toBeUndefined()
    fixture.clock.now += 60_000
    await page.goto(fixture.local.signInUrl)
    await signIn(page, 'alice')
    const after = await fixture.account('alice')
    expect(after?.signedInAt).toBe((before?.signedInAt ?? 0) + 60_000)
    expect(after?.accessToken).not.toBe(before?.accessToken)
  })

  browserTest('a person who denies it has no account, and is told that nothing was done', async () => {
    const fixture = await start()
    const { page, problems } = await browserAt(fixture)
    await begin(page)
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('heading', { name: 'You did not sign in' }).waitFor()
    await screenshot(page, 'denied')
    expect(await fixture.account('alice')).toBeUndefined()
    expect(await takesOf(fixture)).toEqual([{ kind: 'used' }])
    await page.getByRole('link', { name: 'Start again' }).click()
    expect(await heading(page)).toMatch(/^Sign in/)
    expect(problems).toEqual([])
  })

  browserTest('Back and the callback played again: still signed in, and nothing is done a second time', async () => {
    const fixture = await start(API)
    const { page, callback } = await browserAt(fixture)
    await page.getByRole('checkbox', { name: /message/ }).check()
    await signIn(page, 'alice')
    await page.goBack()
    await page.goto(callback())
    expect(await heading(page)).toBe('You are signed in')
    expect(fixture.x.messages()).toHaveLength(1)
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.goto(callback())
    expect(await heading(page)).toBe('This sign-in was already used')
    await screenshot(page, 'used')
    expect(fixture.x.messages()).toHaveLength(1)
  })

  browserTest(
    'the callback opened in another browser signs nobody in there, and still works where it began',
    async () => {
      const fixture = await start()
      const first = await browserAt(fixture)
      await begin(first.page)
      const stopped = await approvedUntil(first.page, fixture.x.person('alice').id)
      const second = await browserAt(fixture)
      await second.page.goto(stopped)
      expect(await heading(second.page)).toBe('This sign-in started in another browser')
      await screenshot(second.page, 'other-browser')
      expect(await fixture.account('alice')).toBeUndefined()
      await first.page.goto(stopped)
      expect(await heading(first.page)).toBe('You are signed in')
      expect(await fixture.account('alice')).toMatchObject({ username: 'alice' })
    },
  )

  browserTest('past its time it does not end in an account', async () => {
    const fixture = await start()
    const { page } = await browserAt(fixture)
    await begin(page)
    fixture.clock.now += TIMES.session
    await approve(page, 'alice')
    await page.getByRole('heading', { name: 'This sign-in took too long' }).waitFor()
    await screenshot(page, 'expired')
    expect(await fixture.account('alice')).toBeUndefined()
  })

  browserTest(
    'where the app may not follow, the page offers the follow link of X, and the sign-in is good',
    async () => {
      const fixture = await start({ ...API, localX: { follows: 'enterprise-only' } })
      const { page } = await browserAt(fixture)
      await page.getByRole('checkbox', { name: /Follow/ }).check()
      await signIn(page, 'alice')
      const link = page.getByRole('link', { name: 'Follow @hexbird on X' })
      expect(await link.getAttribute('href')).toBe(`${fixture.x.url}/intent/follow?user_id=${fixture.x.bot.id}`)
      await screenshot(page, 'follow-link')
      expect(fixture.x.followersOf('hexbird')).toEqual([])
      expect(await fixture.account('alice')).toMatchObject({ username: 'alice' })
    },
  )

  browserTest('two tabs do not disturb each other', async () => {
    const fixture = await start()
    const { page } = await browserAt(fixture)
    const other = await page.context().newPage()
    await other.goto(fixture.local.signInUrl)
    await begin(page)
    await begin(other)
    await approve(page, 'alice')
    await page.getByRole('heading', { name: 'You are signed in' }).waitFor()
    await approve(other, 'bob')
    await other.getByRole('heading', { name: 'You are signed in' }).waitFor()
    expect(await fixture.account('alice')).toMatchObject({ username: 'alice' })
    expect(await fixture.account('bob')).toMatchObject({ username: 'bob' })
  })

  browserTest('who disconnects is gone, and the tokens are worth nothing any more', async () => {
    const fixture = await start()
    const { page, problems } = await browserAt(fixture)
    await signIn(page, 'alice')
    const before = await fixture.account('alice')
    await page.getByRole('button', { name: 'Disconnect' }).click()
    await page
      .getByText(/^You (are|have) disconnected|disconnected/i)
      .first()
      .waitFor()
    await screenshot(page, 'disconnected')
    expect(await fixture.account('alice')).toBeUndefined()
    await page.goto(fixture.local.signInUrl)
    expect(await heading(page)).toMatch(/^Sign in/)
    expect(before).toBeDefined()
    expect(problems).toEqual([])
  })

  browserTest('what a link brings along is tracked, and comes back with the account', async () => {
    const fixture = await start()
    const { page } = await browserAt(fixture)
    await page.goto(`${fixture.local.signInUrl}?campaign=spring%20%22%3E%3Cb%3E`)
    await signIn(page, 'alice')
    expect(await fixture.account('alice')).toMatchObject({ tracked: { campaign: 'spring "><b>' } })
  })

  browserTest('it can be done in the dark, on a narrow screen, without scripts, and by keyboard', async () => {
    const fixture = await start(API)
    const { page } = await browserAt(fixture, {
      viewport: { width: 320, height: 700 },
      colorScheme: 'dark',
      javaScriptEnabled: false,
    })
    await screenshot(page, 'sign-in-narrow')
    for (let steps = 0; steps < 10; steps += 1) {
      await page.keyboard.press('Tab')
      if ((await page.locator('button:focus').count()) > 0) break
    }
    await page.keyboard.press('Enter')
    await approve(page, 'bob')
    await page.getByRole('heading', { name: 'You are signed in' }).waitFor()
    await screenshot(page, 'signed-in-narrow')
    expect(await fixture.account('bob')).toMatchObject({ username: 'bob' })
  })
})
