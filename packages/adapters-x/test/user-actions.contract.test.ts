import type { UserTokens } from '@hexbird/core/adapter'
import { type UserActionsHarness, userActionsContract } from '@hexbird/core/contracts'
import { startLocalX } from '@hexbird/local-x'
import { afterEach, describe, expect, test } from '@jest/globals'
import { agentTo, XSignIn, XUserActions } from '../src/index.js'
import { approve } from './approve.js'

const CALLBACK = 'http://127.0.0.1:8080/callback'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

describe('what every UserActions promises, over the local X', () => {
  for (const { name, check } of userActionsContract) test(name, () => check(start))
})

async function start() {
  const local = await startLocalX({ follows: 'allowed' })
  const agent = agentTo({ port: local.port })
  open.push({ close: () => agent.destroy() }, local)
  const { consumerKey, consumerSecret } = local.credentials
  const signIn = new XSignIn({ consumerKey, consumerSecret, agent })
  const usernames = new Map<string, string>()
  const usernameOf = (uid: string): string => {
    const username = usernames.get(uid)
    if (username === undefined) throw new Error(`Nobody here is ${uid}.`)
    return username
  }

  async function tokensOf(username: string): Promise<UserTokens> {
    const { token, secret } = await signIn.requestToken({ callback: CALLBACK })
    const back = await approve(local, await signIn.page(token, { prompt: true }), username)
    const granted = await signIn.accessToken({ token, secret, verifier: back.get('oauth_verifier') ?? '' })
    if (granted.kind === 'refused') throw new Error(granted.detail)
    return granted
  }

  const harness: UserActionsHarness = {
    actions: new XUserActions({ consumerKey, consumerSecret, agent }),
    async person(settings = {}) {
      const username = `person${usernames.size}`
      usernames.set(local.changePerson(username, settings).id, username)
      return tokensOf(username)
    },
    followersOf: async (uid) => local.followersOf(usernameOf(uid)).map(({ id }) => id),
    messagesTo: async (uid) =>
      local.messages().flatMap(({ from, to, text }) => (to.id === uid ? { from: from.id, text } : [])),
    forbidFollowing: () =>
      local.failNext({
        method: 'POST',
        path: /\/following$/,
        times: Number.POSITIVE_INFINITY,
        respond: { status: 403, body: { title: 'Forbidden', detail: 'You are not permitted to perform this action.' } },
      }),
    revoke: (uid) => local.revoke(usernameOf(uid)),
    rateLimitNext: () =>
      local.failNext({
        method: 'POST',
        path: /./,
        respond: {
          status: 429,
          headers: { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': String(Math.ceil(Date.now() / 1000) + 60) },
          body: { errors: [{ code: 88, message: 'Rate limit exceeded' }] },
        },
      }),
  }
  return { ...harness, local, agent }
}

const thrownBy = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => error,
  )

describe('over the local X', () => {
  test('wrong keys of the app make nobody look as if they had left', async () => {
    const { local, agent, person } = await start()
    const ada = await person()
    const { consumerKey } = local.credentials
    for (const keys of [
      { consumerKey, consumerSecret: 'wrong' },
      { consumerKey: 'wrong', consumerSecret: 'wrong' },
    ]) {
      const actions = new XUserActions({ ...keys, agent })
      for (const acting of [
        actions.follow(ada, local.bot.id),
        actions.message(ada, ada.uid, 'Hi'),
        actions.invalidate(ada),
      ]) {
        expect(await thrownBy(acting)).toMatchObject({ name: 'XError', code: 'X_UNAUTHORIZED' })
      }
    }
  })

  test('a self-serve app may not follow', async () => {
    const local = await startLocalX()
    const agent = agentTo({ port: local.port })
    open.push({ close: () => agent.destroy() }, local)
    const { accessToken, accessSecret, consumerKey, consumerSecret } = local.credentials
    const bot = { uid: local.bot.id, accessToken, accessSecret }
    expect(
      await new XUserActions({ consumerKey, consumerSecret, agent }).follow(bot, local.person('ada').id),
    ).toMatchObject({ kind: 'refused' })
  })

  test('a message whose answer is cut off is sent once and not said to be unsent', async () => {
    const { local, actions, person, messagesTo } = await start()
    const ada = await person()
    local.failNext({ method: 'POST', path: /messages$/, respond: 'drop-after' })
    expect(await thrownBy(actions.message(ada, ada.uid, 'Hi'))).toMatchObject({ code: 'X_UNREACHABLE' })
    expect(await messagesTo(ada.uid)).toEqual([{ from: ada.uid, text: 'Hi' }])
  })
})
