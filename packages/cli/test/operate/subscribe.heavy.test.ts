import { freePort } from '@hexbird/testkit/free-port'
import { afterEach, describe, expect, test } from '@jest/globals'
import { type Operated, operated, secretsShown } from './local.js'

const open: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

async function withoutSubscriptions(options: Parameters<typeof operated>[0] = {}): Promise<Operated> {
  const bot = await operated({ ...options, dialects: [] })
  open.push(bot)
  return bot
}

const subscribed = async (bot: Operated) =>
  ((await bot.run(['subscriptions'])).json().subscriptions as { dialect: string; eventType?: string }[]).map(
    ({ dialect, eventType }) => eventType ?? dialect,
  )

describe('hexbird subscribe', () => {
  test("has X tell of mentions and quotes, with the bot's OAuth 1.0a tokens, and can be repeated", async () => {
    const bot = await withoutSubscriptions()
    expect(await subscribed(bot)).toEqual([])
    const ran = await bot.run(['subscribe'])
    expect(ran.code).toBe(0)
    expect(ran.json()).toMatchObject({ results: [{ kind: 'subscribed' }, { kind: 'subscribed' }] })
    expect(secretsShown(ran, bot)).toEqual([])
    expect(await subscribed(bot)).toEqual(['post.mention.create', 'post.quote.create'])
    const again = await bot.run(['subscribe'])
    expect([again.code, again.stderr]).toEqual([0, expect.stringContaining('Already subscribed')])
    const { id } = await bot.x.tweet({ as: 'alice', text: `@${bot.x.bot.username} what is this?` })
    await bot.idle()
    expect(bot.x.repliesTo(id)).toHaveLength(1)
  })

  test('subscribes without a webhook for a bot that reads the stream', async () => {
    const bot = await withoutSubscriptions()
    const ran = await bot.run(['subscribe', '--stream'])
    expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining('→ the activity stream')])
    expect(ran.json()).toMatchObject({ results: [{ kind: 'subscribed' }, { kind: 'subscribed' }] })
    expect(JSON.stringify(ran.json())).not.toContain('webhook')
    expect((await bot.run(['subscribe', '--stream'])).code).toBe(0)
    for (const wrong of [
      ['--dialect', 'account-activity'],
      ['--webhook', '1'],
      ['--stage', 'staging'],
    ]) {
      expect([wrong, (await bot.run(['subscribe', '--stream', ...wrong])).code]).toEqual([wrong, 2])
    }
  })

  test('speaks the older dialect too', async () => {
    const bot = await withoutSubscriptions()
    const ran = await bot.run(['subscribe', '--dialect', 'account-activity'])
    expect([ran.code, ran.json()]).toMatchObject([0, { results: [{ kind: 'subscribed' }] }])
    expect(await subscribed(bot)).toEqual(['account-activity'])
    const again = await bot.run(['subscribe', '--dialect', 'account-activity'])
    expect(again.code).toBe(0)
  })

  test('says which event X does not know', async () => {
    const bot = await withoutSubscriptions()
    const ran = await bot.run(['subscribe', '--event', 'post.mention.create', 'tea.time'])
    expect([ran.code, ran.json()]).toMatchObject([1, { results: [{ kind: 'subscribed' }, { kind: 'refused' }] }])
    expect(ran.stderr).toContain('tea.time')
  })

  test('where X does not take OAuth 1.0a, and there is no client id, names the steps in the console', async () => {
    const bot = await withoutSubscriptions()
    const ran = await bot.run(['subscribe'], { HEXBIRD_ACCESS_SECRET: 'not-that-one' })
    expect([ran.code, ran.json()]).toMatchObject([
      1,
      { results: [{ reason: 'NotPermitted' }, { reason: 'NotPermitted' }] },
    ])
    expect(ran.stderr).toMatch(/console\.x\.com(.|\n)*http:\/\/127\.0\.0\.1:8080\/(.|\n)*HEXBIRD_CLIENT_ID/)
  })
})

