import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import {
  MemoryAccountStore,
  MemoryBlobStore,
  MemoryBudget,
  MemoryOptOuts,
  MemoryReplyLedger,
  MemorySessionStore,
} from '@hexbird/adapters-memory'
import { agentTo, XSignIn, XUserActions } from '@hexbird/adapters-x'
import type { Outcome } from '@hexbird/core'
import type { Account, AccountStore, Budget, Session, SessionStore, SignIn, UserActions } from '@hexbird/core/adapter'
import { forget, purge, storedJobs } from '@hexbird/core/host'
import type { SignInAppEvent } from '@hexbird/http'
import { SIGN_IN_PATHS } from '@hexbird/http'
import type { LocalX } from '@hexbird/local-x'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { Dialect, LocalBot, LocalBotOptions } from '../src/local-bot.js'
import { startLocalBot } from '../src/local-bot.js'
import { approve, Browser } from './sign-in-browser.js'

const dialects: Dialect[] = ['x-activity', 'account-activity']
const { start: START, result: RESULT, disconnect: DISCONNECT } = SIGN_IN_PATHS
/** Both choices are really made through the API, and this X lets them be. */
const API: LocalBotOptions = { signIn: { follow: 'api', message: 'api' }, localX: { follows: 'allowed' } }
const BOTH = { follow: 'true', message: 'true' }
const photo = { bytes: readFileSync(new URL('../../local-x/samples/photos/cat.jpg', import.meta.url)) }

let closing: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closing.map((close) => close()))
  closing = []
})

const unhandled: unknown[] = []
const note = (reason: unknown) => void unhandled.push(reason)
beforeAll(() => void process.on('unhandledRejection', note))
afterAll(() => {
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})

/** What a port is called before and after its effect. */
type Around = (call: string, effect: () => Promise<unknown>) => Promise<unknown>
const asIs: Around = (_call, effect) => effect()

async function start(options: LocalBotOptions = {}, around: Around = asIs) {
  const clock = { now: Date.now() }
  const now = () => clock.now
  const appEvents: SignInAppEvent[] = []
  const sessions = new SeenSessions()
  const accounts = new MemoryAccountStore()
  const late: { x?: LocalX; signIn?: SignIn; userActions?: UserActions } = {}
  const outside = <T extends object>(name: 'signIn' | 'userActions'): T =>
    new Proxy({} as T, { get: (_none, method) => Reflect.get(late[name] ?? {}, method).bind(late[name]) })
  const local: LocalBot = await startLocalBot({
    ...options,
    now,
    onSignInEvent: (event) => appEvents.push(event),
    ports: {
      budget: wrapped<Budget>('budget', new MemoryBudget(), around),
      sessions: wrapped<SessionStore>('sessions', sessions, around),
      accounts: wrapped<AccountStore>('accounts', accounts, around),
      signIn: wrapped('signIn', outside<SignIn>('signIn'), around),
      userActions: wrapped('userActions', outside<UserActions>('userActions'), around),
      ...options.ports,
    },
    localX: { people: [{ username: 'alice' }, { username: 'bob' }], now, ...options.localX },
  })
  const { x } = local
  const agent = agentTo({ port: x.port })
  const { consumerKey, consumerSecret } = x.credentials
  late.signIn = new XSignIn({ consumerKey, consumerSecret, agent, now, pages: `${x.url}/oauth/` })
  const userActions = new XUserActions({ consumerKey, consumerSecret, agent, now })
  late.userActions = userActions
  closing.push(async () => {
    await local.close()
    agent.destroy()
  })
  const origin = new URL(local.signInUrl).origin
  return {
    x,
    local,
    clock,
    appEvents,
    sessions,
    accounts,
    userActions,
    browser: () => new Browser(origin, x),
    account: (username: string) => accounts.find(x.person(username).id),
  }
}

