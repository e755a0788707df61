import { MemoryAccountStore, MemoryBudget, MemorySessionStore } from '@hexbird/adapters-memory'
import { XSignIn, XUserActions } from '@hexbird/adapters-x'
import type { Session, SignIn } from '@hexbird/core/adapter'
import type { Completed, SignInBot } from '@hexbird/core/host'
import { createSignIn } from '@hexbird/core/host'
import {
  add,
  broken,
  FAULTS,
  faulty,
  injector,
  integer,
  type LocalStage,
  orderlyGate,
  type Plan,
  pick,
  type Row,
  randomOf,
  startLocalStage,
  startProcess,
  type Tally,
  tally,
} from '@hexbird/prove/harness'
import { type Guards, sessionsWithout } from './guards.js'
import { describe } from './stories.js'

export interface SignInsOptions {
  readonly seed: number
  readonly removed: Guards
  readonly pairs: number
  readonly stride?: number
  readonly stopAtFirst?: boolean
}

const NAME = 'sign-in'
const MOST_ATTEMPTS = 5

/** People sign in, with every fault at every call and with pairs of them, while others try to come in with them. */
export async function tellSignIns(options: SignInsOptions): Promise<Row> {
  const { seed, pairs, stride = 1 } = options
  const begun = performance.now()
  const counted = tally()
  const findings: string[] = []
  const stage = await startLocalStage('x-activity', seed)
  try {
    let nth = 0
    const one = async (plan: Plan) => {
      nth += 1
      const { telling, calls } = await signInOnce(stage, plan, nth, options)
      add(counted, telling)
      if (broken(telling).length > 0 && findings.length < 5) findings.push(describe(NAME, plan, telling))
      return calls
    }
    const calls = await one(new Map())
    const random = randomOf(seed)
    const singles = Array.from({ length: calls }, (_, at) => FAULTS.map((fault): Plan => new Map([[at, fault]]))).flat()
    const doubles = Array.from({ length: pairs }, (): Plan => {
      const first = integer(random, calls)
      return new Map([
        [first, pick(random, FAULTS)],
        [first + 1 + integer(random, calls + 10), pick(random, FAULTS)],
      ])
    })
    for (const plan of [...singles.filter((_, index) => index % stride === 0), ...doubles]) {
      if (options.stopAtFirst && findings.length > 0) break
      await one(plan)
    }
  } finally {
    await stage.close()
  }
  return { name: NAME, counted, findings, seconds: (performance.now() - begun) / 1000 }
}

/** What a browser sees: an ending, or that nobody answered it. */
type Seen<Result> = { readonly result: Result } | 'broken'

