import { timeOfId } from '@hexbird/core/adapter'
import { type SignInHarness, signInContract } from '@hexbird/core/contracts'
import { type LocalX, type LocalXOptions, startLocalX } from '@hexbird/local-x'
import { afterEach, describe, expect, test } from '@jest/globals'
import { agentTo, XSignIn, XUserActions } from '../src/index.js'
import { approve } from './approve.js'

const CALLBACK = 'http://127.0.0.1:8080/callback'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

async function start(options: LocalXOptions = {}, wrong: Partial<LocalX['credentials']> = {}) {
  const local = await startLocalX(options)
  const agent = agentTo({ port: local.port })
  open.push({ close: () => agent.destroy() }, local)
  const keys = { ...local.credentials, ...wrong }
  return { local, agent, signIn: new XSignIn({ ...keys, agent, pages: `${local.url}/oauth/` }), keys }
}

describe('what every SignIn promises, over the local X', () => {
  for (const { name, check } of signInContract) test(name, () => check(harness))
})

async function harness(): Promise<SignInHarness> {
  const { local, signIn } = await start()
  return {
    signIn,
    callback: CALLBACK,
    async approve(requestToken, person) {
      await know(local, person)
      const page = await signIn.page(requestToken, { prompt: true })
      return (await approve(local, page, person.username)).get('oauth_verifier') ?? ''
    },
  }
}

/** The local X gives ids of its own; who comes with a recording keeps theirs. */
async function know(local: LocalX, author: { readonly uid: string; readonly username: string }): Promise<void> {
  const now = Date.now()
  const id = String(BigInt(now - (timeOfId('0') ?? 0)) << 22n)
  const payload = { id, text: 'Hi', author_id: author.uid, created_at: new Date(now).toISOString() }
  const includes = { users: [{ id: author.uid, username: author.username }] }
  const data = { event_type: 'post.mention.create', filter: { user_id: local.bot.id }, payload, includes }
  await local.importDelivery(JSON.stringify({ data }))
}

const thrownBy = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => error,
  )

describe('over the local X', () => {
  test('who has approved before is led straight back without a prompt, and asked with one', async () => {
    const { local, signIn } = await start({ people: [{ username: 'ada' }] })
    const page = async (prompt: boolean) =>
      signIn.page((await signIn.requestToken({ callback: CALLBACK })).token, { prompt })
    const cookie = await cookieAfter(local, await page(true))
    const asked = async (prompt: boolean) =>
      (await fetch(await page(prompt), { headers: { cookie }, redirect: 'manual' })).status
    expect([await asked(false), await asked(true)]).toEqual([302, 200])
  })

  async function cookieAfter(local: LocalX, page: string): Promise<string> {
    const shown = await fetch(page)
    const cookie = shown.headers.get('set-cookie')?.split(';')[0] ?? ''
    const [, token = ''] = /name="authenticity_token" value="([^"]*)"/.exec(await shown.text()) ?? []
    const body = new URLSearchParams({ authenticity_token: token, person: local.person('ada').id, decision: 'approve' })
    const done = await fetch(page, { method: 'POST', headers: { cookie, origin: local.url }, body, redirect: 'manual' })
    expect(done.status).toBe(302)
    return cookie
  }

  test('a sign-in that asks to read gets tokens that may do no more, and it is the message that is refused', async () => {
    const { local, signIn, keys, agent } = await start({ follows: 'allowed', people: [{ username: 'ada' }] })
    const { token, secret } = await signIn.requestToken({ callback: CALLBACK, accessType: 'read' })
    const back = await approve(local, await signIn.page(token, { prompt: true }), 'ada')
    const granted = await signIn.accessToken({ token, secret, verifier: back.get('oauth_verifier') ?? '' })
    if (granted.kind !== 'granted') throw new Error(granted.detail)
    expect(await new XUserActions({ ...keys, agent }).message(granted, granted.uid, 'Hi')).toEqual({
      kind: 'refused',
      detail: expect.stringContaining('oauth1 app permissions'),
    })
  })

  test.each(['json', 'xml', 'text'] as const)('errors written as %s are understood', async (oauthErrors) => {
    const { signIn } = await start({ oauthErrors })
    const refused = await thrownBy(signIn.requestToken({ callback: 'https://evil.example/' }))
    expect(refused).toMatchObject({ name: 'XError', code: 'X_CALLBACK_NOT_ALLOWED' })
    const pin = await thrownBy(signIn.requestToken({ callback: 'oob' }))
    expect(pin).toMatchObject({ code: 'X_CALLBACK_NOT_ALLOWED', message: expect.stringContaining('by PIN') })
    expect(await signIn.accessToken({ token: 'made-up', secret: 'up', verifier: 'guessed' })).toEqual({
      kind: 'refused',
      detail: 'Invalid or expired token.',
    })
    for (const wrong of [{ consumerKey: 'wrong' }, { consumerSecret: 'wrong' }]) {
      const error = await thrownBy((await start({ oauthErrors }, wrong)).signIn.requestToken({ callback: CALLBACK }))
      expect(error).toMatchObject({
        code: 'X_UNAUTHORIZED',
        message: expect.stringContaining('consumer key and secret'),
      })
    }
  })
})