function wrapped<Port extends object>(name: string, port: Port, around: Around): Port {
  return new Proxy(port, {
    get(target, method) {
      const does: unknown = Reflect.get(target, method)
      if (typeof does !== 'function') return does
      // X's page is only an address: nobody is asked for it.
      if (method === 'page') return does.bind(target)
      return (...input: unknown[]) => around(`${name}.${String(method)}`, async () => does.apply(target, input))
    },
  })
}

/** Keeps what was put, for a look at it. */
class SeenSessions extends MemorySessionStore {
  readonly seen: Session[] = []

  override async put(session: Session): Promise<void> {
    this.seen.push(session)
    await super.put(session)
  }
}

const SIGNED_IN = 'You are signed in'

test('of twenty callbacks at once one signs in, and what was chosen happens once', async () => {
  const { x, browser, account, appEvents } = await start(API)
  const person = browser()
  const callback = await person.approved('alice', BOTH)
  const pages = await Promise.all(Array.from({ length: 20 }, () => person.get(callback)))
  expect(appEvents.filter(({ kind }) => kind === 'signed-in')).toHaveLength(1)
  expect(appEvents.filter((event) => event.kind === 'callback-refused' && event.reason === 'used')).toHaveLength(19)
  expect(pages.filter(({ cookies }) => cookies.some((line) => line.includes('-login=')))).toHaveLength(1)
  expect(pages.every(({ status }) => status === 303)).toBe(true)
  expect((await person.get(RESULT)).heading).toBe(SIGNED_IN)
  expect(await account('alice')).toMatchObject({ username: 'alice' })
  expect(x.messages()).toHaveLength(1)
  expect(x.followersOf('hexbird')).toHaveLength(1)
})

test('twenty other browsers with the address of a callback take nothing from the one that began', async () => {
  const { browser, account } = await start()
  const person = browser()
  const callback = await person.approved('alice')
  const others = await Promise.all(Array.from({ length: 20 }, () => browser().get(callback)))
  for (const { location } of others) expect(location).toBe(`${RESULT}?reason=wrong-browser`)
  expect(await account('alice')).toBeUndefined()
  expect((await person.get((await person.get(callback)).location)).heading).toBe(SIGNED_IN)
})

describe.each(dialects)('told of over %s', (dialect) => {
  test('a revocation removes the account, and ends the login', async () => {
    const { x, local, browser, account } = await start({ dialects: [dialect] })
    const [alice, bob] = [browser(), browser()]
    await alice.signIn('alice')
    await bob.signIn('bob')
    await x.revoke('alice')
    await local.idle()
    expect(await account('alice')).toBeUndefined()
    expect((await alice.get(RESULT)).heading).toBe('You are not signed in')
    expect((await bob.get(RESULT)).heading).toBe(SIGNED_IN)
  })

  test('a revocation that comes late, or again, leaves a newer sign-in alone', async () => {
    const { x, local, clock, browser, account } = await start({ dialects: [dialect] })
    const alice = browser()
    await alice.signIn('alice')
    const before = x.deliveries().length
    await x.revoke('alice')
    await local.idle()
    const told = x.deliveries().slice(before)
    expect(told.length).toBeGreaterThan(0)
    clock.now += 60_000
    await alice.signIn('alice')
    const newer = await account('alice')
    expect(newer).toBeDefined()
    for (const { id } of told) await x.redeliver(id)
    await local.idle()
    expect(await account('alice')).toEqual(newer)
    expect((await alice.get(RESULT)).heading).toBe(SIGNED_IN)
  })

  test('"stop" in a direct message is honoured from then on, for its sender alone', async () => {
    const { x, local } = await start({ dialects: [dialect] })
    const repliesTo = async (username: string) => {
      const { id } = await x.tweet({ as: username, text: '@hexbird what is this?' })
      await local.idle()
      return x.repliesTo(id).length
    }
    await x.message({ from: 'alice', text: 'please do not stop' })
    await local.idle()
    expect(await repliesTo('alice')).toBe(1)
    await x.message({ from: 'alice', text: 'Stop!' })
    await local.idle()
    expect([await repliesTo('alice'), await repliesTo('bob')]).toEqual([0, 1])
  })
})