async function signInOnce(stage: LocalStage, plan: Plan, nth: number, { removed, seed }: SignInsOptions) {
  const { x, clock, agent, callback } = stage
  const { now } = clock
  // The budget of the hour before is nobody's concern any more.
  clock.pass(60 * 60_000)
  const username = `s${nth}`
  const injected = injector(plan, orderlyGate(), clock.pass)
  const { consumerKey, consumerSecret } = x.credentials
  const tokensAsked = new Map<string, number>()
  const signIn = countedSignIn(
    new XSignIn({ consumerKey, consumerSecret, agent, now, pages: `${x.url}/oauth/` }),
    tokensAsked,
  )
  const known = new Map<string, Session>()
  const sessions = new MemorySessionStore()
  const accounts = new MemoryAccountStore()
  const userActions = new XUserActions({ consumerKey, consumerSecret, agent, now })
  const budget = new MemoryBudget()
  let ids = 0

  async function inProcess<Result>(work: (bot: SignInBot) => Promise<Result>): Promise<Seen<Result>> {
    const one = startProcess('sign-in')
    const through = <Port extends object>(port: Port, name: string) => faulty(port, name, one, injected)
    const ports = {
      sessions: through(sessionsWithout(sessions, removed, known), 'sessions'),
      accounts: through(accounts, 'accounts'),
      signIn: through(signIn, 'signIn'),
      userActions: through(userActions, 'userActions'),
      budget: through(budget, 'budget'),
      now,
      newId: () => `${seed}-${nth}-${ids++}`,
    }
    const bot = createSignIn(ports, { callback, account: x.bot, follow: 'api', message: 'api' })
    return Promise.race([
      work(bot).then(
        (result) => ({ result }),
        () => 'broken' as const,
      ),
      one.died.then(() => 'broken' as const),
    ])
  }

  /** Runs what waits at the gate until it is over. */
  async function driven<Result>(work: Promise<Result>): Promise<Result> {
    let over = false
    void work.finally(() => {
      over = true
    })
    while (!over) {
      if (injected.gate.count() > 0) await injected.gate.next()
      await new Promise((resolve) => setImmediate(resolve))
    }
    return work
  }

  const messagesBefore = x.messages().length
  let strangers = 0
  let signedIn: Extract<Completed, { kind: 'signed-in' }> | undefined
  for (let attempts = 0; attempts < MOST_ATTEMPTS && !signedIn; attempts++) {
    const request = { follow: true, message: true, tracked: {}, address: username }
    const started = await driven(inProcess((bot) => bot.startSession(request)))
    if (started === 'broken' || started.result.kind !== 'started') continue
    const back = await approve(stage, started.result.page, username)
    const requestToken = back.searchParams.get('oauth_token') ?? undefined
    const verifier = back.searchParams.get('oauth_verifier') ?? undefined
    const { flowSecret } = started.result
    // Somebody who saw the address, and somebody who clicks twice.
    const [stranger, ...own] = await driven(
      Promise.all(
        ['a stranger’s browser', flowSecret, flowSecret].map((flowSecret) =>
          inProcess((bot) => bot.completeAuth({ requestToken, verifier, flowSecret })),
        ),
      ),
    )
    if (stranger !== undefined && stranger !== 'broken' && stranger.result.kind === 'signed-in') strangers += 1
    for (const seen of own) if (seen !== 'broken' && seen.result.kind === 'signed-in') signedIn = seen.result
  }

  let left = false
  for (let tries = 0; signedIn && tries < MOST_ATTEMPTS && !left; tries++) {
    const login = signedIn
    const gone = await driven(inProcess((bot) => bot.disconnect(login)))
    left = gone !== 'broken' && (await accounts.find(login.uid)) === undefined
  }

  const asked = [...tokensAsked.values()]
  const messages = x.messages().length - messagesBefore
  const telling: Tally = tally({
    stories: 1,
    faults: injected.injected,
    crashes: injected.crashes,
    missed: signedIn && left ? 0 : 1,
    doubled: asked.reduce((sum, times) => sum + times - 1, 0) + Math.max(0, messages - asked.length),
    strangers,
  })
  return { telling, calls: injected.calls }
}

/** Counts how often X is asked to trade each request token. */
function countedSignIn(signIn: XSignIn, asked: Map<string, number>): SignIn {
  return {
    requestToken: (input) => signIn.requestToken(input),
    page: (token, options) => signIn.page(token, options),
    accessToken(input) {
      asked.set(input.token, (asked.get(input.token) ?? 0) + 1)
      return signIn.accessToken(input)
    },
  }
}

/** What a person does on X's page; gives the address that X leads back to. */
async function approve({ x }: LocalStage, address: string, username: string): Promise<URL> {
  const page = await fetch(address)
  const cookie = page.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const [, token = ''] = /name="authenticity_token" value="([^"]*)"/.exec(await page.text()) ?? []
  const body = new URLSearchParams({ authenticity_token: token, person: x.person(username).id, decision: 'approve' })
  const response = await fetch(address, {
    method: 'POST',
    headers: { cookie, origin: x.url },
    body,
    redirect: 'manual',
  })
  await response.text()
  return new URL(response.headers.get('location') ?? '')
}