describe('hexbird subscribe with a browser, where X does not take OAuth 1.0a', () => {
  async function begun(privateEvents: 'any-user' | 'oauth2' = 'any-user') {
    const port = await freePort()
    const callback = `http://127.0.0.1:${port}/`
    const bot = await withoutSubscriptions({
      localX: { callbacks: [callback], people: [{ username: 'alice' }], privateEvents },
    })
    const { clientId, clientSecret } = bot.x.credentials
    const running = bot.starts(['subscribe', '--callback-port', String(port)], {
      ...(privateEvents === 'any-user' && { HEXBIRD_ACCESS_SECRET: 'not-that-one' }),
      HEXBIRD_CLIENT_ID: clientId,
      HEXBIRD_CLIENT_SECRET: clientSecret,
    })
    const [page] = await running.shows(/http:\S+\/i\/oauth2\/authorize\S+/)
    return { bot, callback, page, running }
  }

  /** As the person does in the browser; gives where X leads them. */
  async function decides(page: string, decision: string, person: string): Promise<string> {
    const shown = await fetch(page)
    const cookie = shown.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    const token = /name="authenticity_token" value="([^"]*)"/.exec(await shown.text())?.[1] ?? ''
    const answered = await fetch(page, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie, origin: new URL(page).origin },
      body: new URLSearchParams({ authenticity_token: token, person, decision }),
    })
    return answered.headers.get('location') ?? ''
  }

  test('ends subscribed, asks for no more than it needs, and shows no secret', async () => {
    const { bot, page, running } = await begun()
    expect(new URL(page).searchParams.get('scope')).toBe('tweet.read users.read')
    const back = await decides(page, 'approve', bot.x.bot.id)
    const landed = await fetch(back)
    expect([landed.status, await landed.text()]).toEqual([200, expect.stringContaining('go back to the terminal')])
    const ran = await running.ended
    expect([ran.code, ran.json()]).toMatchObject([0, { results: [{ kind: 'subscribed' }, { kind: 'subscribed' }] }])
    expect(`${ran.stdout}${ran.stderr}`).not.toContain(bot.x.credentials.clientSecret)
    expect(`${ran.stdout}${ran.stderr}`).not.toContain(new URL(back).searchParams.get('code'))
    expect(await subscribed(bot)).toEqual(['post.mention.create', 'post.quote.create'])
  })

  test('ends subscribed where X answers OauthAccessTokenRequired to OAuth 1.0a', async () => {
    const { bot, page, running } = await begun('oauth2')
    await fetch(await decides(page, 'approve', bot.x.bot.id))
    const ran = await running.ended
    expect([ran.code, ran.json()]).toMatchObject([0, { results: [{ kind: 'subscribed' }, { kind: 'subscribed' }] }])
    expect(await subscribed(bot)).toEqual(['post.mention.create', 'post.quote.create'])
  })

  test('takes no browser that comes from elsewhere, and waits on', async () => {
    const { bot, callback, page, running } = await begun()
    for (const query of ['?code=abc', '?code=abc&state=wrong', '?state=wrong&error=access_denied', 'favicon.ico']) {
      expect((await fetch(`${callback}${query}`)).ok).toBe(false)
    }
    const local = callback.replace('127.0.0.1', 'localhost')
    const back = await decides(page, 'approve', bot.x.bot.id)
    // The right words at another name of this machine: another page might hold that name.
    const elsewhere = await fetch(back.replace(callback, local)).catch(() => undefined)
    expect(elsewhere?.ok ?? false).toBe(false)
    await fetch(back)
    expect((await running.ended).code).toBe(0)
  })

  test('that is canceled ends with one line', async () => {
    const { bot, page, running } = await begun()
    await fetch(await decides(page, 'deny', bot.x.bot.id))
    const ran = await running.ended
    expect([ran.code, ran.json()]).toMatchObject([1, { error: { code: 'SIGN_IN_FAILED' } }])
    expect(await subscribed(bot)).toEqual([])
  })

  test('by somebody else than the bot says who that was, and subscribes nobody', async () => {
    const { bot, page, running } = await begun()
    await fetch(await decides(page, 'approve', bot.x.person('alice').id))
    const ran = await running.ended
    expect([ran.code, ran.json()]).toMatchObject([1, { error: { code: 'SIGN_IN_FAILED' } }])
    expect(ran.stderr).toMatch(/You signed in as @alice \(\d+\), but the bot is \d+/)
    expect(await subscribed(bot)).toEqual([])
  })

  test('on a port that is in use says so', async () => {
    const { bot, callback, running } = await begun()
    const ran = await bot.run(['subscribe', '--callback-port', new URL(callback).port], {
      HEXBIRD_ACCESS_SECRET: 'not-that-one',
      HEXBIRD_CLIENT_ID: bot.x.credentials.clientId,
    })
    expect([ran.code, ran.stderr]).toEqual([
      2,
      expect.stringContaining('is in use. Choose another with --callback-port'),
    ])
    running.child.kill()
    await running.ended
  })
})

describe('hexbird unsubscribe', () => {
  test('ends what is named, and asks first', async () => {
    const bot = await operated()
    open.push(bot)
    const all = (await bot.run(['subscriptions'])).json().subscriptions as { id: string }[]
    const [first] = all
    const asked = await bot.run(['unsubscribe', first?.id ?? ''])
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining('--yes')])
    const ran = await bot.run(['unsubscribe', first?.id ?? '', '--yes'])
    expect([ran.code, ran.json()]).toMatchObject([0, { results: [{ kind: 'unsubscribed' }] }])
    expect(await subscribed(bot)).toHaveLength(all.length - 1)
  })

  test('ends all, and what there is not is no fault', async () => {
    const bot = await operated({ dialects: ['x-activity', 'account-activity'] })
    open.push(bot)
    const ran = await bot.run(['unsubscribe', '--all', '--yes'])
    expect((ran.json().results as unknown[]).length).toBeGreaterThan(3)
    expect(await subscribed(bot)).toEqual([])
    expect((await bot.run(['unsubscribe', '--all'])).code).toBe(0)
  })

  test.each([
    ['nothing', [], /--all/],
    ['both', ['1', '--all'], /--all/],
    ['an unknown one', ['12345', '--yes'], /There is no subscription 12345/],
  ])('refuses %s', async (_, args, message) => {
    const bot = await operated()
    open.push(bot)
    const ran = await bot.run(['unsubscribe', ...args])
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching(message)])
  })
})