test('tokens that X says are void when they are used take the account away', async () => {
  const { x, local, browser, account, appEvents } = await start(API)
  for (const path of [/^\/2\/users\/\d+\/following$/, /^\/2\/dm_conversations\//]) {
    const respond = { status: 401, body: { errors: [{ code: 89, message: 'Invalid or expired token.' }] } }
    x.failNext({ method: 'POST', path, respond })
  }
  const alice = browser()
  const { heading, status } = await alice.signIn('alice', BOTH)
  expect([heading, status]).toEqual(['The access was withdrawn', 403])
  expect(await account('alice')).toBeUndefined()
  expect(x.messages()).toEqual([])
  expect(appEvents.at(-1)).toEqual({ kind: 'callback-refused', reason: 'revoked' })

  await alice.signIn('alice')
  x.set({ drop: 1 })
  await x.revoke('alice')
  await local.idle()
  expect(await account('alice')).toBeDefined()
  expect((await alice.submit(DISCONNECT)).heading).toBe('You are disconnected')
  expect(await account('alice')).toBeUndefined()
})

test('who disconnects has no account any more, and the tokens are answered 401 at X', async () => {
  const { browser, account, userActions } = await start(API)
  const alice = browser()
  await alice.signIn('alice', BOTH)
  const held = await account('alice')
  if (!held) throw new Error('Alice is not signed in.')
  expect((await alice.submit(DISCONNECT)).heading).toBe('You are disconnected')
  expect(await account('alice')).toBeUndefined()
  expect(await userActions.message(held, held.uid, 'still here')).toMatchObject({ kind: 'revoked' })
  expect((await alice.get(RESULT)).heading).toBe('You are not signed in')
  expect((await alice.submit(DISCONNECT)).heading).toBe('You are not signed in')
})

test('forgetting one person leaves nothing of them, a purge nothing of anybody', async () => {
  const blobs = new MemoryBlobStore()
  // No queue is told of the jobs, so that they and their photos stay.
  const photosAndJobs = { blobs, jobs: storedJobs(blobs) }
  const stores = {
    ...photosAndJobs,
    ledger: new MemoryReplyLedger(),
    budget: new MemoryBudget(),
    optOuts: new MemoryOptOuts(),
  }
  const jobs: string[] = []
  const onOutcome = (outcome: Outcome) => void (outcome.kind === 'job-stored' && jobs.push(outcome.jobKey))
  const { x, local, browser, account, accounts, sessions, clock, userActions } = await start({
    onOutcome,
    ports: stores,
  })
  const tweet = async (as: string, photos: readonly { readonly bytes: Uint8Array }[]) => {
    const { id } = await x.tweet({ as, text: '@hexbird what is this?', photos })
    await local.idle()
    return { botId: x.bot.id, about: id }
  }
  for (const username of ['alice', 'bob']) {
    await browser().signIn(username)
    await tweet(username, [photo])
  }
  const answered = await tweet('bob', [])
  await x.message({ from: 'bob', text: 'stop' })
  await local.idle()
  const kept = async (jobKey = '') => {
    const keys = [jobKey, jobKey.replace(/^jobs(.*\/)(.*)\.json$/, 'photos$1$2/$2-0')]
    return (await Promise.all(keys.map((key) => blobs.get(key)))).filter((blob) => blob !== undefined).length
  }
  const [ofAlice, ofBob] = jobs
  const held = await account('alice')
  if (!held) throw new Error('Alice is not signed in.')
  expect([await kept(ofAlice), await kept(ofBob)]).toEqual([2, 2])

  expect(await forget({ accounts, userActions, blobs, ledger: stores.ledger, now: () => clock.now }, held.uid)).toEqual(
    { atX: { kind: 'done' } },
  )
  expect([await account('alice'), await kept(ofAlice), await kept(ofBob)]).toEqual([undefined, 0, 2])
  expect(await userActions.invalidate(held)).toMatchObject({ kind: 'revoked' })
  expect(await account('bob')).toBeDefined()
  expect(await stores.optOuts.has(x.person('bob').id)).toBe(true)
  expect(await stores.ledger.find(answered)).toBeDefined()

  await browser().submit(START)
  await purge({ sessions, accounts, ...stores })
  expect([await account('bob'), await kept(ofBob)]).toEqual([undefined, 0])
  expect(await stores.optOuts.has(x.person('bob').id)).toBe(false)
  expect(await stores.ledger.find(answered)).toBeUndefined()
  for (const { requestToken, flowSecretHash } of sessions.seen) {
    expect(await sessions.consume(requestToken, flowSecretHash, clock.now)).toEqual({ kind: 'unknown' })
  }
})

describe('whatever breaks, at whichever call, before or after its effect', () => {
  /** The whole story of somebody who ticks `fields`; gives every page that was seen. */
  async function story(fields: Record<string, string>, breaks?: { readonly nth: number; readonly after: boolean }) {
    const calls: string[] = []
    const granted: unknown[] = []
    const fixture = await start(API, async (call, effect) => {
      const breaksNow = calls.push(call) === breaks?.nth
      if (breaksNow && !breaks.after) throw new Error(`${call} broke before`)
      const result = await effect()
      if (call === 'signIn.accessToken') granted.push(result)
      if (breaksNow) throw new Error(`${call} broke after`)
      return result
    })
    const person = fixture.browser()
    const begun = await person.submit(START, fields)
    const pages = [begun]
    const callback = begun.status === 303 ? await approve(fixture.x, begun.location, 'alice') : ''
    for (const address of callback === '' ? [] : [callback, callback]) {
      const back = await person.get(address)
      pages.push(back, await person.get(back.location))
    }
    const account = await fixture.account('alice')
    pages.push(await person.submit(DISCONNECT), await person.submit(DISCONNECT))
    return { ...fixture, calls, granted, pages, account, callback }
  }

  test.each([{ fields: BOTH }, { fields: { follow: 'true' } }, { fields: {} }])(
    'no account without its tokens, nothing that was not chosen or twice, no secret told: $fields',
    async ({ fields }) => {
      const { calls } = await story(fields)
      expect(calls).toEqual(expect.arrayContaining(['sessions.consume', 'accounts.put', 'userActions.invalidate']))
      const points = calls.flatMap((call, index) => [false, true].map((after) => ({ call, nth: index + 1, after })))
      for (const point of points) {
        const { x, pages, appEvents, granted, account, callback, sessions } = await story(fields, point)
        const follows = x.followersOf('hexbird').length
        const messages = x.messages().length
        const seen = [
          inspect(appEvents, { depth: 9 }),
          ...pages.map(({ text, cookies }) => text + cookies.join()),
        ].join()
        const ofCallback = callback === '' ? [] : [...new URL(callback).searchParams.values()]
        const secrets = [...ofCallback, account?.accessToken, account?.accessSecret, sessions.seen[0]?.requestSecret]
        const failed = pages.filter(({ status }) => status >= 500).length
        const holds = {
          'the tokens are those that X gave': !account || isGranted(granted, account),
          'tokens were asked for once': granted.length <= 1,
          'follows are chosen': follows <= ('follow' in fields ? 1 : 0),
          'messages are chosen': messages <= ('message' in fields ? 1 : 0),
          'each failure is noticed': failed <= appEvents.filter((event) => 'error' in event).length,
          'nothing secret is seen': !secrets.some((secret) => secret && seen.includes(secret)),
        }
        const broken = Object.entries(holds).flatMap(([promise, isKept]) => (isKept ? [] : [promise]))
        expect({ ...point, broken }).toEqual({ ...point, broken: [] })
        await Promise.all(closing.map((close) => close()))
        closing = []
      }
    },
  )

  const isGranted = (granted: readonly unknown[], { uid, accessToken, accessSecret }: Account) =>
    granted.some((result) => {
      const { uid: ofUid, ...tokens } = result as Account
      return ofUid === uid && tokens.accessToken === accessToken && tokens.accessSecret === accessSecret
    })
})
